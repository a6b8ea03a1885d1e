"""Delivers events: in the caller's thread or in the background, repeated if the app does not answer."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from .clock import SandboxClock
from .errors import JSON
from .faults import Faults
from .outbound import Outbound, Reply

RETRY_DELAYS = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))
_REASONS = {"timeout": "http_timeout", "connection": "connection_failed"}


class EventDelivery:
    """Delivers event envelopes. A failed one is repeated after about 0, 1 and 5 minutes of the workspace's clock."""

    def __init__(self, outbound: Outbound, clock: SandboxClock, faults: Faults) -> None:
        self._outbound = outbound
        self._clock = clock
        self._faults = faults
        self._wake = threading.Condition()
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._busy = False
        self._running = False
        self._thread: threading.Thread | None = None
        clock.on_move(lambda _: self._notify())

    def start(self) -> None:
        self._running = True
        self._thread = threading.Thread(target=self._run, name="sandbox-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._running = False
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(5)

    def send(self, envelope: JSON, attempt: int = 0, reason: str = "", *, retries: bool = True) -> Reply:
        """Deliver in this thread. A failed event is repeated in the background, unless the app answers no-retry."""
        retry = (attempt, reason) if attempt else None
        reply = self._outbound.deliver("events_api", envelope, retry)
        if attempt == 0 and self._faults.take_duplicate():
            reply = self._outbound.deliver("events_api", envelope, retry)
        hopeless = reply.error == "no_listener" or reply.headers.get("x-slack-no-retry") == "1"
        if not reply.ok and retries and not hopeless and attempt < len(RETRY_DELAYS):
            why = _REASONS.get(reply.error or "", "http_error")
            self._at(RETRY_DELAYS[attempt], lambda: self.send(envelope, attempt + 1, why))
        return reply

    def send_later(self, envelope: JSON) -> None:
        """Deliver in the background, in order. Use it for events that the app caused, because they
        must not wait for the app."""
        self._at(timedelta(), lambda: self.send(envelope))

    def settle(self, timeout: float = 5.0) -> bool:
        """Wait until every due event is delivered; False if that takes longer."""
        end = time.monotonic() + timeout
        with self._wake:
            while self._busy or (self._due and self._due[0][0] <= self._clock.now()):
                if not self._wake.wait(min(0.05, max(0.0, end - time.monotonic()))) and time.monotonic() >= end:
                    return False
        return True

    def _at(self, delay: timedelta, job: Callable[[], object]) -> None:
        with self._wake:
            heapq.heappush(self._due, (self._clock.now() + delay, next(self._order), job))
            self._wake.notify_all()

    def _notify(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _next(self) -> Callable[[], object] | None:
        with self._wake:
            while self._running:
                wait = 1.0
                if self._due:
                    wait = min(wait, (self._due[0][0] - self._clock.now()).total_seconds())
                    if wait <= 0:
                        self._busy = True
                        return heapq.heappop(self._due)[2]
                self._wake.wait(wait)
        return None
