"""Customers lost and kept in a period."""

from cxbot.core.metrics import Estimate
from cxbot.core.proportion import percent

_MONTHS = 12


def churn(active_at_start: int, lost: int, confidence: float = 0.95) -> Estimate | None:
    """100·lost/active at the start, 0…100 percent, with Wilson's interval; None when nobody was active.

    `lost` are those of the customers active at the start who left in the period: who joined and left
    inside it is in neither number. Raises ValueError when more were lost than there were.
    """
    return percent(lost, active_at_start, confidence)


def retention(active_at_start: int, active_at_end: int, joined: int, confidence: float = 0.95) -> Estimate | None:
    """100·(E − N)/S, 0…100 percent, with Wilson's interval; None when nobody was active at the start.

    `joined` are those new in the period who are still there at its end, so that it is the complement
    of `churn`. Raises ValueError when E − N is not among S.
    """
    return percent(active_at_end - joined, active_at_start, confidence)


def annualised(monthly: float) -> float:
    """The percentage lost in a year of months like this one: 100·(1 − (1 − c)¹²), 0…100 percent.

    An illustration, not a forecast. Raises ValueError outside 0…100.
    """
    if not 0 <= monthly <= 100:
        raise ValueError(f"{monthly} is not a percentage")
    return 100 * (1 - (1 - monthly / 100) ** _MONTHS)
