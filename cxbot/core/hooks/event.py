"""What a delivery tells about a conversation or a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MEANINGS = ("opened", "closed", "reopened", "merged", "erase")


@dataclass(frozen=True, slots=True)
class Contact:
    """The customer, as far as the tool tells. `id` is the tool's own, `slack` is that of a member of Slack."""

    email: str = ""
    slack: str = ""
    name: str = ""
    company: str = ""
    locale: str = ""
    timezone: str = ""
    id: str = ""

    @property
    def known(self) -> bool:
        """Whether this can be told from other people."""
        return bool(self.email or self.slack or self.id)


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who served the customer, and which share of the conversation was theirs, above 0 and up to 1."""

    name: str = ""
    email: str = ""
    slack: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    `meaning` says in which state the conversation is now: `opened`, `closed`, `reopened` or `merged` into another one;
    or it is `erase`, the wish that a person be forgotten. Tools tell of a state again and again: what changes nothing
    is no news. In particular, a conversation that was never closed can be `reopened`.

    `key` is the same whenever the same thing is told again; "" if nothing tells that apart from the same state later.
    `conversation` is the tool's own id, "" if a person is to be forgotten. Moments are in UTC; `at` is None if the tool
    doesn't say when it happened. Texts that are not known are "".
    """

    meaning: str
    key: str
    conversation: str = ""
    at: datetime | None = None
    customer: Contact = Contact()
    team: str = ""
    agents: tuple[Agent, ...] = ()
    channel: str = ""
    topic: str = ""
    touchpoint: str = ""
    tags: tuple[str, ...] = ()
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    handling_seconds: int | None = None
    survey: str = ""
    merged_into: str = ""
