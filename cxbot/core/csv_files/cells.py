"""The meaning of a cell: how a file is read, numbers, and the mark that keeps spreadsheets from running a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cxbot.errors import N_, UsageError

SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
"""Spaces that look like a space, as spreadsheets put them into numbers and times."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a file are to be read.

    `timezone` is the zone of times that name none; if it is "", such times are errors. `home` is the zone whose days
    count if there is no `timezone`. `fold` says which one is meant if a local time comes twice: "earlier", "later", or
    "" for an error. `day_order` is "dmy" or "mdy" for dates such as 03/04/2026, or "" if the file decides. Moments and
    days after `now` are errors.
    """

    timezone: str = ""
    home: str = "UTC"
    fold: str = ""
    day_order: str = ""
    now: datetime | None = None

    @property
    def zone_of_days(self) -> str:
        """The zone in which a moment becomes a day."""
        return self.timezone or self.home


class ErrorCell(str):
    """The text of a spreadsheet's cell that holds an error, such as #N/A."""


# Numbers

WHOLE = re.compile(r"(-?[0-9]{1,9})(?:[.,](?:00?|0{4,}))?")  # 1.000 may be a thousand
DECIMAL = re.compile(r"(?P<whole>-?[0-9]{1,15})(?:[.,](?P<decimals>[0-9]{1,20}))?")
GROUPED = re.compile(
    r"(?P<whole>-?[0-9]{1,3}(?P<group>[ '’.,])[0-9]{3}(?:(?P=group)[0-9]{3}){0,3})"
    r"(?:(?P<point>[.,])(?P<decimals>[0-9]{1,20}))?"
)
EITHER_NUMBER = N_(
    "“%(text)s” may be %(thousands)s or have three decimals. Write it like %(thousands)s or %(decimal)s."
)


def whole(text: str) -> int | None:
    """The whole number of at most 9 digits in a cell, such as 5, 5.0 or 5,0; None if it is none."""
    match = WHOLE.fullmatch(text.strip())
    return int(match[1]) if match else None


def number(text: str) -> float | None:
    """The number in a cell, such as 1234.5, 1234,5, 1 234,50 or 1.234,50; None if it is none.

    Raises UsageError for one like 1.234, which may be thousands or decimals.
    """
    text = text.strip().translate(SPACES)
    if match := DECIMAL.fullmatch(text):
        whole, decimals = match["whole"], match["decimals"] or "0"
        if len(decimals) == 3 and whole.strip("-").lstrip("0") and len(whole.strip("-")) <= 3:
            raise UsageError(EITHER_NUMBER, text=text, thousands=whole + decimals, decimal=f"{whole}.{decimals}0")
        return float(f"{whole}.{decimals}")
    match = GROUPED.fullmatch(text)
    if match is None or match["point"] == match["group"]:
        return None
    return float(f"{match['whole'].replace(match['group'], '')}.{match['decimals'] or 0}")


def number_text(value: float) -> str:
    """A number as `number` reads it without doubt: in digits, and never with three decimals."""
    text = format(Decimal(repr(value)), "f")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


# Texts

RUNS = re.compile(r"'*[=+\-@\t\r]")


def marked(text: str) -> str:
    """The text with a leading ' if a spreadsheet would run it. A text that looks marked already gets one, too, so that
    `unmarked` gives every text back."""
    return f"'{text}" if RUNS.match(text) else text


def unmarked(text: str) -> str:
    """The text that `marked` was given."""
    return text[1:] if text.startswith("'") and RUNS.match(text) else text
