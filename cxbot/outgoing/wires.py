"""The ways to reach people, and what to do for an outbox task: the call to make, and what follows from its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cxbot.outgoing.calls import Kind, LookedUp, Sending, nothing_more
from cxbot.store.engine.connection import Connection
from cxbot.store.records import outbox
from cxbot.store.records.outbox import Task


def nobody_can_say(_: Task) -> LookedUp:
    """Most wires can't be asked about a message."""
    return LookedUp("unreadable")


@dataclass(frozen=True, slots=True)
class Wire:
    """A way to reach people: its kinds of tasks, how long one of its calls may take (seconds), and the look-up of a
    message whose outcome is unknown."""

    name: str
    kinds: Mapping[str, Kind]
    longest: float
    look_up: Callable[[Task], LookedUp] = nobody_can_say


class Outgoing:
    """Turns tasks into calls, and records what follows from their outcome."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        self._wires = {name: wire for wire in wires for name in wire.kinds}
        self._kinds = {name: wire.kinds[name] for name, wire in self._wires.items()}

    @property
    def longest(self) -> float:
        """How long a call may take, in seconds."""
        return max(wire.longest for wire in self._wires.values())

    def wire(self, kind: str) -> str:
        """The name of the wire over which a kind of task goes."""
        return self._wires[kind].name

    def kinds(self, methods: Iterable[str]) -> frozenset[str]:
        """The kinds of tasks whose call is one of these methods."""
        wanted = set(methods)
        return frozenset(name for name, kind in self._kinds.items() if kind.method in wanted)

    def method(self, kind: str) -> str:
        """The method that a kind of task calls; "" if it depends on the task."""
        return self._kinds[kind].method

    def prepare(self, task: Task, now: datetime) -> Sending | None:
        """The call of a task, or None if nothing is left to do. Makes only calls that are safe to repeat. Raises
        CxbotError if a question that it needs is not answered right now."""
        return self._kinds[task.kind].prepare(task, now)

    def decides(self, task: Task) -> bool:
        """Whether preparing a task decides something, so that it can't be prepared only to look for its message."""
        return self._kinds[task.kind].decides

    def look_up(self, task: Task) -> LookedUp:
        """Whether the message of a task has arrived."""
        return self._wires[task.kind].look_up(task)

    def sent(self, db: Connection, task: Task, channel: str, ts: str, now: datetime) -> None:
        """Record what follows from a task that succeeded, in the same commit."""
        with outbox.following(db, task):
            self._kinds[task.kind].sent(db, task, channel, ts, now)

    def failed(self, db: Connection, task: Task, error: str, now: datetime) -> bool:
        """Record what follows from a task that was refused for good, in the same commit; False if nothing does."""
        failed = self._kinds[task.kind].failed
        with outbox.following(db, task):
            failed(db, task, error, now)
        return failed is not nothing_more
