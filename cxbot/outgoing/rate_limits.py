"""Rate limits: a token bucket per method, and one post per second in each channel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

POST_INTERVAL = 1.0  # seconds between two posts in one channel
REMEMBERED = 10_000  # channels, before those are forgotten that may have a post again


class Buckets:
    """One bucket of calls for each key. It holds the calls of a minute and refills steadily. `clock` is real time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def left(self, key: str, per_minute: int) -> float:
        """How many calls a bucket has."""
        when, left = self._left.get(key, (self._clock(), float(per_minute)))
        return min(float(per_minute), left + (self._clock() - when) * per_minute / 60)

    def take(self, key: str, per_minute: int) -> bool:
        """Use one call; False if there is none."""
        left = self.left(key, per_minute)
        if left < 1:
            return False
        if len(self._left) >= REMEMBERED:
            self._left = {key: (when, n) for key, (when, n) in self._left.items() if self._clock() - when < 60}
        self._left[key] = (self._clock(), left - 1)
        return True

    def empty(self, per_minute: Mapping[str, int]) -> set[str]:
        """The keys whose buckets have no call now."""
        return {key for key in self._left if self.left(key, per_minute[key]) < 1}


class RateLimits:
    """Says whether a call may be made now.

    `per_minute` has the calls of each method that has a limit. `interval` is the least time between two posts in a
    channel, in seconds. `clock` and `sleep` are real time, whatever clock the bot uses. Safe for several threads.
    """

    def __init__(
        self,
        per_minute: Mapping[str, int],
        interval: float = POST_INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._per_minute = per_minute
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._buckets = Buckets(clock)
        self._next_post: dict[str, float] = {}
        self._blocked: dict[str, float] = {}
        self._guard = threading.Lock()

    def take(self, method: str) -> bool:
        """Use one call of a method; False if it has to wait."""
        with self._guard:
            limit = self._per_minute.get(method)
            if self._clock() < self._blocked.get(method, 0.0):
                return False
            return limit is None or self._buckets.take(method, limit)

    def waiting(self) -> frozenset[str]:
        """The methods that have to wait now."""
        with self._guard:
            now = self._clock()
            blocked = {method for method, until in self._blocked.items() if now < until}
            return frozenset(self._buckets.empty(self._per_minute) | blocked)

    def block(self, method: str, seconds: float) -> None:
        """Block a method for as long as its server says, such as Slack with a 429."""
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
