"""Measures that are not answers: handling time and churn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cxbot.errors import N_


@dataclass(frozen=True, slots=True)
class Operation:
    """A measure that is not made of answers.

    `unit` is seconds or percent. `change_unit` is the unit of a change: a ratio, or percentage points. `formula`,
    `moment` and `judged` are message ids: how the measure is computed, which moment decides to which period something
    belongs, and what the verdict is about.
    """

    name: str
    title: str
    unit: str
    change_unit: str
    formula: str
    moment: str
    judged: str


AHT = Operation(
    name="aht",
    title=N_("Average handling time"),
    unit="seconds",
    change_unit="ratio",
    formula=N_(
        "Average handling time = all seconds of handling / interactions handled; time in the queue is not in it. The "
        "median has the interval of the order statistics (from 6 interactions on); a change is the ratio of the "
        "geometric means (Welch's t on logarithms). The reopen rate is the share of interactions after which the "
        "same customer came back about the same topic within 7 days: fast is only good where that stays low."
    ),
    moment=N_("An interaction belongs to the moment it was closed."),
    judged=N_(
        "The verdict is about the average. Its logarithm is judged, because averages of skewed times are skewed, too."
    ),
)
CHURN = Operation(
    name="churn",
    title=N_("Churn"),
    unit="percent",
    change_unit="points",
    formula=N_(
        "Churn = customers lost in the period / customers active at its start, with Wilson's interval "
        "(1927). Customers who joined and left within the period are in neither number. Retention is the "
        "rest."
    ),
    moment=N_("A loss belongs to its date."),
    judged=N_(
        "The verdict compares the losses with those of all weeks that had customers, for a period of this length."
    ),
)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in (AHT, CHURN)}
