"""The table of a `by:` report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import shown_part

ROWS = 12  # parts shown in a message; a button shows the rest

UNNAMED = "—"  # the value of a part whose answers name none

T = TypeVar("T")


def part_name(key: str, language: Language) -> str:
    """The name of a part such as `topic:billing` as Slack shows it."""
    dimension, _, value = key.partition(":")
    return language.say("not recorded") if value == UNNAMED else shown_part(dimension, value, language)


def table(parts: Sequence[T] | None, row: Callable[[T], str], language: Language, most: int = ROWS) -> list[str]:
    """One line for each part, up to `most`, and how many more there are; no lines for a report without parts."""
    if parts is None:
        return []
    lines = [row(part) for part in parts[:most]]
    if len(parts) > most:
        lines.append(language.say("… and %(n)s more", n=len(parts) - most))
    return lines or [language.say("Nothing to split.")]
