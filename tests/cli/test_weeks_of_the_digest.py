"""What the digest says of weeks that are small, far from usual, or at the turn of a year: every sentence is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk

HEADER = ("external_id", "metric", "score", "answered_at", "sent_at", "team", "customer")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, CXBOT_TIMEZONE="Europe/Helsinki")
    desk.run("team", "add", "Support", "--channel", "C0TEAM", "--survey", "nps")
    return desk


def _week(year: int, week: int, scores: Sequence[int], metric: str = "nps") -> Iterator[tuple[object, ...]]:
    monday = datetime.fromisocalendar(year, week, 1).replace(tzinfo=UTC) + timedelta(hours=8)
    for number, score in enumerate(scores):
        answered = monday + timedelta(minutes=number)
        yield (
            f"{metric} {year} {week} {number}", metric, score, answered.isoformat(),
            (answered - timedelta(hours=1)).isoformat(), "Support", f"{number}@w{week}.example",
        )  # fmt: skip


def _told(desk: Desk, weeks: Sequence[tuple[int, int, Sequence[int]]], key: str, metric: str = "nps") -> str:
    rows = [row for year, week, scores in weeks for row in _week(year, week, scores, metric)]
    desk.run("import", desk.write([HEADER, *rows]))
    return desk.run("digest", "Support", "--week", key)


MIXED = [0, 3, 6, 7, 8, 9, 9, 9, 10, 10, 10, 7, 2, 9, 9, 8, 10, 5, 9, 10]


def test_a_verdict_on_the_week_alone_names_its_figure_beside_the_figure_of_several_weeks(desk: Desk) -> None:
    weeks = [*((2026, week, MIXED) for week in range(20, 46)), (2026, 46, [0] * 12)]
    said = _told(desk, weeks, "2026-W46").splitlines()
    assert said[1].startswith("NPS 8 from 72 answers of the last 4 weeks (the week alone: 12 answers, too few).")
    assert said[2].startswith("↓ Lower than usual: the week alone has −100; usual is ")
    assert all("the week alone has −100" in line for line in said if "Lower than usual" in line)


def test_answers_whose_value_is_held_back_are_not_called_no_answers(desk: Desk) -> None:
    weeks = [*((2026, week, MIXED) for week in range(20, 46)), (2026, 46, MIXED[:12])]
    said = _told(desk, weeks, "2026-W46")
    assert "21 Sep–18 Oct 2026: 80 answers; the value is held back" in said
    assert "no answers" not in said


def test_answers_of_the_week_alone_are_not_said_to_be_of_twelve_weeks(desk: Desk) -> None:
    said = _told(desk, [(2026, 46, MIXED[:8])], "2026-W46").splitlines()
    assert said[1] == "NPS 0 from 8 answers."


def test_a_single_answer_is_too_few_wherever_it_is_told(desk: Desk) -> None:
    said = _told(desk, [(2026, 46, [10])], "2026-W46")
    assert "1 answer to the NPS question in the last 12 weeks: too few for a value." in said
    assert "1 answer: too few for a value (5 are needed)." in said
    assert "beside other figures" not in said


def test_a_week_in_two_years_names_both(desk: Desk) -> None:
    weeks = [(2020, 52, MIXED), (2020, 53, MIXED), (2021, 1, MIXED)]
    assert "Support · week 2020-W53 (28 Dec 2020–3 Jan 2021)" in _told(desk, weeks, "2020-W53")
    assert "2020-W53 (28 Dec 2020–3 Jan 2021): 30" in desk.run("digest", "Support", "--week", "2021-W01")


@pytest.mark.parametrize(
    ("locale", "usual"),
    [("en", "usual is 60%, by"), ("fi", "taso on 60\N{NO-BREAK SPACE}% ("), ("sv", "är 60\N{NO-BREAK SPACE}%,")],
)
def test_what_is_usual_of_a_share_is_a_percentage(desk: Desk, locale: str, usual: str) -> None:
    desk.run("team", "set", "Support", "--survey", "csat", "--locale", locale)
    weeks = [(2026, week, [5, 5, 4, 1, 2] * 5) for week in range(20, 47)]
    assert usual in _told(desk, weeks, "2026-W46", "csat")
