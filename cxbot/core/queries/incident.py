"""Reads what people type about a known incident."""

from __future__ import annotations

from dataclasses import dataclass

from cxbot.core.calendar.incidents import checked_name
from cxbot.core.queries import tokens as words
from cxbot.core.queries.tokens import Token
from cxbot.core.queries.vocabulary import Vocabulary
from cxbot.errors import N_, UsageError


@dataclass(frozen=True, slots=True)
class Wanted:
    """An incident as somebody typed it.

    `days` is a period in canonical form; None if no days were given, as for a removal. `team` is "" if no team was
    given.
    """

    name: str
    days: str | None
    team: str


def read(text: str, vocabulary: Vocabulary) -> Wanted:
    """Read an incident such as `"outage" 2026-11-03 .. 2026-11-04 [team:Support]`.

    The last words that form a period are the days; the words before them are the name. Raises UsageError for anything
    else; the error says what to type.
    """
    tokens = words.split(text)
    named = [token for token in tokens if token.key is not None]
    teams = [token.value for token in named if vocabulary.meaning(token.key or "") == "team" and token.value]
    if len(teams) != len(named) or len(teams) > 1:
        raise UsageError(
            N_("`%(word)s:` does not belong here. A name with a colon needs quotation marks: "
               '`/cx incident "outage" 2026-11-03..2026-11-04`.'),
            word=words.echo(named[0].key or ""),
        )  # fmt: skip
    rest = [token for token in tokens if token.key is None]
    name, days = _separated(rest, vocabulary)
    return Wanted(checked_name(name), days, teams[0] if teams else "")


def _separated(tokens: list[Token], vocabulary: Vocabulary) -> tuple[str, str | None]:
    """The name of an incident, and its days if the last words are a period, else None."""
    for first in range(1, len(tokens)):
        if not any(token.quoted or token.mention for token in tokens[first:]):
            days = vocabulary.period(" ".join(token.value for token in tokens[first:]))
            if days is not None:
                return " ".join(token.value for token in tokens[:first]), days
    return " ".join(token.value for token in tokens), None
