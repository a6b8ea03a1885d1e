"""Which answers a question is about, which of them count, and how a span of time is cut into whole days and hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.metric import Metric
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, cached
from cxbot.store.engine.statements import row, tuples
from cxbot.store.engine.times import stamp
from cxbot.store.records import names, ways
from cxbot.store.records.closes import OF_ANY_TEAM, newest
from cxbot.store.records.published import VISIBLE, Published, published
from cxbot.store.records.ways import AUTOMATIC, CAMPAIGN, HAND_PICKED

PUT_ASIDE = 3  # the way of hand-picked answers of a team that had automatic ones by then (see `Begun`)
ANSWERED = f"metric = :metric AND score IS NOT NULL AND late = 0 AND {VISIBLE}"
# The answer's own stage first, then the one that the register of touchpoints gives now.
STAGE = (
    "COALESCE(NULLIF(stage, ''), (SELECT t.stage FROM touchpoints AS t WHERE t.touchpoint = ratings.touchpoint), '')"
)
TICK = timedelta(microseconds=1)

Ways = frozenset[int]
ALL: Ways = frozenset({AUTOMATIC, HAND_PICKED, CAMPAIGN, PUT_ASIDE})
Span = tuple[datetime, datetime]  # half-open
Correction = tuple[datetime, datetime, int]  # hours to add (1) or subtract (-1)


class Begun(NamedTuple):
    """Since when a team counts its automatic answers of a metric only.

    `since` is the UTC day of the first one that the bot asked for itself, `""` if there is none. Hand-picked answers of
    earlier days count, so that finished periods stay as they were. Among imported answers the automatic ones go first
    whenever they were given; they don't put what the bot has asked aside.
    """

    team: int
    since: str
    imported: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The answers a question is about: a metric and filters, by id or (stage and survey) by key. `unassigned` adds
    answers without a team to a filter by team. `begun` is about the teams that have automatic answers."""

    metric: Metric
    filters: Mapping[str, int | str]
    shown: Published
    begun: tuple[Begun, ...] = ()
    unassigned: bool = False

    @property
    def published(self) -> int:
        """The newest import that is visible."""
        return self.shown.batch

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for equal scopes; part of the key of cached results."""
        return (self.metric.name, tuple(sorted(self.filters.items())), self.shown, self.begun, self.unassigned)

    def values(self, span: Span) -> dict[str, object]:
        """The parameters of a statement about a span."""
        return {
            "metric": self.metric.name,
            "published": self.published,
            "start": stamp(span[0]),
            "end": stamp(span[1]),
            **self.where()[1],
        }

    def where(self) -> tuple[str, dict[str, int | str]]:
        """The filters as SQL."""
        parts, values = [], {}
        for name, value in self.filters.items():
            either = " OR team = 0" if name == "team" and self.unassigned else ""
            # SQLite uses an index without answers that name nobody only if it is said that they are not wanted.
            named = f" AND {name} != 0" if name in names.KINDS and name != "team" else ""
            parts.append(f" AND ({column(name)} = :f_{name}{either}){named}")
            values[f"f_{name}"] = value
        return "".join(parts), values

    def closed(self, start: str = ":start", end: str = ":end") -> str:
        """The SQL condition for the interactions that were closed in a span, each of them once."""
        team = "" if "team" in self.filters else f" AND {OF_ANY_TEAM}"
        return f"closed_at >= {start} AND closed_at < {end}{team}{self.where()[0]} AND {VISIBLE} AND {newest()}"

    def way(self, at: str) -> str:
        """The SQL expression of an answer's way of asking. `at` is the column of its moment, or of its day."""
        aside: dict[str, list[int]] = defaultdict(list)
        for team, since, imported in self.begun:
            if imported:
                aside["batch > 0"].append(team)
            if since:
                aside[f"{at} >= '{since}'"].append(team)
        if not aside:
            return "asked_by"
        either = " OR ".join(f"({when} AND team IN ({_listed(teams)}))" for when, teams in aside.items())
        return f"CASE WHEN asked_by = {HAND_PICKED} AND ({either}) THEN {PUT_ASIDE} ELSE asked_by END"

    def counting(self, counted: Ways, at: str = "answered_at") -> str:
        """The SQL condition for answers that count, asked for in one of these ways."""
        if counted >= {HAND_PICKED, PUT_ASIDE} or not counted & {HAND_PICKED, PUT_ASIDE}:
            return f"asked_by IN ({_listed(counted - {PUT_ASIDE})})"
        return f"{self.way(at)} IN ({_listed(counted)})"

    @property
    def by_team_only(self) -> bool:
        """Whether there are no filters but the team, so that the daily counts are enough."""
        return set(self.filters) <= {"team"}


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def scope_of(db: Connection, metric: Metric, filters: Mapping[str, str], *, unassigned: bool = False) -> Scope:
    """The answers that names, in any spelling, are about."""
    shown = published(db)
    return Scope(metric, names.filters(db, filters), shown, _begun(db, metric, shown), unassigned)


