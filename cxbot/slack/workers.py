"""Answers questions that may take longer than Slack waits: at once if possible, else afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

ANSWER_WITHIN = 2.0  # seconds; Slack gives up after three
AT_ONCE = 4  # questions that are computed at the same time


class Workers:
    """A thread pool for questions."""

    def __init__(self, answer_within: float = ANSWER_WITHIN) -> None:
        self._answer_within = answer_within
        # Whoever waits holds one of the web server's threads. Customers' clicks need the others.
        self._may_wait = threading.Semaphore(AT_ONCE)
        # The threads stay: every thread that reads has a database connection of its own.
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cxbot-question")

    def ask(self, question: Callable[[], T], later: Callable[[T], None]) -> T | None:
        """The answer to a question if it is ready in time. Otherwise, or while four others wait, None; then `later` is
        called with the answer. Errors of the question are raised here, or logged if it is too late for that."""
        asked = self._pool.submit(question)
        if self._may_wait.acquire(blocking=False):
            try:
                return asked.result(self._answer_within)
            except TimeoutError:
                pass
            finally:
                self._may_wait.release()
        asked.add_done_callback(lambda done: later(done.result()))
        return None

    def close(self) -> None:
        """Wait for the running questions; the waiting ones are dropped."""
        self._pool.shutdown(cancel_futures=True)
