"""Decides which results about employees are released, so that no combination of them tells what few people answered.

Whoever has several results has linear equations: each is a sum over the answers in it. A result is released if, with
all that were released before it, no equation that follows is about fewer than five answers. The results are taken in a
fixed order, by the end of their period: so a result, once released, stays, and everybody is shown the same ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, Period

LEAST = 5
"""Answers that an equation must be about."""
CALENDAR = (Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR)
PRIME = 2**61 - 1  # equations are solved modulo this prime: exact, but for a chance of about 10⁻¹⁸

Who = Literal["all", "part", "team"]
Equation = dict[int, int]  # by unknown: its coefficient


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
    system = _System(_unknowns(results.values()))
    return frozenset(result for result, found in results.items() if len(found) >= LEAST and system.add(found))


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


@dataclass(slots=True)
class _System:
    """The equations that follow from what is released, in reduced row echelon form."""

    unknowns: list[int]
    sizes: dict[int, int]
    rows: dict[int, Equation]
    having: dict[int, set[int]]

    def __init__(self, unknowns: list[int]) -> None:
        self.unknowns = unknowns
        self.sizes, self.rows, self.having = defaultdict(int), {}, defaultdict(set)
        for unknown in unknowns:
            self.sizes[unknown] += 1

    def add(self, places: frozenset[int]) -> bool:
        """Add the sum over some answers, unless an equation about fewer than five answers would follow."""
        new = self._reduced(dict.fromkeys({self.unknowns[place] for place in places}, 1))
        if not new:
            return True
        pivot = min(new)
        scaled = _times(new, pow(new[pivot], -1, PRIME))
        changed = {each: _plus(self.rows[each], scaled, -self.rows[each][pivot]) for each in self.having.get(pivot, ())}
        if any(sum(self.sizes[unknown] for unknown in row) < LEAST for row in (scaled, *changed.values())):
            return False
        for at, row in (*changed.items(), (pivot, scaled)):
            for unknown in self.rows.get(at, ()):
                self.having[unknown].discard(at)
            self.rows[at] = row
            for unknown in row:
                self.having[unknown].add(at)
        return True

    def _reduced(self, row: Equation) -> Equation:
        for pivot in [unknown for unknown in row if unknown in self.rows]:
            row = _plus(row, self.rows[pivot], -row[pivot])
        return row


def _times(row: Equation, factor: int) -> Equation:
    return {unknown: value * factor % PRIME for unknown, value in row.items()}


def _plus(row: Equation, other: Equation, factor: int) -> Equation:
    total = dict(row)
    for unknown, value in other.items():
        total[unknown] = (total.get(unknown, 0) + factor * value) % PRIME
    return {unknown: value for unknown, value in total.items() if value}
