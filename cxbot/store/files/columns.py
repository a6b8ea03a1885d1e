"""The columns of answers as people read them: names instead of ids, words instead of numbers, moments spelled out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cxbot.store.engine.statements import Row
from cxbot.store.engine.times import spelled_out
from cxbot.store.records import names, ways

MOMENTS = ("sent_at", "answered_at", "opened_at", "closed_at")


def text(column: str) -> str:
    """The SQL expression of a column's text: of a name the spelling that is shown, of a way of asking the word."""
    if column == "asked_by":
        return ways.text("ratings.asked_by")
    return f"(SELECT n.name FROM names AS n WHERE n.id = ratings.{column})" if column in names.KINDS else column


def texts(columns: Collection[str]) -> str:
    """Columns of answers as text, for a SELECT."""
    return ", ".join(column if text(column) == column else f"{text(column)} AS {column}" for column in columns)


def spelled(row: Row) -> dict[str, Any]:
    """A row with its moments as other programs read them."""
    return {name: spelled_out(value) if name in MOMENTS else value for name, value in row.items()}
