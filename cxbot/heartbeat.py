"""Whether a thread that should make progress still does."""

from __future__ import annotations

import time
from collections.abc import Callable


class Heartbeat:
    """The time of a thread's last progress, by a clock that nobody sets.

    The thread calls `beat` at each step and `rest` before it waits for work. It is alive while it rests, and for
    `within` seconds after a beat or after it was made.
    """

    def __init__(self, within: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._within = within
        self._clock = clock
        self._last = clock()

    def beat(self) -> None:
        """Note progress."""
        self._last = self._clock()

    def rest(self) -> None:
        """Note that there is nothing to do."""
        self._last = float("inf")

    @property
    def alive(self) -> bool:
        """Whether the last progress is recent enough."""
        return self._clock() - self._last < self._within
