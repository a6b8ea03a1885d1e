"""Finds columns by the names that they may have in another tool's file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

Places = tuple[tuple[int, ...], ...]
"""Where a value may stand: alternatives in order, each one column or several that are joined by spaces."""

JOINED = " + "
ANY = "*"


def key(text: str) -> str:
    """The form in which names of columns are compared: letters, digits and # only, without case."""
    return "".join(character for character in text.casefold() if character.isalnum() or character == "#")


def plain(text: str) -> str:
    """The form in which values are compared: without case, extra spaces and curly quotes."""
    return " ".join(text.casefold().replace("’", "'").split())


def places(header: Sequence[str], names: Iterable[str]) -> Places:
    """Where the columns with these names are. A name may have `*` for anything, and `A + B` stands for both columns.

    A name without such columns is left out; one with several of them has all, in the order of the file.
    """
    keys = [key(cell) for cell in header]
    found: list[tuple[int, ...]] = []
    for name in names:
        parts = [_columns(keys, part) for part in name.split(JOINED)]
        if len(parts) == 1:
            found += [(at,) for at in parts[0]]
        elif all(parts):
            found.append(tuple(part[0] for part in parts))
    return tuple(dict.fromkeys(found))


def has(header: Sequence[str], name: str) -> bool:
    """Whether a header has the column, or all columns, of a name."""
    return bool(places(header, (name,)))


def _columns(keys: Sequence[str], name: str) -> list[int]:
    pattern = ANY.join(key(part) for part in name.split(ANY))
    return [at for at, each in enumerate(keys) if each and fnmatchcase(each, pattern)]
