"""A part is compared with the rest: each side with its own repeat customers, and only if both are large enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import run
from tests.desk import Desk

WEEK = "2026-W46"


def brought(desk: Desk, *parts: tuple[str, list[int], int]) -> None:
    """Import answers by topic; so many customers of a topic give them in turn."""
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", "topic", "customer"]]
    for topic, scores, customers in parts:
        for number, score in enumerate(scores):
            at = f"2026-11-10T{number // 60:02}:{number % 60:02}:00Z"
            who = f"{topic} {number % customers}"
            lines.append([f"{topic}{number}", "nps", score, at, topic, who])
    desk.run("import", desk.write(lines))


def test_two_parts_have_one_difference_and_one_p_value(tmp_path: Path) -> None:
    """Also if the customers of only one of them answered several times."""
    desk = Desk(tmp_path)
    brought(desk, ("often", [10, 3, 10, 9, 8] * 10, 5), ("once", [10, 10, 9, 8, 10, 3] * 8, 48))
    often, once = (part["vs_rest"] for part in desk.report("nps", WEEK, "by:topic")["by"])
    assert often["value"] == pytest.approx(-once["value"])
    assert (often["low"], often["high"]) == pytest.approx((-once["high"], -once["low"]))
    assert often["p"] == pytest.approx(once["p"])
    assert often["flagged"] == once["flagged"]


def test_customers_who_answer_in_several_parts_count_in_the_rest_as_well(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", "topic", "customer"]]
    for number in range(90):
        at = f"2026-11-10T{number // 60:02}:{number % 60:02}:00Z"
        lines.append([number, "nps", (10, 3, 9)[number % 3], at, "abc"[number % 3], f"c{number // 3}"])
    desk.run("import", desk.write(lines))
    parts = desk.report("nps", WEEK, "by:topic")["by"]
    alone = [[*line[:5], f"d{line[0]}"] if line[0] != "external_id" else line for line in lines]
    other = Desk(tmp_path / "alone")
    other.folder.mkdir()
    other.run("import", other.write(alone))
    for part, plain in zip(parts, other.report("nps", WEEK, "by:topic")["by"], strict=True):
        assert part["high"] - part["low"] == pytest.approx(plain["high"] - plain["low"]), "one answer each in a part"
        wide, narrow = (each["vs_rest"]["high"] - each["vs_rest"]["low"] for each in (part, plain))
        assert wide > narrow, "two answers each in the rest"


@pytest.mark.parametrize(("n", "flagged"), [(9, False), (12, True)])
def test_a_part_with_too_few_answers_to_be_compared_is_not_flagged(tmp_path: Path, n: int, flagged: bool) -> None:
    desk = Desk(tmp_path)
    brought(desk, ("few", [0] * n, n), ("many", [10] * 60, 60))
    parts = {part["key"]: part["vs_rest"]["flagged"] for part in desk.report("nps", WEEK, "by:topic")["by"]}
    assert parts == {"topic:few": flagged, "topic:many": flagged}


def test_two_customers_with_many_answers_say_little(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk, ("two", [10] * 30, 2))
    report = desk.report("nps", WEEK)
    assert report["value"] == 100
    assert report["low"] < 0


def test_every_view_gives_the_same_two_groups_the_same_difference(tmp_path: Path) -> None:
    """`by:`, drivers and the journey; of a reason, too, which answers have besides others."""
    desk = Desk(tmp_path)
    head = ["external_id", "metric", "score", "answered_at", "topic", "touchpoint", "channel", "customer"]
    lines: list[list[object]] = [head]
    for number in range(120):
        at = f"2026-11-10T{number // 60:02}:{number % 60:02}:00Z"
        slow = number % 3 == 0
        score = (2, 9, 10, 7)[number % 4] if slow else (10, 9, 10, 8, 3)[number % 5]
        who = f"c{number % 4}" if slow else f"d{number % 50}"
        name = "slow" if slow else "fast"
        lines.append([number, "nps", score, at, name, name, name, who])
    desk.run("import", desk.write(lines))
    tapped = "CASE id % 2 WHEN 0 THEN 'solved,speed' ELSE 'speed' END"  # reasons are tapped in Slack, not imported
    slow = "SELECT id FROM names WHERE kind = 'topic' AND name = 'slow'"
    database = Database(desk.database)
    database.write(
        lambda db: run(db, f"UPDATE ratings SET reasons = CASE topic WHEN ({slow}) THEN {tapped} ELSE 'solved' END")
    )
    database.close()
    wanted = next(part for part in desk.report("nps", WEEK, "by:topic")["by"] if part["key"] == "topic:slow")["vs_rest"]
    drivers = {driver["key"]: driver["difference"] for driver in desk.report("drivers", "nps", WEEK)["drivers"]}
    stops = {stop["key"]: stop["difference"] for stop in desk.report("journey", "nps", WEEK)["touchpoints"]}
    channels = {part["key"]: part["vs_rest"] for part in desk.report("nps", WEEK, "by:channel")["by"]}
    found = [drivers[key] for key in ("topic:slow", "touchpoint:slow", "channel:slow", "reason:speed")]
    for difference in (*found, stops["touchpoint:slow"], channels["channel:slow"]):
        for name in ("value", "low", "high", "p"):
            assert difference[name] == pytest.approx(wanted[name]), name
    narrow = desk.report("nps", WEEK, "topic:slow")
    assert narrow["high"] - narrow["low"] > 60, "four customers gave all of them"


def test_a_campaign_counts_people_in_every_view(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", "topic", "asked_by", "customer"]]
    for number in range(60):
        at = f"2026-11-10T{number // 60:02}:{number % 60:02}:00Z"
        lines.append([number, "nps", number % 11, at, "ab"[number % 2], "campaign", f"c{number % 40}"])
    desk.run("import", desk.write(lines))
    report = desk.report("nps", WEEK, "by:topic")
    drivers = desk.report("drivers", "nps", WEEK)
    assert (report["n"], drivers["n"]) == (40, 40)
    assert {d["key"]: d["n"] for d in drivers["drivers"]} == {part["key"]: part["n"] for part in report["by"]}
    assert len(desk.run("report", "nps", WEEK, "--rows").splitlines()) == 41
