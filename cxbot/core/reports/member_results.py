"""Decides which results about customers are shown to members of a team who don't lead it, so that no combination of
them tells what fewer than five customers answered.

A week that is over is shown from five answers on, as in the weekly digest. A week that runs moves in steps of five
answers, and stays five behind; a member's own answers do so for themselves. Longer periods are shown up to the end of
the last week that is over, and a member's own figures too, unless an equation about fewer than five answers followed
from them and everything shown before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.reports.equations import Equations

LEAST = 5
"""Answers that an equation must be about."""
STEP = 5
"""Answers by which a running week moves."""
LONG = (Kind.MONTH, Kind.QUARTER, Kind.YEAR)
CHANGES_FOR = timedelta(hours=1)  # after the end of a week, in which a score can still be changed

Ways = Collection[int]


class Shown(NamedTuple):
    """A result that may be shown: a span, and whether it is the member's own or the whole team's."""

    start: datetime
    end: datetime
    own: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A span that no result cuts, with its answers by way of asking: the team's, and the member's among them."""

    start: datetime
    end: datetime
    team: Mapping[int, int]
    own: Mapping[int, int]


def stepped(n: int, before: int | None = None) -> int:
    """How many of the first n answers of a running week are shown: whole steps, so that at least five more come before
    the next step, or before the whole week.

    `before` is the number of answers before a month began in that week; None if none has begun. A step that is nearly
    there is left out, because the month tells what was answered up to its beginning.
    """
    for step in range((n - LEAST) // STEP * STEP, 0, -STEP):
        if before is None or step == before or abs(step - before) >= LEAST:
            return step
    return 0


def week_after(now: datetime, timezone: str) -> datetime:
    """The end of the last week that is over and whose scores can't be changed any more."""
    return periods.week_of(now - CHANGES_FOR, timezone).start


def weeks(first: datetime, until: datetime, timezone: str) -> Iterator[Period]:
    """The weeks from that of the first answer up to a moment."""
    week = periods.week_of(first, timezone)
    while week.end <= until:
        yield week
        week = periods.week_of(week.end, timezone)


def month_begins(week: Period) -> datetime | None:
    """The moment within a week in which a month begins, not at its start; None if there is none."""
    month = periods.containing(Kind.MONTH, week.end - timedelta(microseconds=1), week.timezone)
    return month.start if week.start < month.start else None


def shown(pieces: Sequence[Piece], timezone: str, counted: Callable[[Collection[int]], Ways]) -> frozenset[Shown]:
    """The results that may be shown. `pieces` cover whole weeks. `counted` says which ways of asking count, of those
    among the answers of a span."""
    sizes: dict[Hashable, int] = {}
    for number, piece in enumerate(pieces):
        for way, n in piece.team.items():
            own = piece.own.get(way, 0)
            sizes[number, way, True], sizes[number, way, False] = own, n - own
    equations: Equations[Hashable] = Equations(sizes, LEAST)

    starts, ends = [piece.start for piece in pieces], [piece.end for piece in pieces]

    def answers(result: Shown) -> list[Hashable]:
        within = range(bisect_left(starts, result.start), bisect_right(ends, result.end))
        present: Counter[int] = Counter()
        for number in within:
            present.update(pieces[number].own if result.own else pieces[number].team)
        ways = counted([way for way, n in present.items() if n])
        return [
            key
            for number in within
            for way in ways
            for own in ((True,) if result.own else (True, False))
            if sizes.get(key := (number, way, own))
        ]

    def add(result: Shown) -> bool:
        found = answers(result)
        return sum(sizes[key] for key in found) >= LEAST and equations.add(found)

    if not pieces:
        return frozenset()
    return frozenset(
        result for week in weeks(pieces[0].start, pieces[-1].end, timezone) for result in _of_week(week) if add(result)
    )


def _of_week(week: Period) -> Iterator[Shown]:
    """What can be shown when a week is over, the most important first."""
    yield Shown(week.start, week.end)
    moments = (week.start, week.end - timedelta(microseconds=1))
    containing = dict.fromkeys(periods.containing(kind, moment, week.timezone) for kind in LONG for moment in moments)
    long = [Shown(period.start, min(period.end, week.end)) for period in containing]
    finished_first = sorted(long, key=lambda result: (result.end, result.end - result.start))
    yield from finished_first
    yield Shown(week.start, week.end, own=True)
    yield from (each._replace(own=True) for each in finished_first)
