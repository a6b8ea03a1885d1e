"""Reads what people type to compare a metric before and after a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cxbot.core.calendar.periods import Kind, monday, parse_period
from cxbot.core.queries import query
from cxbot.core.queries import tokens as words
from cxbot.core.queries.query import Request
from cxbot.core.queries.tokens import Token
from cxbot.core.queries.vocabulary import Vocabulary
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.errors import N_, UsageError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A comparison as somebody typed it: the metric and filters, the day as a period in canonical form, what changed on
    that day and the team to compare with; "" if not given."""

    request: Request
    day: str
    name: str
    against: str


def read(text: str, vocabulary: Vocabulary, catalogue: Catalogue) -> Wanted:
    """Read `metric since:day ["what changed"] [against:team] [filter:value…]`, such as `nps since:2026-10-05`.

    Raises UsageError for anything else; the error says what to type.
    """
    first, *tokens = words.split(text) or [Token(None, "")]
    given: dict[str, str] = {}
    names, rest = [], []
    for token in tokens:
        meaning = "" if token.key is None else vocabulary.meaning(token.key)
        if meaning in ("since", "against") and meaning not in given and token.value:
            given[meaning] = token.value
        elif token.quoted and token.key is None:
            names.append(token.value)
        else:
            rest.append(token)
    day = vocabulary.period(given.get("since", ""))
    if not first.bare or day is None or len(names) > 1:
        raise UsageError(
            N_("Name a metric and the day of the change: `compare nps since:2026-10-05`. Its name goes into quotation "
               "marks, another team after `against:`.")
        )  # fmt: skip
    request = query.of_tokens(rest, first.value.lower(), vocabulary, catalogue)
    return Wanted(request, day, names[0] if names else "", given.get("against", ""))


def day_of(wanted: Wanted, now: datetime, tz: str) -> date:
    """The day of the change. Raises UsageError if it is not a single day, or not over."""
    period = parse_period(wanted.day, now, tz)
    if period.kind is not Kind.DAY or not period.complete(now):
        raise UsageError(
            N_("`since:` takes a day that is over, such as `since:2026-10-05`. `%(key)s` is not one."), key=period.key
        )
    return monday(period)
