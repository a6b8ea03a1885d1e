"""A connection to SQLite: sqlite-utils as this project needs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Have packages that a library only tries to import be missing for a moment."""
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


# It imports both wherever they are installed, for column types that nothing here has: that would be a good part of what
# a command takes to start, and of the bot's memory.
with _without("numpy", "pandas"):
    from sqlite_utils import Database as Connection
    from sqlite_utils import Migrations
    from sqlite_utils.utils import sqlite3

__all__ = ["Connection", "Migrations", "sqlite3"]