def _begun(db: Connection, metric: Metric, shown: Published) -> tuple[Begun, ...]:
    values = {"metric": metric.name, "published": shown.batch, "automatic": AUTOMATIC}
    question = Question("imported", (metric.name, shown), EVER, EVER)
    imported = cached(db, question, lambda: tuple(team for (team,) in tuples(db, IMPORTED, values)))
    since = {team: day for team, day in tuples(db, SINCE, values) if day}
    return tuple(Begun(team, since.get(team, ""), team in imported) for team in sorted({*since, *imported}))


EVER = datetime.min.replace(tzinfo=UTC)
_NEXT = "SELECT MIN(d.team) FROM daily_answers AS d WHERE d.metric = :metric AND d.asked_by = :automatic"
# One step per team, one look-up for the first day, and an end at the first imported answers; otherwise SQLite would
# read every day.
_TEAMS = (
    f"WITH RECURSIVE every(team) AS ({_NEXT} UNION ALL SELECT ({_NEXT} AND d.team > every.team) FROM every "
    "WHERE team IS NOT NULL) SELECT team"
)
SINCE = (
    f"{_TEAMS}, (SELECT MIN(d.day) FROM daily_answers AS d WHERE d.metric = :metric AND d.team = every.team "
    f"AND d.asked_by = {AUTOMATIC} AND d.batch = 0 AND d.n > 0) AS since FROM every WHERE team IS NOT NULL"
)
IMPORTED = (
    f"{_TEAMS} FROM every WHERE team IS NOT NULL AND EXISTS (SELECT 1 FROM daily_answers AS d "
    "WHERE d.metric = :metric AND d.team = every.team AND d.asked_by = :automatic AND d.batch > 0 "
    "AND d.batch <= :published GROUP BY d.day, d.score HAVING SUM(d.n) > 0)"
)


def column(dimension: str) -> str:
    """The SQL expression by which answers are split; `""` for no split."""
    return STAGE if dimension == "stage" else dimension or "''"


def whole_days(start: datetime, end: datetime) -> tuple[Span, list[Correction]]:
    """The whole UTC days closest to a span, as [first midnight, last midnight), and the hours by which they differ
    from the span: 1 for hours to add, -1 for hours to subtract. A span without a whole day consists of hours to add."""
    first, last = _nearest_midnight(start), _nearest_midnight(end)
    if first >= last:
        return (end, end), [(start, end, 1)] if start < end else []
    edges = [(start, first, 1), (first, start, -1), (last, end, 1), (end, last, -1)]
    return (first, last), [edge for edge in edges if edge[0] < edge[1]]


def _nearest_midnight(moment: datetime) -> datetime:
    return datetime.combine((moment + timedelta(hours=12)).astimezone(UTC).date(), time(), UTC)


def known(period: Period, now: datetime) -> Span:
    """The part of a period up to `now`."""
    return period.start, max(period.start, min(period.end, now + TICK))


def looking_back(db: Connection, scope: Scope, now: datetime) -> bool:
    """Whether there are answers or surveys from after `now`. If not, an unfinished period can be read to its end. That
    end more often is the end of a whole day."""
    ahead = (
        f"SELECT 1 WHERE EXISTS (SELECT 1 FROM ratings WHERE {ANSWERED} AND answered_at > :now) OR EXISTS "
        f"(SELECT 1 FROM ratings WHERE metric = :metric AND sent_at > :now AND {VISIBLE})"
    )
    values = {"metric": scope.metric.name, "published": scope.published, "now": stamp(now)}
    return row(db, ahead, **values) is not None


def counts_people(metric: Metric, way: int) -> bool:
    """Whether only each person's latest answer counts: for NPS asked in campaigns, and for employees."""
    return metric.employees or (metric.name == "nps" and way == CAMPAIGN)


class Counted(NamedTuple):
    """Which answers count in everything that is said about a question: its value, the period before, its history, its
    parts, its rows, and what people wrote.

    `kind` is `automatic`, `hand-picked`, `campaign`, `mixed` (of several teams, or from before and after a team's first
    automatic answer), or `""` for none.
    """

    kind: str
    ways: Ways


def decide(metric: Metric, *found: Collection[int]) -> Counted:
    """Which answers count, by the ways of asking among the answers of a question's period.

    Answers about interactions go first, and hand-picked ones count beside automatic ones only as `Begun` says. If there
    is nothing else they count all the same, and at last campaigns. If a period has no answers, the next one decides.
    """
    if metric.employees:  # all ways of asking count as one survey
        return Counted(ways.WORDS[CAMPAIGN] if any(found) else "", ALL)
    for present in found:
        if interactions := frozenset(present) & {AUTOMATIC, HAND_PICKED}:
            return Counted("mixed" if len(interactions) > 1 else ways.WORDS[min(interactions)], interactions)
        if PUT_ASIDE in present:
            return Counted(ways.WORDS[HAND_PICKED], frozenset({HAND_PICKED, PUT_ASIDE}))
        if CAMPAIGN in present:
            return Counted(ways.WORDS[CAMPAIGN], frozenset({CAMPAIGN}))
    return Counted("", frozenset({AUTOMATIC, HAND_PICKED}))
