"""The end of an interaction, about which its customer may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Close:
    """Who was served by whom and where, when it ended, and how that was noticed.

    `via` is `command`, `shortcut` or `reaction`; `trigger` names what was noticed, so that the same trigger again
    is no second close. `channel` and `thread_ts` are "" where the conversation was somewhere else.
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
