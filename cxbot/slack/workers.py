"""Answers questions that may take longer than Slack waits: at once if possible, else afterwards."""

from __future__ import annotations

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
        # The threads stay: every thread that reads has a database connection of its own.
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cxbot-question")

    def ask(self, question: Callable[[], T], later: Callable[[T], None]) -> T | None:
        """The answer to a question if it is ready in time. Otherwise None, and `later` is called with the answer.
        Errors of the question are raised here, or logged if it is too late for that."""
        asked = self._pool.submit(question)
        try:
            return asked.result(self._answer_within)
        except TimeoutError:
            asked.add_done_callback(lambda done: later(done.result()))
            return None

    def close(self) -> None:
        """Wait for the running questions; the waiting ones are dropped."""
        self._pool.shutdown(cancel_futures=True)
