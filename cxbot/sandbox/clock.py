"""The sandbox's clock: real time plus an offset that only grows, so that weeks can pass in a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Listener = Callable[[datetime], None]


class SandboxClock:
    """The time in the workspace.

    It starts at `start` (default: now) and runs with real time; with `frozen=True` it stands still between moves. It
    never goes back, because Slack's timestamps are identities.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        start = start or datetime.now(UTC)
        if start.tzinfo is None:
            raise ValueError("The clock needs an aware datetime, for example datetime(2026, 11, 16, tzinfo=UTC).")
        self._start = start.astimezone(UTC)
        self._frozen = frozen
        self._began = time.monotonic()
        self._offset = timedelta()
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []

    def now(self) -> datetime:
        """The time in the workspace, aware, in UTC."""
        with self._lock:
            return self._now()

    def _now(self) -> datetime:
        ticked = timedelta() if self._frozen else timedelta(seconds=time.monotonic() - self._began)
        return self._start + self._offset + ticked

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and tell the listeners. Returns the new time."""
        if by < timedelta():
            raise ValueError("The clock only moves forward.")
        with self._lock:
            self._offset += by
            now = self._now()
        for listener in list(self._listeners):
            listener(now)
        return now

    def set(self, to: datetime) -> datetime:
        """Move forward to `to`. Raises ValueError for a time in the past."""
        return self.advance(to - self.now())

    def on_move(self, listener: Listener) -> None:
        """Call `listener(now)` after each move, in the thread that moved the clock. The normal running of the clock
        is not a move."""
        self._listeners.append(listener)
