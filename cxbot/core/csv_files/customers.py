"""Rows of the CSV file of customers: when they started and were lost, and what they did."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from cxbot.core.csv_files.columns import Table

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
        raise ValueError("every row needs a customer.")
    return text.strip()


def _date(text: str) -> str | None:
    text = text.strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10] if text[10:11] in ("T", " ") else text).isoformat()
    except ValueError:
        raise ValueError(f"“{text}” is not a date. Write it like 2026-11-21.") from None


def _count(text: str) -> int:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValueError(f"“{text}” is not a whole number from 0 on.")
    return int(text or 0)


def _money(text: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount):
        raise ValueError(f"“{text}” is not an amount. Write it like 1234.50, all in one currency.")
    return amount


def _whole(record: dict[str, Any], line: int, problems: list[str]) -> None:
    if record["started_on"] is None:
        problems.append(f"Line {line}, column started_on: every customer needs the date of the start.")
    elif record["lost_on"] is not None and record["lost_on"] < record["started_on"]:
        lost, started = record["lost_on"], record["started_on"]
        problems.append(f"Line {line}, column lost_on: {lost} is before the start, {started}.")


READERS: dict[str, Callable[[str], Any]] = {
    "customer": _name,
    "started_on": _date,
    "lost_on": _date,
    "complaints": _count,
    "returns": _count,
    "repeat_purchases": _count,
    "money": _money,
}
CUSTOMERS = Table(COLUMNS, READERS, one_of=("customer",), whole=_whole)
"""Dates are ISO texts of local days. `lost_on` is None for a current customer, `money` is None if unknown."""
