"""Caches results about answers that can't change any more, until the past changes.

A result is known by what was asked, about which answers, in which span. What is on file is part of the second (see
`records/published.py`): imports are numbered, and the database itself counts all other changes of older answers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from cxbot.store.engine.connection import Connection

T = TypeVar("T")

# Numbers per file at most, about 100 bytes each: 50 teams with 78 weeks need 50,000, a large sample 20,000.
KEPT = 400_000
LARGEST = KEPT // 4  # numbers in one result; a larger result is not cached
COMMIT = timedelta(hours=1)  # longer than any answer waits for its commit
CHANGEABLE = timedelta(hours=24) + COMMIT  # a score can be changed for 24 hours (core/invitations/replies.py)
STEP = 6  # hours


def settled_before(now: datetime) -> datetime:
    """The moment before which answers only change by imports.

    It moves four times a day, so that results stay cached for hours.
    """
    return _step_before(now - CHANGEABLE)


def settled_days_before(now: datetime) -> datetime:
    """The midnight before which answers only change by imports. Results up to it consist of whole days, which the
    daily counts know."""
    return settled_before(now).replace(hour=0)


def given_before(now: datetime) -> datetime:
    """The moment before which every answer has arrived. Later changes are changes of a score and have `changed_at`."""
    return _step_before(now - COMMIT)


def _step_before(moment: datetime) -> datetime:
    latest = moment.astimezone(UTC)
    return latest.replace(hour=latest.hour // STEP * STEP, minute=0, second=0, microsecond=0)


class Question(NamedTuple):
    """What a cached result answers.

    `about` identifies the answers, including what is on file. `column` is the one by which they are split, and `ways`
    are the ways of asking that count, if the result depends on them.
    """

    what: str
    about: Hashable
    start: datetime
    end: datetime
    column: str = ""
    ways: frozenset[int] = frozenset()


class ResultCache:
    """The cached results of one file, for all threads. The least recently used ones are dropped first."""

    def __init__(self) -> None:
        self._results: OrderedDict[Question, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._guard = threading.Lock()

    def get(self, question: Question) -> Any | None:
        """The cached result of a question, or None."""
        with self._guard:
            if question not in self._results:
                return None
            self._results.move_to_end(question)
            return self._results[question][0]

    def keep(self, question: Question, result: Any) -> None:
        """Cache a result. It must not be changed afterwards."""
        size = _size(result)
        if size > LARGEST:
            return
        with self._guard:
            self._size += size - self._results.pop(question, (None, 0))[1]
            self._results[question] = result, size
            while self._size > KEPT:
                self._size -= self._results.popitem(last=False)[1][1]


def _size(result: object) -> int:
    """About how many numbers a result holds."""
    if isinstance(result, dict):
        return 1 + sum(map(_size, result.values()))
    return 1 + len(result) if isinstance(result, (tuple, list)) else 1


def share(db: Connection, cache: ResultCache) -> None:
    """Let a connection use the cache of its file."""
    _caches[db] = cache


def of(db: Connection) -> ResultCache:
    """The cache that a connection uses."""
    return _caches.setdefault(db, ResultCache())


def cached(db: Connection, question: Question, find: Callable[[], T]) -> T:
    """The cached result of a question, or else the result of `find`, which is then cached."""
    cache = of(db)
    known: T | None = cache.get(question)
    if known is None:
        known = find()
        cache.keep(question, known)
    return known


_caches: WeakKeyDictionary[Connection, ResultCache] = WeakKeyDictionary()
