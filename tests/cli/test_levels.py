"""A lasting change is told once, in the report of the week in which it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
USUAL, LOWER = {10: 15, 8: 8, 3: 5}, {10: 11, 8: 8, 3: 9}


def weekly(counts: dict[int, int], week: int) -> list[list[object]]:
    at = (MONDAY + timedelta(weeks=week)).isoformat()
    scores = [score for score, n in counts.items() for _ in range(n)]
    return [[f"{week}.{number}", "nps", score, at] for number, score in enumerate(scores)]


def test_a_lasting_fall_is_told_once_and_then_is_the_usual_level(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at"]]
    for week in range(42):
        lines += weekly(USUAL if week < 26 else LOWER, week)
    desk.run("import", desk.write(lines))
    found = {week: desk.report("nps", f"2026-W{week + 2:02}")["verdict"] for week in range(26, 42)}
    told = [week for week, verdict in found.items() if verdict["level"] and verdict["level"]["told"]]
    assert len(told) == 1
    verdict = found[told[0]]
    assert (verdict["word"], verdict["method"]) == ("down", "level")
    assert verdict["level"] == {
        "since": "2026-W28", "told": True,
        "before": pytest.approx(35.71, abs=0.01), "after": pytest.approx(7.14, abs=0.01),
    }  # fmt: skip
    said = desk.run("report", "nps", f"2026-W{told[0] + 2:02}")
    assert "↓ A new level since about 2026-W28: 36 → 7." in said
    assert "Uusi taso suunnilleen viikosta 2026-W28 alkaen: 36 → 7." in desk.run(
        "report", "nps", f"2026-W{told[0] + 2:02}", CXBOT_LOCALE="fi"
    )
    latest = found[41]
    assert (latest["word"], latest["level"]["told"]) == ("within noise", False)
    assert latest["centre"] == pytest.approx(7.14, abs=0.01)
