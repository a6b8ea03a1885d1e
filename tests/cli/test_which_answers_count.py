"""One question counts the same answers in everything that is said about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.core.teams import settings as team_settings
from cxbot.store.engine.database import Database
from cxbot.store.records import teams
from tests.desk import Desk
from tests.seeding import seed

WEEK, BEFORE = "2026-W46", "2026-W45"
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def brought(
    desk: Desk, n: int, way: str, *, day: str = "2026-11-10", first: int = 0, metric: str = "nps", **also: str
) -> None:
    """Import answers of different customers, 0 to 10 in turn."""
    columns = ["external_id", "metric", "score", "sent_at", "answered_at", "asked_by", "customer", "team", *also]
    lines: list[list[object]] = [columns]
    for number in range(first, first + n):
        at = f"{day}T10:{number % 60:02}:00Z"
        lines.append([f"x{number}", metric, number % 11, at, at, way, f"c{number}", "Support", *also.values()])
    desk.run("import", desk.write(lines))


def views(desk: Desk, period: str = WEEK) -> dict[str, int]:
    """How many answers each view of a question counts."""
    report = desk.report("nps", period)
    journey = desk.report("journey", f"nps {period}")
    outcomes = desk.report("outcomes", f"nps {period}")
    drivers = desk.report("drivers", f"nps {period}")
    rows = desk.run("report", "nps", period, "--rows").strip().splitlines()
    return {
        "report": report["n"], "by": sum(part["n"] for part in desk.report("nps", period, "by:agent")["by"]),
        "rows": len(rows) - 1, "drivers": drivers["n"], "journey": journey["n"],
        "outcomes": outcomes["n"] + outcomes["unknown_customers"],
    }  # fmt: skip


def test_answers_that_were_imported_again_as_hand_picked_count_everywhere(desk: Desk) -> None:
    brought(desk, 40, "automatic", touchpoint="Web shop", agent="Ann")
    brought(desk, 40, "hand-picked", touchpoint="Web shop", agent="Ann")
    assert set(views(desk).values()) == {40}, views(desk)
    assert desk.report("nps", WEEK)["asked_by"] == "hand-picked"
    assert "from 40 answers, hand-picked" in desk.run("report", "nps", WEEK)
    assert "40 vastausta, käsin valittuja" in desk.run("report", "nps", WEEK, CXBOT_LOCALE="fi")


def test_answers_of_a_campaign_count_everywhere(desk: Desk) -> None:
    brought(desk, 120, "campaign", touchpoint="Web shop")
    assert set(views(desk).values()) == {120}, views(desk)
    assert desk.report("nps", WEEK)["asked_by"] == "campaign"


@pytest.mark.parametrize("earlier", ["campaign", "hand-picked"])
def test_a_week_is_compared_with_answers_of_its_own_kind(desk: Desk, earlier: str) -> None:
    brought(desk, 30, earlier, day="2026-11-03", first=100)
    brought(desk, 30, "automatic")
    report = desk.report("nps", WEEK)
    assert (report["n"], report["asked_by"]) == (30, "automatic")
    assert (report["previous"]["n"], report["change"]) == (0, None)
    assert desk.report("nps", WEEK, f"vs:{BEFORE}")["previous"]["n"] == 0
    assert desk.report("nps", BEFORE)["n"] == 30, "they have not vanished"
    assert desk.report("nps", BEFORE)["asked_by"] == earlier


def test_where_a_period_has_nothing_else_the_hand_picked_answers_are_its_headline(desk: Desk) -> None:
    brought(desk, 30, "automatic", day="2026-11-03", first=100)
    brought(desk, 25, "hand-picked")
    assert set(views(desk).values()) == {25}, views(desk)
    report = desk.report("nps", WEEK)
    assert (report["asked_by"], report["previous"]["n"]) == ("hand-picked", 0)


def with_a_team(desk: Desk) -> Database:
    database = Database(desk.database)
    settings = {**team_settings.defaults("UTC", "en"), "name": "Support", "channel": "C0TEAM", "rehearsal": 0}
    database.write(lambda db: teams.add(db, settings, NOW))
    return database


def test_imported_history_does_not_put_aside_what_the_bot_has_asked(desk: Desk) -> None:
    database = with_a_team(desk)
    seed(database, [5] * 25, datetime(2026, 11, 10, 9, tzinfo=UTC), team="Support")
    database.close()
    lines = [["external_id", "metric", "score", "answered_at", "team"]]
    lines += [[f"old{i}", "csat", 4, "2026-10-06T10:00:00Z", "Support"] for i in range(30)]
    desk.run("import", desk.write(lines))
    report = desk.report("csat", WEEK, "team:Support")
    assert (report["n"], report["asked_by"]) == (25, "hand-picked")
    assert desk.report("csat", "2026", "team:Support")["n"] == 55


def test_automatic_counting_begins_with_the_first_answer_that_the_bot_asked_for(desk: Desk) -> None:
    database = with_a_team(desk)
    day = datetime(2026, 11, 3, 9, tzinfo=UTC)
    seed(database, [5] * 20, day, team="Support")
    seed(database, [5] * 10, day + timedelta(days=7), team="Support", asked_by="automatic")
    seed(database, [1] * 5, day + timedelta(days=8), team="Support")
    database.close()
    week, before, both = (desk.report("csat", period) for period in (WEEK, BEFORE, "2026-11"))
    assert (week["n"], week["asked_by"], week["apart"]["hand-picked"]["n"]) == (10, "automatic", 5)
    assert (before["n"], before["asked_by"]) == (20, "hand-picked"), "finished weeks stay as they were"
    assert (both["n"], both["asked_by"]) == (30, "mixed")


def test_employees_response_rate_counts_people_as_their_values_do(desk: Desk) -> None:
    lines: list[list[object]] = [["external_id", "metric", "score", "sent_at", "answered_at", "customer", "asked_by"]]
    for person in range(8):
        for round_ in range(3):
            at = f"2026-11-{9 + round_:02}T10:00:00Z"
            answered = person < 6 and round_ != 1
            lines.append([f"e{person}.{round_}", "enps", 9 if answered else "", at, at if answered else "",
                          f"employee {person}", ("automatic", "hand-picked", "campaign")[round_]])  # fmt: skip
    desk.run("import", desk.write(lines))
    report = desk.report("enps", WEEK)
    response = report["response"]
    assert (report["n"], response["sent"], response["delivered"], response["answered"]) == (6, 8, 8, 6)


def interactions(
    desk: Desk, *rows: tuple[Any, ...], columns: str = "external_id,team,closed_at,handling_seconds"
) -> None:
    desk.run("import", desk.write([columns.split(","), *map(list, rows)]))


def test_the_latest_correction_of_a_handling_time_counts(desk: Desk) -> None:
    interactions(desk, ("T-1", "Support", "2026-11-10T10:00Z", 600), ("T-2", "Support", "2026-11-10T11:00Z", 100))
    lines = [["external_id", "metric", "score", "team", "closed_at", "handling_seconds"],
             ["T-1", "csat", 4, "Support", "2026-11-10T10:00Z", 300]]  # fmt: skip
    desk.run("import", desk.write(lines))
    assert desk.report("aht", WEEK)["value"] == 200.0
    exported = desk.run("export", "interactions")
    assert ",300.0," in exported
    assert ",600.0," not in exported


def test_an_interaction_belongs_to_one_team(desk: Desk) -> None:
    columns = "external_id,metric,score,team,closed_at,handling_seconds"
    interactions(desk, ("T-1", "csat", 4, "Sales", "2026-11-10T10:00Z", 300), columns=columns)
    interactions(desk, ("T-1", "ces", 4, "Support", "2026-11-10T10:00Z", 300), columns=columns)
    report = desk.report("aht", WEEK, "by:team")
    assert (report["n"], [(part["key"], part["n"]) for part in report["by"]]) == (1, [("team:Support", 1)])
    assert desk.report("aht", WEEK, "team:Sales")["n"] == 0


def test_first_contact_answers_of_a_column_were_not_asked_for_and_can_be_taken_back(desk: Desk) -> None:
    columns = "external_id,metric,score,sent_at,answered_at,first_contact_resolution"
    at = "2026-11-10T10:00Z"
    rows = [(f"T-{i}", "csat", 4, at, at, "yes" if i < 8 else "no") for i in range(10)]
    interactions(desk, *rows, columns=columns)
    report = desk.report("fcr", WEEK)
    assert (report["n"], report["value"], report["response"]["sent"], report["response"]["rate"]) == (10, 80.0, 0, None)
    assert desk.report("csat", WEEK)["response"]["sent"] == 10
    interactions(desk, *((*row[:5], "") for row in rows[:5]), columns=columns)
    assert desk.report("fcr", WEEK)["n"] == 5
    assert desk.report("csat", WEEK)["n"] == 10
    interactions(desk, *(row[:5] for row in rows), columns=columns.rpartition(",")[0])
    assert desk.report("fcr", WEEK)["n"] == 5, "a column that a file does not have leaves what is there"


@pytest.mark.parametrize("versus", ["2026-11", "2026-W46", "2026", "2026-11-15..2026-11-20"])
def test_a_period_is_not_compared_with_itself(desk: Desk, versus: str) -> None:
    brought(desk, 30, "automatic")
    said = desk.run("report", "nps", WEEK, f"vs:{versus}", code=2)
    assert "have days in common" in said
    assert "`vs:2026-W45`" in said
    assert desk.report("nps", WEEK, "vs:2026-W45")["n"] == 30
