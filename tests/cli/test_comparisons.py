"""A part is compared with the rest: each side with its own repeat customers, and only if both are large enough."""

from __future__ import annotations

from pathlib import Path

import pytest

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
