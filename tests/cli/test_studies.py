"""`cxbot plan` and `cxbot compare`: what it takes to see a change, and what a change has done."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.desk import AT, Desk

CHANGE = date(2026, 10, 5)
HEAD = ["external_id", "metric", "score", "answered_at", "team"]
TYPICAL = [10] * 45 + [8] * 30 + [3] * 25  # NPS 20: 45 % promoters and 25 % detractors


def planned(desk: Desk, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run("plan", *words, "--json", "--at", AT))
    return found


def compared(desk: Desk, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run("compare", *words, "--json", "--at", AT))
    return found


@pytest.mark.parametrize(("points", "answers"), [("10", 1037), ("20", 260), ("30", 116)])
def test_a_plan_says_how_many_answers_a_change_takes(tmp_path: Path, points: str, answers: int) -> None:
    desk = Desk(tmp_path)
    lines = [HEAD, *([n, "nps", score, "2026-11-10T10:00:00Z", "Support"] for n, score in enumerate(TYPICAL))]
    desk.run("import", desk.write(lines))
    plan = planned(desk, "nps", points, "--per-week", "20")
    assert (plan["answers"], plan["basis"], plan["weeks"]) == (answers, 100, -(-answers // 20))
    seen = {each["weeks"]: each["points"] for each in plan["visible"]}
    assert seen[26] < seen[13] < seen[4] < seen[1]
    assert planned(desk, "nps", points)["per_week"] == 25, "100 answers in the last 4 weeks"
    assert f"{answers:,} answers" in desk.run("plan", "nps", points, "--at", AT)


def test_a_plan_without_answers_assumes_the_widest_spread(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("migrate")
    plan = planned(desk, "csat", "10", "--per-week", "0")
    assert (plan["basis"], plan["weeks"], plan["visible"]) == (0, None, [])
    assert plan["answers"] == 393, "2 · 0.25 · (1.96 + 0.84)² / 0.1²"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nps",), "plan nps 10"),
        (("nps", "many"), "plan nps 10"),
        (("nps", "0"), "larger than 0"),
        (("nps", "201"), "at most 200"),
        (("ces", "7"), "at most 6"),
        (("aht", "10"), "customers answer"),
        (("nps", "10", "by:team"), "nothing else"),
        (("npss", "10"), "Try `nps`"),
    ],
)
def test_what_makes_no_plan_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in desk_says(tmp_path, "plan", *words)


def desk_says(folder: Path, *words: str) -> str:
    desk = Desk(folder)
    desk.run("migrate")
    return desk.run(*words, code=2)


def weekly(team: str, before: int, after: int, per_week: int, seed: int) -> list[list[object]]:
    """Half a year of answers around the day of the change, with so much NPS before and after."""
    rng = random.Random(seed)
    lines: list[list[object]] = []
    for week in range(-26, 6):
        for number in range(per_week):
            day = CHANGE + timedelta(days=7 * week + number % 7)
            nps = before if week < 0 else after
            score = 10 if rng.random() < (nps + 30) / 100 else (3 if rng.random() < 0.3 else 8)
            lines.append([f"{team}{week}.{number}", "nps", score, f"{day}T10:{number:02}:00Z", team])
    return lines


def test_a_change_on_a_day_is_told_with_both_levels(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("import", desk.write([HEAD, *weekly("Support", 10, 45, 40, 1), *weekly("Sales", 20, 20, 40, 2)]))
    found = compared(desk, "nps", "since:2026-10-05", "team:Support", "against:Sales")
    assert (found["before"]["n"], found["after"]["n"], found["after"]["weeks"]) == (26 * 40, 6 * 40, 6)
    change, there, beyond = found["change"], found["against"]["change"], found["beyond"]
    assert change["value"] == pytest.approx(found["after"]["value"] - found["before"]["value"])
    assert change["low"] > 0
    assert change["p"] < 0.05
    assert there["low"] < 0 < there["high"]
    assert beyond["value"] == pytest.approx(change["value"] - there["value"])
    assert beyond["high"] - beyond["low"] > change["high"] - change["low"]
    said = desk.run("compare", "nps", "since:2026-10-05", "new phones", "team:Support", "against:Sales", "--at", AT)
    assert "NPS before and after 5 Oct 2026 (Support, new phones)" in said
    assert "↑ Difference" in said
    assert "The change here minus the change there" in said


def test_without_a_change_the_difference_is_noise(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("import", desk.write([HEAD, *weekly("Support", 20, 20, 30, 3)]))
    change = compared(desk, "nps", "since:2026-10-05")["change"]
    assert change["low"] < 0 < change["high"]
    assert change["p"] > 0.05


def test_incidents_are_left_out(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    lines = weekly("Support", 20, 20, 35, 4)
    during = [line for line in lines if "2026-10-12" <= str(line[3])[:10] <= "2026-10-14"]
    for line in during:
        line[2] = 0
    desk.run("import", desk.write([HEAD, *lines]))
    with_it = compared(desk, "nps", "since:2026-10-05")
    desk.run("incident", "add", "outage", "2026-10-12..2026-10-14")
    without = compared(desk, "nps", "since:2026-10-05")
    assert without["after"]["n"] == with_it["after"]["n"] - len(during)
    assert without["after"]["value"] > with_it["after"]["value"]
    assert [incident["name"] for incident in without["incidents"]] == ["outage"]
    assert "outage" in desk.run("compare", "nps", "since:2026-10-05", "--at", AT)


def test_too_few_answers_are_not_compared(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("import", desk.write([HEAD, *weekly("Support", 20, 20, 1, 5)]))
    found = compared(desk, "nps", "since:2026-10-05")
    assert (found["change"], found["after"]["value"], found["after"]["n"]) == (None, None, 6)
    assert "10 answers on each side" in desk.run("compare", "nps", "since:2026-10-05", "--at", AT)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nps",), "compare nps since:2026-10-05"),
        (("nps", "since:soon"), "compare nps since:2026-10-05"),
        (("nps", "since:2026-W40"), "a day that is over"),
        (("nps", "since:2026-11-21"), "a day that is over"),
        (("churn", "since:2026-10-05"), "customers answer"),
        (("nps", "since:2026-10-05", "by:team"), "nothing else"),
    ],
)
def test_what_makes_no_comparison_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in desk_says(tmp_path, "compare", *words, "--at", AT)
