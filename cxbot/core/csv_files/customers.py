"""Rows of the CSV file of customers: when they started and were lost, and what they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxbot.core.csv_files.cells import number, whole
from cxbot.core.csv_files.columns import Line, Table
from cxbot.core.names import key
from cxbot.errors import N_, UsageError

COLUMNS = (
    "customer",
    "company",
    "started_on",
    "lost_on",
    "complaints",
    "returns",
    "repeat_purchases",
    "money",
)


def _name(text: str) -> str:
    if not text.strip():
        raise UsageError(N_("every row needs a customer."))
    return text.strip()


def _count(text: str) -> int:
    count = whole(text) if text.strip() else 0
    if count is None or count < 0:
        raise UsageError(N_("“%(text)s” is not a whole number from 0 on."), text=text)
    return count


def _money(text: str) -> float | None:
    if not text.strip():
        return None
    amount = number(text)
    if amount is None:
        raise UsageError(
            N_("“%(text)s” is not an amount. Write it like 1234.50 or 1234,50, all in one currency."), text=text
        )
    return amount


def _whole(values: dict[str, Any], line: Line) -> None:
    if "started_on" in line.cells and "started_on" not in line.failed:
        try:
            check_stay(values["started_on"], values["lost_on"])
        except UsageError as error:
            line.wrong("lost_on" if values["started_on"] else "started_on", error)


def check_stay(started_on: str | None, lost_on: str | None) -> None:
    """Raise UsageError unless a customer has a start, and is not lost before it."""
    if started_on is None:
        raise UsageError(N_("every customer needs the date of the start."))
    if lost_on is not None and lost_on < started_on:
        raise UsageError(N_("%(lost)s is before the start, %(started)s."), lost=lost_on, started=started_on)


READERS: dict[str, Callable[[str], Any]] = {
    "customer": _name,
    "complaints": _count,
    "returns": _count,
    "repeat_purchases": _count,
    "money": _money,
}
CUSTOMERS = Table(
    COLUMNS,
    READERS,
    ("customer",),
    "customer",
    lambda values: key(values["customer"]),
    days=("started_on", "lost_on"),
    whole=_whole,
)
"""Days are ISO texts of local days. `lost_on` is None for a current customer, `money` is None if unknown."""
