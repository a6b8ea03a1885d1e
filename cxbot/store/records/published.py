"""Which imports are visible to reports, and how often older answers have changed otherwise."""

from __future__ import annotations

from typing import NamedTuple

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row

FOREVER = 0
"""The `until_batch` of a row that no import has replaced; it takes no space in an index.

Imported rows have the number of their import, and are visible from that `batch` on until `until_batch`: publishing an
import is one small commit that raises the published number."""
VISIBLE = "batch <= :published AND (until_batch = 0 OR until_batch > :published)"
"""Which rows of answers reports see; `published` is the newest import that is visible."""


class Published(NamedTuple):
    """The number of the newest import that is visible, and the number of other changes of older answers."""

    batch: int
    generation: int


def published(db: Connection) -> Published:
    """What reports see now. Results about older answers stay the same as long as this does."""
    shown = row(
        db,
        "SELECT (SELECT MAX(id) FROM imports WHERE published_at IS NOT NULL) AS batch, number AS generation "
        "FROM generation",
    )
    assert shown is not None
    return Published(int(shown["batch"] or 0), int(shown["generation"]))
