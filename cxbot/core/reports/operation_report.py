"""Reports on handling time and churn, in the same form as a report on answers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar, final

from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import Period
from cxbot.core.figures import churn, handling_time
from cxbot.core.figures.churn import Customers
from cxbot.core.figures.first_contact import Observed
from cxbot.core.metrics import differences
from cxbot.core.metrics.differences import Change
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.metrics.operational import AHT, CHURN, Operation
from cxbot.core.metrics.percentage import percent
from cxbot.core.queries.query import Query
from cxbot.core.queries.vocabulary import QUERY_WORDS, typed
from cxbot.core.reports import metric_report, verdicts
from cxbot.core.reports.frame import Compared
from cxbot.core.signals.control_charts import Group
from cxbot.core.signals.weekly_signal import Verdict
from cxbot.errors import N_, Typed, UsageError

T = TypeVar("T")
H = TypeVar("H")  # what the history has for each week

# Verdicts are about the logarithm of the mean handling time, and about the share of customers lost in a week.
_LOGARITHM, _LOSS = Statistic(Kind.MEAN), Statistic(Kind.SHARE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval if it has one; None means "no value".

    `n` is the number of interactions or customers behind the value.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period or part: the headline, the figures beside it by name, and the counts behind them."""

    headline: Figure
    also: Mapping[str, Figure] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The number of interactions or customers behind the headline."""
        return self.headline.n


NOTHING = Figure(None, None, None, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a `by:` report, compared with the rest."""

    key: str
    figures: Figures
    versus_rest: Change | None
    flagged: bool = False

    def hidden(self) -> Part:
        """A copy of the part with only its key and its number of interactions or customers."""
        return replace(self, figures=Figures(replace(NOTHING, n=self.n)), versus_rest=None, flagged=False)

    @property
    def n(self) -> int:
        """The number of interactions or customers behind the part's headline."""
        return self.figures.n


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationReport(Compared):
    """Everything about one question, unrounded.

    The verdict's limits are about the mean handling time in seconds, or about churn in a period of this length, in
    percent.
    """

    operation: Operation
    current: Figures
    previous: Figures
    segments: tuple[Part, ...] | None


@dataclass(frozen=True, slots=True)
class Times:
    """How often each handling time in seconds occurred among the interactions closed in a period.

    `followed` says how many of the interactions had a repeat contact.
    """

    seconds: Mapping[float, int] = field(default_factory=dict)
    followed: Observed = field(default_factory=lambda: Observed(0, 0, 0))


def added(parts: Iterable[Times]) -> Times:
    """All parts together."""
    seconds: Counter[float] = Counter()
    followed = Observed(0, 0, 0)
    for part in parts:
        seconds.update(part.seconds)
        followed += part.followed
    return Times(seconds, followed)


@dataclass(frozen=True, slots=True)
class Before(Generic[T]):
    """The basis of the verdict on a complete period: the complete weeks before it, oldest first, and incidents."""

    weeks: Iterable[tuple[Period, T]] = ()
    incidents: Iterable[Incident] = ()


@dataclass(frozen=True, slots=True)
class OperationFacts(Generic[T, H]):
    """What the store knows about a question on handling time or churn. `groups` are the parts of `by:`."""

    current: T
    previous: T
    groups: Mapping[str, T] | None
    before: Before[H]


HandlingFacts: TypeAlias = OperationFacts[Times, Group]
ChurnFacts: TypeAlias = OperationFacts[Customers, Customers]


def handling_report(query: Query, facts: HandlingFacts, now: datetime) -> OperationReport:
    """The report on handling times."""
    return _report(AHT, query, facts, now, _HANDLING)


def churn_report(query: Query, facts: ChurnFacts, now: datetime) -> OperationReport:
    """The report on churn."""
    return _report(CHURN, query, facts, now, _CHURN)


@dataclass(frozen=True, slots=True)
class _Way(Generic[T, H]):
    """The functions that compute an operation.

    These are: its figures, the change between two periods, the verdict on a period, and the sum of all other parts,
    with which a part is compared.
    """

    figures: Callable[[T], Figures]
    change: Callable[[T, T], Change | None]
    verdict: Callable[[Period, T, Before[H]], Verdict]
    rest: Callable[[Mapping[str, T], str], T]


def _report(
    operation: Operation, query: Query, facts: OperationFacts[T, H], now: datetime, way: _Way[T, H]
) -> OperationReport:
    current, previous, groups = facts.current, facts.previous, facts.groups
    return OperationReport(
        query=query,
        now=now,
        operation=operation,
        current=way.figures(current),
        previous_period=query.beside,
        previous=way.figures(previous),
        change=way.change(current, previous),
        signal=way.verdict(query.period, current, facts.before) if query.period.complete(now) else None,
        segments=None if groups is None else _parts(query.by or "", groups, way),
    )


def _average(period: Period, current: Times, before: Before[Group]) -> Verdict:
    """The verdict on the mean handling time. It uses the mean's logarithm, because handling times are skewed."""
    subject = handling_time.log_of_mean(handling_time.sums(current.seconds))
    history = ((week, handling_time.log_of_mean(group)) for week, group in before.weeks)
    return verdicts.scaled(verdicts.of_period(_LOGARITHM, period, history, subject, before.incidents), math.exp)


def _losses(period: Period, current: Customers, before: Before[Customers]) -> Verdict:
    """The verdict on churn. It compares the losses per week; the limits are scaled to a period of this length."""
    history = ((week, _at_risk(customers)) for week, customers in before.weeks)
    verdict = verdicts.of_period(_LOSS, period, history, _at_risk(current), before.incidents)
    weeks = period.days / 7
    return verdicts.scaled(verdict, lambda weekly: 100 * (1 - (1 - weekly / 100) ** weeks))


