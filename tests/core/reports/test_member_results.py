"""Plays a member who takes down every figure that they are shown over a random history, at every moment, and shows by
rank, with exact fractions, that no customer's answer is determined."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.reports import member_results
from cxbot.core.reports.member_results import Piece, Shown
from tests.core.reports.test_releases import determined

ZONE = "Europe/Helsinki"
START = datetime(2026, 1, 5, tzinfo=UTC)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
WAY = 0
TICK = timedelta(microseconds=1)

Given = tuple[datetime, bool]  # an answer: its moment, and whether the member served
moments = st.integers(0, 110 * 24).map(lambda hours: START + timedelta(hours=hours))
histories = st.lists(st.tuples(moments, st.booleans()), min_size=5, max_size=70).map(
    lambda found: [(at + timedelta(seconds=place), own) for place, (at, own) in enumerate(sorted(found))]
)


def weeks(history: list[Given]) -> list[Period]:
    return list(member_results.weeks(history[0][0], member_results.week_after(NOW, ZONE), ZONE))


def steps_of(history: list[Given], week: Period, *, own: bool) -> Iterator[Shown]:
    """Every step that a week shows while it runs, of the team or of the member, asked after each answer."""
    within = [at for at, mine in history if week.start <= at < week.end and mine >= own]
    begins = member_results.month_begins(week)
    seen = set()
    for n, now in enumerate(within, 1):
        begun = begins is not None and begins <= now
        seen.add(member_results.stepped(n, sum(at < begins for at in within) if begun else None))  # type: ignore[operator]
    for step in sorted(seen - {0}):
        end = within[step - 1] + TICK
        rest = sum(week.start <= at < end and not mine for at, mine in history)
        if not own or rest == 0 or rest >= member_results.LEAST:
            yield Shown(week.start, end, own)


def shown(history: list[Given]) -> frozenset[Shown]:
    """What the rule lets a member see of weeks that are over and of longer periods."""
    cuts = set()
    for week in weeks(history):
        cuts |= {week.start, week.end, member_results.month_begins(week) or week.start}
    pieces = []
    for start, end in itertools.pairwise(sorted(cuts)):
        inside = [own for at, own in history if start <= at < end]
        pieces.append(Piece(start, end, {WAY: len(inside)}, {WAY: sum(inside)}))
    return member_results.shown(pieces, ZONE, lambda ways: ways)


def row(history: list[Given], result: Shown) -> list[Fraction]:
    return [Fraction(result.start <= at < result.end and own >= result.own) for at, own in history]


@given(histories)
@settings(max_examples=150, deadline=None)
def test_a_member_who_writes_everything_down_knows_nobodys_answer(history: list[Given]) -> None:
    steps = [step for week in weeks(history) for own in (False, True) for step in steps_of(history, week, own=own)]
    results = [*steps, *shown(history)]
    assert determined([row(history, result) for result in results]) == []


@given(histories)
@settings(deadline=None)
def test_weeks_that_are_over_are_shown_from_five_answers_on(history: list[Given]) -> None:
    found = shown(history)
    for week in weeks(history):
        n = sum(week.start <= at < week.end for at, _ in history)
        assert (Shown(week.start, week.end) in found) == (n >= member_results.LEAST)


@pytest.mark.parametrize(("others", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_own_figures_are_shown_if_the_colleagues_have_five_answers_or_none(others: int, told: bool) -> None:
    monday = datetime(2026, 6, 8, 6, tzinfo=UTC)
    history = [(monday + timedelta(hours=number), number >= others) for number in range(6 + others)]
    week = periods.week_of(monday, ZONE)
    assert (Shown(week.start, week.end, own=True) in shown(history)) is told


def test_a_month_is_held_back_if_its_weeks_leave_one_answer() -> None:
    """June 2026 begins on a Monday and ends on a Tuesday, on which one answer was given."""
    june = Shown(datetime(2026, 5, 31, 21, tzinfo=UTC), datetime(2026, 6, 30, 21, tzinfo=UTC))
    weeks_with = [Piece(*_span(week), {WAY: 6}, {}) for week in ("2026-W23", "2026-W24", "2026-W25", "2026-W26")]
    last = periods.from_key("2026-W27", ZONE)
    for on_tuesday, expected in ((0, True), (1, False)):
        tail = [Piece(last.start, june.end, {WAY: on_tuesday}, {}), Piece(june.end, last.end, {WAY: 6}, {})]
        assert (june in member_results.shown([*weeks_with, *tail], ZONE, lambda ways: ways)) is expected


def _span(key: str) -> tuple[datetime, datetime]:
    week = periods.from_key(key, ZONE)
    return week.start, week.end


@given(st.integers(0, 10_000))
def test_a_running_week_stays_five_behind(n: int) -> None:
    step = member_results.stepped(n)
    assert step % 5 == 0
    assert n < 10 or 5 <= n - step < 10
