"""The layouts of other tools' files that come with the bot, and a person's own mapping files."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from cxbot.cli.common import small_text
from cxbot.core.csv_files.mapping import Layout, read_mapping
from cxbot.errors import N_, UsageError


@cache
def shipped() -> tuple[Layout, ...]:
    """The layouts that come with the bot, by name."""
    folder = files("cxbot.core.csv_files").joinpath("layouts")
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    return tuple(read_mapping(each.read_text(encoding="utf-8"), each.name.removesuffix(".toml")) for each in found)


def chosen(name: str) -> Layout:
    """The layout with this name, or the one that a mapping file defines. Raises UsageError if there is none."""
    for layout in shipped():
        if layout.name == name.lower():
            return layout
    path = Path(name)
    if path.suffix.lower() != ".toml":
        raise UsageError(
            N_("`%(text)s` is no layout. Layouts: %(all)s. Or name a mapping file, such as `map.toml`."),
            text=name, all=", ".join(layout.name for layout in shipped()),
        )  # fmt: skip
    return read_mapping(small_text(path), named(path))


def named(path: Path) -> str:
    """A mapping's name from that of a file: small letters, digits, - and _, a letter first."""
    name = re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower()).strip("-")
    return name[:31] if name[:1].isalpha() and name.isascii() else f"x-{name}"[:31].rstrip("-")
