"""Tells of which tool a file is, by its header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.columns import Row
from cxbot.core.csv_files.headers import key
from cxbot.core.csv_files.mapping import Layout
from cxbot.core.csv_files.sheets import LOOKED_AT, is_one
from cxbot.errors import N_, UsageError

OURS = frozenset(key(name) for name in COLUMNS)


def is_ours(rows: Iterable[Row]) -> bool:
    """Whether the first row that is not blank has only columns of the file of answers."""
    header = next((cells for _, cells in rows if any(cell.strip() for cell in cells)), ())
    return all(key(cell) in OURS for cell in header if cell.strip())


def recognise(rows: Sequence[Row], layouts: Sequence[Layout]) -> Layout | None:
    """The layout whose header is among the first rows; None if there is none, or if the file is one of our own.

    The layout with the most columns that speak for it counts. Raises UsageError if two are equally likely.
    """
    rows = rows[:LOOKED_AT]
    if is_ours(rows):
        return None
    likely = {layout.name: max((is_one(layout, cells) for _, cells in rows), default=0) for layout in layouts}
    most = max(likely.values(), default=0)
    found = [layout for layout in layouts if most and likely[layout.name] == most]
    if len(found) > 1:
        raise UsageError(
            N_("The file may be of any of these tools: %(all)s. Say which one, for example `--map %(name)s`."),
            all=", ".join(layout.title for layout in found), name=found[0].name,
        )  # fmt: skip
    return found[0] if found else None