def _at_risk(customers: Customers) -> Group:
    return Group(max(round(customers.weeks), customers.lost), customers.lost, customers.lost)


def _handling(times: Times) -> Figures:
    summary = handling_time.summary_of_counts(times.seconds)
    followed = times.followed
    counts = {"handled": sum(times.seconds.values()), "reopened": followed.matured - followed.resolved}
    counts["not_yet_known"] = followed.not_yet
    beside = {"reopen_rate": _figure(percent(followed.matured - followed.resolved, followed.matured))}
    if summary is None:
        return Figures(NOTHING, beside, counts)
    n = summary.n
    spread = {
        "median": Figure(summary.median, summary.median_low, summary.median_high, n),
        "p90": Figure(summary.p90, None, None, n),
    }
    logs = handling_time.log_sums_of_counts(times.seconds)
    if logs.n:
        spread["typical"] = Figure(math.exp(logs.total / logs.n), None, None, logs.n)
    return Figures(Figure(summary.mean, None, None, n), spread | beside, counts)


def _churn(customers: Customers) -> Figures:
    start, lost, joined = customers.active_at_start, customers.lost, customers.joined
    at_end = start - lost + joined
    return Figures(
        _figure(churn.churn(start, lost)),
        {"retention": _figure(churn.retention(start, at_end, joined))},
        {"active_at_start": start, "lost": lost, "joined": joined, "active_at_end": at_end},
    )


def _figure(estimate: Estimate | None) -> Figure:
    return NOTHING if estimate is None else Figure(estimate.value, estimate.low, estimate.high, estimate.n)


def _ratio(current: Times, previous: Times) -> Change | None:
    before, now = map(handling_time.log_sums_of_counts, (previous.seconds, current.seconds))
    ratio = handling_time.ratio_of_sums(now, before)
    return None if ratio is None else Change(ratio.value, ratio.low, ratio.high, ratio.p)


def _points(current: Customers, previous: Customers) -> Change | None:
    return differences.shares(current.lost, current.active_at_start, previous.lost, previous.active_at_start)


def _others(groups: Mapping[str, Times], key: str) -> Times:
    return added(part for name, part in groups.items() if name != key)


def _other_customers(groups: Mapping[str, Customers], key: str) -> Customers:
    rest = [part for name, part in groups.items() if name != key]
    return Customers(sum(part.active_at_start for part in rest), sum(part.lost for part in rest))


def _parts(by: str, groups: Mapping[str, T], way: _Way[T, H]) -> tuple[Part, ...]:
    """Every part compared with the rest, largest first; flagged at a false discovery rate of 10 % over the table."""
    parts = [
        Part(f"{by}:{key}", way.figures(part), way.change(part, way.rest(groups, key))) for key, part in groups.items()
    ]
    whole = sum(part.n for part in parts)
    tested = [part for part in parts if part.versus_rest is not None and differences.comparable(part.n, whole - part.n)]
    flags = differences.flag([part.versus_rest.p for part in tested if part.versus_rest is not None])
    flagged = {part.key for part, flag in zip(tested, flags, strict=True) if flag}
    return tuple(
        replace(part, flagged=part.key in flagged) for part in sorted(parts, key=lambda part: (-part.n, part.key))
    )


_HANDLING = _Way(_handling, _ratio, _average, _others)
_CHURN = _Way(_churn, _points, _losses, _other_customers)


def check(operation: Operation, query: Query) -> None:
    """Raise UsageError for a filter or split that the operation doesn't have: churn only has company and customer."""
    known = CUSTOMER_DIMENSIONS if operation is CHURN else None
    for name in (*query.filters, *([query.by] if query.by else ())):
        if known is not None and name not in known:
            raise UsageError(
                N_("Churn is known per %(known)s, not per `%(name)s`: leave `%(name)s:` out."),
                known=typed(known), name=Typed(name, QUERY_WORDS),
            )  # fmt: skip


CUSTOMER_DIMENSIONS = ("company", "customer")


def as_json(report: OperationReport) -> dict[str, Any]:
    """The report in the form of the contract; `change` also has its unit."""
    return {
        **metric_report.question_json(report, report.n),
        **_limits(report.current.headline),
        "confidence": 0.95,
        "unit": report.operation.unit,
        "also": _also(report.current),
        "scores": {},
        "buckets": dict(report.current.counts),
        "response": None,
        "previous": {
            "period": metric_report.period_json(report.previous_period, report.now),
            "n": report.previous.n,
            **_limits(report.previous.headline),
            "also": _also(report.previous),
        },
        "change": _change(report.change, report.operation),
        "verdict": verdicts.as_json(report),
        "by": [_part(part, report.operation) for part in report.segments or ()],
        "warnings": [],
    }


def _limits(figure: Figure) -> dict[str, float | None]:
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _also(figures: Figures) -> dict[str, Any]:
    return {name: {**_limits(figure), "n": figure.n} for name, figure in figures.also.items()}


def _change(change: Change | None, operation: Operation) -> dict[str, Any] | None:
    written = metric_report.change_json(change)
    if change is None or written is None:
        return None
    percent = {"percent": 100 * (change.value - 1)} if operation.change_unit == "ratio" else {}
    return {**written, "unit": operation.change_unit, **percent}


def _part(part: Part, operation: Operation) -> dict[str, Any]:
    versus = _change(part.versus_rest, operation)
    return {
        "key": part.key,
        "n": part.n,
        **_limits(part.figures.headline),
        "also": _also(part.figures),
        "vs_rest": None if versus is None else {**versus, "flagged": part.flagged},
    }
