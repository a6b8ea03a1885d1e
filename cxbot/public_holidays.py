"""Public holidays of countries and their parts, from the package `holidays`."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

import holidays

from cxbot.core.calendar.closed_days import ClosedDays, parse, written
from cxbot.errors import N_, UsageError

EVERY_WEEK = 40  # in a year


@cache
def of(place: str, year: int) -> frozenset[date]:
    """The public holidays of a place, such as `FI` or `DE-BY`, in a year. Some countries list every Sunday: weekdays
    are what working hours are for."""
    country, _, part = place.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None, years=year)
    often = Counter(day.weekday() for day in found)
    return frozenset(day for day in found if often[day.weekday()] < EVERY_WEEK)


def closed_days(text: str) -> ClosedDays:
    """The closed days of a team's setting."""
    return parse(text, of)


def checked(text: str) -> str:
    """The setting in its stored form. Raises UsageError for a place without known holidays; it names the choices."""
    days = parse(text)
    known = holidays.list_supported_countries()
    for place in days.places:
        country, _, part = place.partition("-")
        if country not in known:
            raise UsageError(
                N_("No public holidays of `%(place)s` are known. Write a country's two letters, such as FI or DE, or "
                   "name the days."), place=place, field="holidays",
            )  # fmt: skip
        if part and part not in known[country]:
            raise UsageError(
                N_("`%(country)s` has no part `%(part)s`. Parts: %(all)s."),
                country=country, part=part, all=", ".join(each for each in known[country] if each.isupper()) or "–",
                field="holidays",
            )  # fmt: skip
    return written(days)
