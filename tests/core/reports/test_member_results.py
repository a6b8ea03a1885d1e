"""Plays a member who takes down every figure that they are shown over a random history, at every moment, and shows by
rank, with exact fractions, that no customer's answer is determined."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.reports import member_results
from cxbot.core.reports.member_results import Piece, Shown, Week
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


def week_of(history: list[Given], week: Period, until: datetime) -> Week:
    """A week as it is known at a moment."""
    within = [(at, own) for at, own in history if week.start <= at < min(week.end, until)]
    begins = member_results.month_begins(week)
    before = None if begins is None or until < begins else sum(at < begins for at, _ in within)
    return Week(week, [own for _, own in within], before)


def steps_of(history: list[Given], week: Period) -> Iterator[Shown]:
    """Every step that a week shows while it runs, of the team and of the member, asked after each answer."""
    within = [at for at, _ in history if week.start <= at < week.end]
    for now in within:
        known = week_of(history, week, now + TICK)
        for step, own in (
            (member_results.stepped(len(known.own), known.before), False), (member_results.own_step(known), True),
        ):  # fmt: skip
            if step:
                yield Shown(week.start, within[step - 1] + TICK, own)


def shown(history: list[Given], digests: Collection[Shown] = (), until: datetime | None = None) -> frozenset[Shown]:
    """What the rules let a member see of weeks that are over, of longer periods and of digests. `until` is a moment in
    the last week that is looked at, if not all are."""
    history = [(at, own) for at, own in history if until is None or at < until]
    found = [week for week in weeks(history) if until is None or week.start < until] if history else []
    cuts = set()
    for week in found:
        cuts |= {week.start, week.end, member_results.month_begins(week) or week.start}
    pieces = [
        Piece(start, end, {WAY: sum(start <= at < end for at, _ in history)})
        for start, end in itertools.pairwise(sorted(cuts))
    ]
    team = member_results.shown(pieces, ZONE, lambda ways: ways, digests)
    return team | member_results.own_shown([week_of(history, week, week.end) for week in found], team)


def row(history: list[Given], result: Shown) -> list[Fraction]:
    return [Fraction(result.start <= at < result.end and own >= result.own) for at, own in history]


def test_the_week_does_not_tell_the_colleague_after_the_last_step() -> None:
    """Six answers of colleagues, then five of the member's: the first step is about five colleagues."""
    monday = datetime(2026, 6, 8, 6, tzinfo=UTC)
    history = [(monday + timedelta(seconds=number), number >= 6) for number in range(11)]
    week = periods.week_of(monday, ZONE)
    assert Shown(week.start, week.end, own=True) not in shown(history)


busy = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=10, max_size=60).map(
    lambda found: [(START + timedelta(days=7 * week, seconds=place), own)
                   for place, (week, own) in enumerate(sorted(found, key=lambda each: each[0]))]
)  # fmt: skip


@given(st.one_of(histories, busy))
@settings(max_examples=300, deadline=None)
def test_a_member_who_writes_everything_down_knows_nobodys_answer(history: list[Given]) -> None:
    steps = [step for week in weeks(history) for step in steps_of(history, week)]
    results = [*steps, *shown(history)]
    assert determined([row(history, result) for result in results]) == []


digested = st.sets(st.integers(0, 20)), st.sampled_from([4, 12]), st.booleans()


def digests_of(history: list[Given], posted: Collection[int], span: int, monthly: bool) -> list[Shown]:
    """The digests of these weeks, each about several weeks, or of the months that end in them."""
    every = weeks(history)
    if not monthly:
        return [Shown(every[max(0, n - span + 1)].start, every[n].end) for n in posted if n < len(every)]
    months = (periods.containing(Kind.MONTH, every[n].start, ZONE) for n in posted if n < len(every))
    return [Shown(month.start, month.end) for month in months if month.end <= every[-1].end]


@given(st.one_of(histories, busy), *digested)
@settings(max_examples=300, deadline=None)
def test_digests_of_several_weeks_and_of_months_tell_nothing_either(
    history: list[Given], posted: set[int], span: int, monthly: bool
) -> None:
    digests = digests_of(history, posted, span, monthly)
    steps = [step for week in weeks(history) for step in steps_of(history, week)]
    results = [*steps, *shown(history, digests)]
    assert determined([row(history, result) for result in results]) == []


@given(histories, *digested)
@settings(deadline=None)
def test_a_digest_that_was_posted_stays_among_what_is_shown(
    history: list[Given], posted: set[int], span: int, monthly: bool
) -> None:
    digests = digests_of(history, posted, span, monthly)
    later = shown(history, digests)
    for digest in digests:
        known = [each for each in digests if each.end <= digest.end]
        assert (digest in shown(history, known, digest.end)) == (digest in later)


def test_the_third_digest_of_a_small_team_waits_for_five_more_answers() -> None:
    """Three answers a week: the digest of the second week is about six, that of the third would tell the three."""
    history = [(START + timedelta(days=7 * week, hours=hour), False) for week in range(5) for hour in range(3)]
    every = weeks(history)
    digests = [Shown(every[0].start, week.end) for week in every[1:5]]
    found = shown(history, digests)
    assert [digest in found for digest in digests] == [True, False, True, False]


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
    weeks_with = [Piece(*_span(week), {WAY: 6}) for week in ("2026-W23", "2026-W24", "2026-W25", "2026-W26")]
    last = periods.from_key("2026-W27", ZONE)
    for on_tuesday, expected in ((0, True), (1, False)):
        tail = [Piece(last.start, june.end, {WAY: on_tuesday}), Piece(june.end, last.end, {WAY: 6})]
        assert (june in member_results.shown([*weeks_with, *tail], ZONE, lambda ways: ways)) is expected


def _span(key: str) -> tuple[datetime, datetime]:
    week = periods.from_key(key, ZONE)
    return week.start, week.end


@given(st.integers(0, 10_000))
def test_a_running_week_stays_five_behind(n: int) -> None:
    step = member_results.stepped(n)
    assert step % 5 == 0
    assert n < 10 or 5 <= n - step < 10
