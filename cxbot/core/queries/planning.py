"""Reads what people type to plan a measurement: a metric, the size of a change, and filters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxbot.core.queries import tokens as words
from cxbot.errors import N_, UsageError

_NUMBER = re.compile(r"[-+−]?([0-9]{1,4}(?:[.,][0-9]{1,3})?)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as somebody typed it: the word for the metric, the change in display units, and the filters."""

    metric: str
    points: float
    filters: str


def read(text: str) -> Wanted:
    """Read `metric change [filter:value…]`, such as `nps 10 team:Support`. Raises UsageError for anything else."""
    metric, _, rest = text.strip().partition(" ")
    number, _, filters = rest.strip().partition(" ")
    match = _NUMBER.fullmatch(number.removesuffix("%"))
    if not metric:
        raise UsageError(N_("Name a metric and how large a change you want to see: `plan nps 10` is about 10 points."))
    if match is None:
        raise UsageError(
            N_("`plan %(text)s` does not say how large a change you want to see. Write `plan nps 10` for 10 points."),
            text=words.echo(words.as_typed(text)),
        )
    return Wanted(metric.lower(), float(match[1].replace(",", ".")), filters)
