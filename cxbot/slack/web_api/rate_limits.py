"""Slack's rate limits: a token bucket per method, and one post per second in each channel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# Calls per minute that Slack grants a workspace: tier 3 is 50+, tier 4 is 100+, posting a few hundred.
PER_MINUTE = {
    "chat.postMessage": 300,
    "chat.update": 50,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "files.completeUploadExternal": 50,
}
POST_INTERVAL = 1.0  # seconds between two posts in one channel
REMEMBERED = 10_000  # channels, before those are forgotten that may have a post again


class RateLimits:
    """Says whether a call may be made now.

    A bucket holds the calls of one minute and refills steadily. `interval` is the least time between two posts in a
    channel, in seconds. `clock` and `sleep` are real time, whatever clock the bot uses. Safe for several threads.
    """

    def __init__(
        self,
        interval: float = POST_INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[str, tuple[float, float]] = {}
        self._next_post: dict[str, float] = {}
        self._blocked: dict[str, float] = {}
        self._guard = threading.Lock()

    def take(self, method: str) -> bool:
        """Use one call of a method; False if it has to wait."""
        with self._guard:
            limit = PER_MINUTE.get(method)
            if self._clock() < self._blocked.get(method, 0.0):
                return False
            if limit is None:
                return True
            left = self._left(method, limit)
            if left < 1:
                return False
            self._buckets[method] = (self._clock(), left - 1)
            return True

    def waiting(self) -> frozenset[str]:
        """The methods that have to wait now."""
        with self._guard:
            now = self._clock()
            empty = {method for method in self._buckets if self._left(method, PER_MINUTE[method]) < 1}
            return frozenset(empty | {method for method, until in self._blocked.items() if now < until})

    def block(self, method: str, seconds: float) -> None:
        """Slack answered 429: block this method for as long as Slack says."""
        with self._guard:
            self._blocked[method] = self._clock() + seconds

    def claim(self, channel: str) -> bool:
        """Claim a channel's next post; False if the last one is less than `interval` ago."""
        with self._guard:
            now = self._clock()
            if now < self._next_post.get(channel, 0.0):
                return False
            if len(self._next_post) >= REMEMBERED:
                self._next_post = {name: at for name, at in self._next_post.items() if at > now}
            self._next_post[channel] = now + self._interval
            return True

    def wait(self) -> None:
        """Sleep for a moment, until a bucket may have a call or a channel a post again."""
        self._sleep(0.2)

    def _left(self, method: str, limit: int) -> float:
        when, left = self._buckets.get(method, (self._clock(), float(limit)))
        return min(float(limit), left + (self._clock() - when) * limit / 60)
