"""Questions that may take longer than Slack waits: told at once where they can be, afterwards where not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

ANSWER_WITHIN = 2.0  # seconds, of the three after which Slack gives up
AT_ONCE = 4  # questions


class Workers:
    """Threads of their own for questions."""

    def __init__(self, answer_within: float = ANSWER_WITHIN) -> None:
        self._answer_within = answer_within
        # Kept for good: every thread that reads has a connection of its own.
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="cxbot-question")

    def ask(self, question: Callable[[], T], later: Callable[[T], None]) -> T | None:
        """What the question comes to, if it is known soon enough to answer Slack; else None, and `later` is
        called with it. What the question raises is raised here, or logged where it is too late for that."""
        asked = self._pool.submit(question)
        try:
            return asked.result(self._answer_within)
        except TimeoutError:
            asked.add_done_callback(lambda done: later(done.result()))
            return None

    def close(self) -> None:
        """Wait for the questions under way; the others are dropped."""
        self._pool.shutdown(cancel_futures=True)
