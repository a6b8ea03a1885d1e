"""A close: the end of an interaction, about which its customer may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Close:
    """The end of one interaction: who was served by whom and where, when it ended, and how the bot noticed.

    `via` says how: `command`, `shortcut`, `reaction`, `silence`, `hook` or `workflow`. `trigger` identifies the close,
    so that the same trigger again is not a second close. `channel` and `thread_ts` are "" if they are not known;
    `/cx ask` gives no thread. `interaction` is the number of the interaction, 0 if there is none on file. `wrote` says
    how many messages who wrote in the thread, {} if that is not known.
    """

    customer: str
    agent: str
    at: datetime
    via: str
    channel: str = ""
    thread_ts: str = ""
    trigger: str = ""
    topic: str = ""
    touchpoint: str = ""
    company: str = ""
    interaction: int = 0
    wrote: Mapping[str, int] = field(default_factory=dict)
