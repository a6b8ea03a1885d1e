"""A guide through the page: what to do next. Who starts the sandbox writes it; the page ticks its steps off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAILBOX = "mailbox"  # as a place, beside the ids of channels


@dataclass(frozen=True)
class Step:
    """What to do, as which person and at which place (an id, or None for any), and the command that *Show me* writes.

    By its `id` the page knows what to light up and when the step is done: reaction, wait, score, reason, comment, case,
    digest, helpdesk, mail. A step with `write` may have any id; it is done when that command was typed.
    """

    id: str
    title: str
    text: str
    person: str | None = None
    place: str | None = None
    write: str = ""


Guide = Callable[[], Sequence[Step]]
"""Gives the steps as they are now; it is asked for each state of the page."""
