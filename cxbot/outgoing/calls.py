"""One call that reaches people, how it ended, and the kinds of calls there are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from cxbot.store.engine.connection import Connection
from cxbot.store.records.outbox import Task


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: `ok`, `refused` (definitely not done), `later` (certainly not done, try again) or `unknown` (it
    may have been done).

    A refusal is `final` if it is about this message or its target for good. Any other one may end when somebody mends
    the set-up, so the message is tried again. `wait` is for how many seconds no such call may be made; `rest` is for
    how many seconds, at least, this message has to wait.
    """

    kind: str
    answer: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    wait: float = 0.0
    rest: float = 0.0
    final: bool = False


class Unknown(StrEnum):
    """What to do if nobody can say whether a call was carried out."""

    REPEAT = "repeat"  # repeating it does no harm
    LOOK_UP = "look up"  # it posts a message, which must never appear twice and can be found by its reference
    GIVE_UP = "give up"  # nothing shows whether it arrived, and a second message would be worse than none


@dataclass(frozen=True, slots=True)
class Sending:
    """One call, ready to be made.

    `unknown` says what to do if its outcome is unknown. A message that has to be looked up is in `channel`, in the
    thread `thread_ts` unless that is "".
    """

    channel: str
    make: Callable[[], Outcome]
    method: str
    unknown: Unknown = Unknown.GIVE_UP
    thread_ts: str = ""

    @property
    def posts(self) -> bool:
        """Whether the call posts a new message."""
        return self.unknown is Unknown.LOOK_UP

    @property
    def target(self) -> str:
        """Where the message can be looked up (the form that `look_up` takes); "" if it can't."""
        return f"{self.channel}:{self.thread_ts}" if self.posts else ""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look-up found.

    `found` with the message's timestamp; `absent` if everything since the attempt was read and the message is not
    there; `later` if the question has to be asked again, after `wait` seconds; `unreadable` if nobody can say.
    """

    word: Literal["found", "absent", "later", "unreadable"]
    ts: str = ""
    wait: float = 0.0


def reference(task: Task) -> str:
    """The opaque reference to a task in a message. It is the same at every attempt."""
    return _hash(task.key)


def reference_of(kind: str, subject: str) -> str:
    """The reference to the task of a kind that there is once about a subject."""
    return _hash(f"{kind}:{subject}:")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]


Prepare = Callable[[Task, datetime], Sending | None]
Sent = Callable[[Connection, Task, str, str, datetime], None]
Failed = Callable[[Connection, Task, str, datetime], None]


def nothing_more(*_: object) -> None:
    """Most tasks have no consequences."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of task.

    `method` is the call it makes ("" if it has no limit). `prepare` builds the call, or returns None if nothing is
    left to do. `sent` (with channel and timestamp) and `failed` (with the error) record the consequences in the
    same commit. `decides` says that `prepare` does all of the work.
    """

    method: str
    prepare: Prepare
    sent: Sent = nothing_more
    failed: Failed = nothing_more
    decides: bool = False
