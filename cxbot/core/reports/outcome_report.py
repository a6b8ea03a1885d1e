"""The outcome report: what became of customers, grouped by their answers. It never shows what causes the outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, final

from cxbot.core.metrics import differences as compare
from cxbot.core.metrics.differences import Change
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.percentage import percent
from cxbot.core.queries.query import Query
from cxbot.core.reports import metric_report
from cxbot.core.reports.frame import Asked
from cxbot.core.reports.operation_report import NOTHING, Figure
from cxbot.core.statistics import student_t

LEAST_COMPARED = 10  # customers needed in both groups
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Respondents:
    """`n` customers with the same score and the same outcomes.

    `answered_on` is the day of the answer in the team's time zone; it only matters for lost customers. `lost_on` is
    None for customers who were not lost. `money` is None if unknown.
    """

    score: int
    answered_on: date | None
    lost_on: date | None
    repeat_purchases: int
    money: float | None
    n: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """The customers in one group of scores.

    `churn` is the share lost after the answer, among those who were still there when they answered.
    `repeat_purchases` and `money` are means per customer.
    """

    name: str
    n: int
    lost: int
    churn: Figure
    repeat_purchases: Figure
    money: Figure


@dataclass(frozen=True, slots=True)
class Difference:
    """The best group of scores minus the worst, in one outcome.

    `n` and `other_n` are the customers of the best and the worst group. `flagged` says whether the difference stands
    out among those of all compared outcomes.
    """

    outcome: str
    change: Change
    n: int
    other_n: int
    flagged: bool = False

    @property
    def shown(self) -> bool:
        """Whether a message may show the comparison, because both groups have at least 10 customers."""
        return min(self.n, self.other_n) >= LEAST_COMPARED


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes(Asked):
    """The outcomes of one period's customers, from the best answers to the worst, unrounded.

    `unknown` customers answered but are not in the file of customers; `left_before` were lost before they answered.
    """

    metric: Metric
    groups: tuple[Group, ...]
    differences: tuple[Difference, ...]
    unknown: int
    left_before: int

    @property
    def n(self) -> int:
        """The number of customers whose outcomes are known."""
        return sum(group.n for group in self.groups)


def build(query: Query, now: datetime, today: date, customers: Iterable[Respondents], unknown: int) -> Outcomes:
    """The outcomes of customers, by the group of scores of their latest answer.

    Losses after `today` are not counted. `unknown` is the number of customers who are not in the file of customers.
    """
    metric = query.metric
    parts: dict[str, list[Respondents]] = {name: [] for name in metric.groups}
    for customer in customers:
        for name, scores in metric.groups.items():
            if customer.score in scores:
                parts[name].append(customer)
    best, *_, worst = parts.values()
    return Outcomes(
        query=query,
        now=now,
        metric=metric,
        groups=tuple(_group(name, part, today) for name, part in parts.items()),
        differences=_differences(best, worst, today),
        unknown=unknown,
        left_before=sum(customer.n for part in parts.values() for customer in part if _gone(customer)),
    )


def _differences(best: Sequence[Respondents], worst: Sequence[Respondents], today: date) -> tuple[Difference, ...]:
    """The differences in all outcomes that can be compared.

    Those between groups of at least 10 customers are flagged if they stand out among all such differences.
    """
    (lost, there), (other_lost, other_there) = _churn(best, today), _churn(worst, today)
    changes = [("churn", compare.shares(lost, there, other_lost, other_there), there, other_there)]
    for outcome, values_of in (("repeat_purchases", _purchases), ("money", _money)):
        one, other = values_of(best), values_of(worst)
        changes.append((outcome, welch(one, other), len(one), len(other)))
    made = [Difference(name, change, n, other_n) for name, change, n, other_n in changes if change is not None]
    tested = [difference for difference in made if difference.shown]
    flags = compare.flag([difference.change.p for difference in tested])
    flagged = {difference.outcome for difference, flag in zip(tested, flags, strict=True) if flag}
    return tuple(replace(difference, flagged=difference.outcome in flagged) for difference in made)


def _gone(customer: Respondents) -> bool:
    return customer.lost_on is not None and customer.answered_on is not None and customer.lost_on < customer.answered_on


def _churn(part: Sequence[Respondents], today: date) -> tuple[int, int]:
    """The number of customers lost after they answered, and of customers who were there when they answered."""
    there = [customer for customer in part if not _gone(customer)]
    lost = sum(customer.n for customer in there if customer.lost_on is not None and customer.lost_on <= today)
    return lost, sum(customer.n for customer in there)


def _purchases(part: Sequence[Respondents]) -> list[float]:
    return [float(customer.repeat_purchases) for customer in part for _ in range(customer.n)]


def _money(part: Sequence[Respondents]) -> list[float]:
    return [customer.money for customer in part if customer.money is not None for _ in range(customer.n)]


def _group(name: str, part: Sequence[Respondents], today: date) -> Group:
    lost, there = _churn(part, today)
    share = percent(lost, there)
    churn = NOTHING if share is None else Figure(share.value, share.low, share.high, there)
    return Group(name, sum(customer.n for customer in part), lost, churn, mean(_purchases(part)), mean(_money(part)))


def mean(values: Sequence[float]) -> Figure:
    """The mean with Student's t interval. It has no limits for fewer than two values, or if all are equal."""
    n = len(values)
    if not n:
        return NOTHING
    value = math.fsum(values) / n
    error = math.sqrt(_variance(values) / n)
    if not error:
        return Figure(value, None, None, n)
    half = student_t.quantile(CONFIDENCE, n - 1) * error
    return Figure(value, value - half, value + half, n)


def welch(one: Sequence[float], other: Sequence[float]) -> Change | None:
    """The difference of two means, first minus other, with Welch's t interval (1947).

    None if a group has fewer than two values, or if neither group has any spread.
    """
    if min(len(one), len(other)) < 2:
        return None
    errors = [_variance(values) / len(values) for values in (one, other)]
    error2 = sum(errors)
    if not error2:
        return None
    shares = [error / error2 for error in errors]  # so that the square of a tiny error doesn't become 0
    df = 1 / sum(share**2 / (len(values) - 1) for share, values in zip(shares, (one, other), strict=True))
    value = math.fsum(one) / len(one) - math.fsum(other) / len(other)
    error = math.sqrt(error2)
    half = student_t.quantile(CONFIDENCE, df) * error
    return Change(value, value - half, value + half, student_t.two_sided(value / error, df))


def _variance(values: Sequence[float]) -> float:
    """The sample variance; 0 for fewer than two values and for equal ones."""
    if len(values) < 2 or min(values) == max(values):
        return 0.0
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)


def as_json(outcomes: Outcomes) -> dict[str, Any]:
    """The outcomes as data, unrounded."""
    return {
        "report": "outcomes",
        **metric_report.question_json(outcomes, outcomes.n),
        "confidence": CONFIDENCE,
        "groups": [
            {
                "key": group.name,
                "n": group.n,
                "lost": group.lost,
                "churn": _figure(group.churn),
                "repeat_purchases": _figure(group.repeat_purchases),
                "money": _figure(group.money),
            }
            for group in outcomes.groups
        ],
        "best_minus_worst": {
            difference.outcome: {
                **(metric_report.change_json(difference.change) or {}),
                "n": difference.n,
                "other_n": difference.other_n,
                "flagged": difference.flagged,
            }
            for difference in outcomes.differences
        },
        "unknown_customers": outcomes.unknown,
        "left_before_answering": outcomes.left_before,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}
