"""A report says how much of a change comes from other topics than before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import AT, Desk

HEAD = ["external_id", "metric", "score", "answered_at", "topic", "channel"]


def brought(desk: Desk, *groups: tuple[str, str, int, int]) -> None:
    """Import answers: their day, topic, score and number."""
    lines: list[list[object]] = [HEAD]
    for place, (day, topic, score, n) in enumerate(groups):
        for number in range(n):
            at = f"{day}T{number // 60:02}:{number % 60:02}:00Z"
            lines.append([f"{place}.{number}", "nps", score, at, topic, "mail"])
    desk.run("import", desk.write(lines))


def test_a_change_by_other_topics_alone_is_said_to_be_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(
        desk, ("2026-11-03", "easy", 10, 40), ("2026-11-03", "hard", 2, 10),
        ("2026-11-10", "easy", 10, 20), ("2026-11-10", "hard", 2, 30),
    )  # fmt: skip
    found = desk.report("nps", "2026-W46")["mix"]
    assert [mix["dimension"] for mix in found] == ["topic"], "one channel has no mix"
    assert (found[0]["change"], found[0]["explained"]) == (-80, pytest.approx(-80))
    said = desk.run("report", "nps", "2026-W46", "--at", AT)
    assert "The mix of topics is another than in 2026-W45: that alone makes −80 of the −80." in said


def test_the_same_mix_is_not_mentioned(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(
        desk, ("2026-11-03", "easy", 10, 30), ("2026-11-03", "hard", 2, 20),
        ("2026-11-10", "easy", 3, 30), ("2026-11-10", "hard", 2, 20),
    )  # fmt: skip
    [found] = desk.report("nps", "2026-W46")["mix"]
    assert (found["change"], found["explained"], found["p"] > 0.9) == (-120, 0, True)
    assert "mix" not in desk.run("report", "nps", "2026-W46", "--at", AT)
