"""The thread that delivers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from cxbot.delivery.sending import Delivery
from cxbot.store.engine.connection import StoreError
from cxbot.store.engine.database import Database

log = logging.getLogger("cxbot.delivery")

BETWEEN_PASSES = 0.05  # seconds, so that a burst of answers is stored first
POLL_EVERY = 1.0  # seconds between two looks at what other processes have queued


class DeliveryThread:
    """A thread that delivers after every commit, and every second what other processes have queued."""

    def __init__(
        self, delivery: Delivery, clock: Callable[[], datetime], database: Database, each_second: Callable[[], None]
    ) -> None:
        self._delivery = delivery
        self._each_second = each_second
        self._clock = clock
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cxbot-delivery", daemon=True)
        database.after_commit(self._wake.set)

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the calls that are being made, and end."""
        self._stop.set()
        self._delivery.stop_soon()
        self._wake.set()
        self._thread.join()
        self._delivery.close()

    def refused_by(self, wire: str) -> str:
        """The error if the last call over a wire was refused whatever the message was, else ""."""
        return self._delivery.refused_by(wire)

    @property
    def running(self) -> bool:
        """Whether the thread has been started and not ended."""
        return self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs and makes progress, and what became of every call is written down."""
        return self._thread.is_alive() and self._delivery.alive

    def _run(self) -> None:
        recovered = False
        while not self._stop.is_set():
            self._wake.clear()
            try:
                if not recovered:
                    self._delivery.recover()
                    recovered = True
                self._delivery.deliver(self._clock())
                self._delivery.reconcile(self._clock())
            except StoreError as error:
                # A full disk may recover. Until then /healthz reports that delivery is not working.
                log.error("outbox pass failed error=%s", error)
                self._stop.wait(POLL_EVERY)
            except Exception:
                # What one task meets must not end the thread. Nothing beats here, so /healthz turns red.
                log.exception("outbox pass failed")
                self._stop.wait(POLL_EVERY)
            self._stop.wait(BETWEEN_PASSES)
            self._wake.wait(POLL_EVERY)
            self._each_second()
