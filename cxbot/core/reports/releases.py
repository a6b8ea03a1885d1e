"""Decides which results about employees are released, so that no combination of them tells what few people answered.

Whoever has several results has linear equations: each is a sum over the answers in it. A result is released if, with
all that were released before it, no equation that follows is about fewer than five answers. The results are taken in a
fixed order, by the end of their period: so a result, once released, stays, and everybody is shown the same ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, Period
from cxbot.core.reports.equations import Equations

LEAST = 5
"""Answers that an equation must be about."""
CALENDAR = (Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR)

Who = Literal["all", "part", "team"]


class Answer(NamedTuple):
    """An employee's answer. `person` and `team` are ids; 0 for nobody and for no team."""

    at: datetime
    person: int
    team: int


class Result(NamedTuple):
    """A value of a period: of `all`, of a team as a `part` of a split, or of a `team` on its own. The last two differ
    for people who answered in several teams."""

    start: datetime
    end: datetime
    who: Who
    team: int = 0


def released(answers: Sequence[Answer], until: datetime, timezone: str) -> frozenset[Result]:
    """The results that may be shown of the calendar periods that end by `until`. `answers` are all answers to a
    metric, in the order in which they were given."""
    results = dict(_results(answers, until, timezone))
    unknowns = _unknowns(results.values())
    equations = Equations(Counter(unknowns), LEAST)
    return frozenset(
        result
        for result, found in results.items()
        if len(found) >= LEAST and equations.add({unknowns[place] for place in found})
    )


def whole(limit: datetime, now: datetime, timezone: str) -> datetime:
    """The end of the longest calendar period around a moment that is over. Who answered within it is forgotten at once:
    if some went earlier than others, one person's answers would count twice in a result that is released."""
    around = (periods.containing(kind, limit, timezone) for kind in reversed(CALENDAR))
    return next((period.end for period in around if period.end <= now), limit)


def _results(answers: Sequence[Answer], until: datetime, timezone: str) -> Iterator[tuple[Result, frozenset[int]]]:
    """Every result in the order of release, with the places of its answers."""
    for period in _periods(answers, until, timezone):
        places = [place for place, answer in enumerate(answers) if period.start <= answer.at < period.end]
        yield Result(period.start, period.end, "all"), _latest(answers, places)
        for who in ("part", "team"):
            teams = _teams(answers, places, who)
            for team in sorted(teams, key=lambda team: (-len(teams[team]), team)):
                yield Result(period.start, period.end, who, team), teams[team]


def _periods(answers: Sequence[Answer], until: datetime, timezone: str) -> list[Period]:
    found: set[Period] = set()
    for kind in CALENDAR:
        for answer in answers:
            found.add(periods.containing(kind, answer.at, timezone))
    return sorted((each for each in found if each.end <= until), key=lambda each: (each.end, -each.start.timestamp()))


def _teams(answers: Sequence[Answer], places: Iterable[int], who: Who) -> Mapping[int, frozenset[int]]:
    of_team: dict[int, list[int]] = defaultdict(list)
    for place in _latest(answers, places) if who == "part" else places:
        of_team[answers[place].team].append(place)
    return {team: _latest(answers, sorted(found)) for team, found in of_team.items()}


def _latest(answers: Sequence[Answer], places: Iterable[int]) -> frozenset[int]:
    """The latest answer of each person, and every answer of nobody."""
    latest = {answers[place].person or -1 - place: place for place in places}
    return frozenset(latest.values())


def _unknowns(results: Iterable[frozenset[int]]) -> list[int]:
    """For each answer, the unknown that it is part of: answers that are in the same results can't be told apart."""
    within: dict[int, list[int]] = defaultdict(list)
    for number, found in enumerate(results):
        for place in found:
            within[place].append(number)
    numbers: dict[tuple[int, ...], int] = {}
    places = range(max(within, default=-1) + 1)
    return [numbers.setdefault(tuple(within.get(place, ())), len(numbers)) for place in places]
