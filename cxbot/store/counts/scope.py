"""Which answers a question is about, and how a span of time is cut into whole days and remaining hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from cxbot.core.calendar.periods import Period
from cxbot.core.metrics.metric import Metric
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row
from cxbot.store.engine.times import stamp
from cxbot.store.records import names
from cxbot.store.records.published import VISIBLE, Published, published

AUTOMATIC, HAND_PICKED, CAMPAIGN = "automatic", "hand-picked", "campaign"
ANSWERED = f"metric = :metric AND score IS NOT NULL AND late = 0 AND {VISIBLE}"
# The answer's own stage first, then the one that the register of touchpoints gives now.
STAGE = (
    "COALESCE(NULLIF(stage, ''), (SELECT t.stage FROM touchpoints AS t WHERE t.touchpoint = ratings.touchpoint), '')"
)
TICK = timedelta(microseconds=1)

Kind = tuple[str, int]  # the way of asking and the team's id
Kinds = frozenset[Kind]
Span = tuple[datetime, datetime]  # half-open
Correction = tuple[datetime, datetime, int]  # hours to add (1) or subtract (-1)


@dataclass(frozen=True, slots=True)
class Scope:
    """The answers a question is about: a metric and filters, by id or (stage and survey) by key. `unassigned` adds
    answers without a team to a filter by team."""

    metric: Metric
    filters: Mapping[str, int | str]
    shown: Published
    unassigned: bool = False

    @property
    def published(self) -> int:
        """The newest import that is visible."""
        return self.shown.batch

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for equal scopes; part of the key of cached results."""
        return (self.metric.name, tuple(sorted(self.filters.items())), self.shown, self.unassigned)

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
            parts.append(f" AND ({column(name)} = :f_{name}{either})")
            values[f"f_{name}"] = value
        return "".join(parts), values

    @property
    def by_team_only(self) -> bool:
        """Whether there are no filters but the team, so that the daily counts are enough."""
        return set(self.filters) <= {"team"}


def scope_of(db: Connection, metric: Metric, filters: Mapping[str, str], *, unassigned: bool = False) -> Scope:
    """The answers that names, in any spelling, are about."""
    return Scope(metric, names.filters(db, filters), published(db), unassigned)


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


def counts_people(metric: Metric, asked_by: str) -> bool:
    """Whether only each person's latest answer counts: for NPS asked in campaigns, and for employees."""
    return metric.employees or (metric.name == "nps" and asked_by == CAMPAIGN)


def headline(kinds: Mapping[Kind, object], automatic: frozenset[int]) -> tuple[str, Kinds]:
    """Which answers count: answers about interactions, and for a team with automatic answers only the automatic
    ones. Campaigns count if there is nothing else."""
    interactions = frozenset(kind for kind in kinds if counts_as(kind, "interaction", automatic))
    if interactions:
        ways = {asked_by for asked_by, _ in interactions}
        return (ways.pop() if len(ways) == 1 else "mixed"), interactions
    campaigns = frozenset(kind for kind in kinds if counts_as(kind, CAMPAIGN, automatic))
    return (CAMPAIGN if campaigns else ""), campaigns


def counts_as(kind: Kind, headline: str, automatic: frozenset[int]) -> bool:
    """Whether answers of a kind belong to a headline. Any headline but `campaign` is about interactions."""
    asked_by, team = kind
    if CAMPAIGN in (asked_by, headline):
        return asked_by == headline
    return asked_by == AUTOMATIC or team not in automatic
