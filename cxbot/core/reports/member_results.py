"""Decides which results about customers are shown to members of a team who don't lead it, so that no combination of
them tells what fewer than five customers answered.

A week that is over is shown from five answers on, as in the weekly digest. A week that runs moves in steps of five
answers, and stays five behind. Digests of several weeks or of a month, and longer periods up to the end of the last
week that is over, are shown unless an equation about fewer than five answers followed from them and everything shown
before.

A member's own figures come last. Each week is cut into chunks at its steps and where a month begins, and each chunk
into the member's answers and the colleagues'. An own result is shown if nothing about fewer than five answers follows
from it and from what the team is shown, nor from what it may be shown later: if every chunk were known, an equation
would be about the smaller parts of its chunks at least. A result that tells nothing new is shown as well.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
    """A span that no result about the team cuts, with its number of answers by way of asking."""

    start: datetime
    end: datetime
    answers: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Week:
    """The answers of a week in their order: whether each is about the member. `before` is the number of those before a
    month began in it; None if none did."""

    period: Period
    own: Sequence[bool]
    before: int | None = None


def stepped(n: int, before: int | None = None) -> int:
    """How many of the first n answers of a running week are shown: whole steps, so that at least five more come before
    the next step, or before the whole week.

    `before` is the number of answers before a month began in that week; None if none has begun. A step that is nearly
    there is left out, because the month tells what was answered up to its beginning.
    """
    return max(steps(n, before), default=0)


def steps(n: int, before: int | None = None) -> list[int]:
    """All the steps that a week with n answers shows while it runs."""
    every = range(STEP, n - LEAST + 1, STEP)
    return [step for step in every if before is None or step == before or abs(step - before) >= LEAST]


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


def shown(
    pieces: Sequence[Piece],
    timezone: str,
    counted: Callable[[Collection[int]], Ways],
    digests: Collection[Shown] = (),
) -> frozenset[Shown]:
    """The results about the team that may be shown. `pieces` cover whole weeks. `counted` says which ways of asking
    count, of those among the answers of a span. `digests` are those that were posted, of several weeks or a month."""
    sizes = {(number, way): n for number, piece in enumerate(pieces) for way, n in piece.answers.items()}
    starts, ends = [piece.start for piece in pieces], [piece.end for piece in pieces]
    equations: Equations[tuple[int, int]] = Equations(sizes, LEAST)

    def add(result: Shown) -> bool:
        within = range(bisect_left(starts, result.start), bisect_right(ends, result.end))
        ways = counted({way for number in within for way in pieces[number].answers})
        found = [key for number in within for way in ways if sizes.get(key := (number, way))]
        return sum(sizes[key] for key in found) >= LEAST and equations.add(found)

    if not pieces:
        return frozenset()
    return frozenset(
        result
        for week in weeks(pieces[0].start, pieces[-1].end, timezone)
        for result in _of_week(week, [each for each in digests if week.start < each.end <= week.end])
        if add(result)
    )


def _of_week(week: Period, digests: Collection[Shown] = ()) -> Iterator[Shown]:
    """What can be shown when a week is over, the most important first. The digest of a month that ends within the week
    was posted before the week's."""
    yield from sorted(each for each in digests if each.end < week.end)
    yield Shown(week.start, week.end)
    yield from sorted(each for each in digests if each.end == week.end)
    moments = (week.start, week.end - timedelta(microseconds=1))
    containing = dict.fromkeys(periods.containing(kind, moment, week.timezone) for kind in LONG for moment in moments)
    long = [Shown(period.start, min(period.end, week.end)) for period in containing]
    yield from sorted(long, key=lambda result: (result.end, result.end - result.start))


def own_shown(found: Sequence[Week], team: Collection[Shown]) -> frozenset[Shown]:
    """The results about a member that may be shown to them. `found` are weeks that are over, oldest first; `team` are
    the results about the team."""
    cut = [_chunks(week) for week in found]
    chunks = list(itertools.chain(*cut))
    since, until = [chunk.since for chunk in chunks], [chunk.until for chunk in chunks]
    known = _known(found, cut, team)
    worst = Equations({number: min(chunk.own, chunk.rest) for number, chunk in enumerate(chunks)}, LEAST)
    released = set()
    for result in (each for week in found for each in _of_week(week.period)):
        within = range(bisect_left(since, result.start), bisect_right(until, result.end))
        own = [(number, True) for number in within if chunks[number].own]
        mixed = [number for number in within if chunks[number].own and chunks[number].rest]
        if sum(chunks[number].own for number in within) < LEAST:
            continue
        if known.implies(own) or (not worst.implies(mixed) and worst.add(mixed) and known.add(own)):
            released.add(result._replace(own=True))
    return frozenset(released)


def _known(
    found: Sequence[Week], cut: Sequence[Sequence[_Chunk]], team: Collection[Shown]
) -> Equations[tuple[int, bool]]:
    """What the team is shown, about the parts of the weeks' chunks: the member's (True) and the colleagues'."""
    chunks = list(itertools.chain(*cut))
    parts = {(number, True): chunk.own for number, chunk in enumerate(chunks)}
    parts |= {(number, False): chunk.rest for number, chunk in enumerate(chunks)}
    equations = Equations(parts, LEAST)

    def tell(numbers: Iterable[int]) -> None:
        equations.know([key for number in numbers for own in (True, False) if parts[key := (number, own)]])

    began = 0
    for week, in_week in zip(found, cut, strict=True):
        lasts = [chunk.last for chunk in in_week]
        told = 0
        for step in steps(len(week.own), week.before):  # each tells what came since the one before
            place = bisect_right(lasts, step)
            tell(range(began + told, began + place))
            told = place
        began += len(lasts)
    since, until = [chunk.since for chunk in chunks], [chunk.until for chunk in chunks]
    for result in sorted(team):
        tell(range(bisect_left(since, result.start), bisect_right(until, result.end)))
    return equations


def own_step(week: Week) -> int:
    """How many of the first answers of a running week a member's own figures are about. They are shown only if all of
    these are the member's, so that they tell nothing but what the team is shown; else when the week is over."""
    return max((step for step in steps(len(week.own), week.before) if all(week.own[:step])), default=0)


class _Chunk(NamedTuple):
    """Some answers of a week in a row, up to the `last` one: how many of them are the member's `own`, and how many the
    `rest`. `since` and `until` are those of the week, or of the part of it in one month."""

    last: int
    own: int
    rest: int
    since: datetime
    until: datetime


def _chunks(week: Week) -> list[_Chunk]:
    n, month = len(week.own), month_begins(week.period)
    cuts = sorted({0, n, *steps(n, week.before), *(() if week.before is None else (week.before,))})
    chunks = []
    for first, last in itertools.pairwise(cuts):
        own = sum(week.own[first:last])
        since, until = week.period.start, week.period.end
        if month is not None and week.before is not None:
            since, until = (since, month) if first < week.before else (month, until)
        chunks.append(_Chunk(last, own, last - first - own, since, until))
    return chunks
