"""Reads TOML files of which all faults are told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from cxbot.core.toml_tables import TomlTable, shown
from cxbot.errors import N_, CxbotError, Joined, UsageError

HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}")
LONGEST_TEXT = 500
SHOWN = 20


class TomlReader:
    """Reads tables and goes on after a fault. What is wrong is read as the default, so `check` has to follow."""

    def __init__(self) -> None:
        self._faults: list[CxbotError] = []

    def check(self) -> None:
        """Raise UsageError with the faults, if there are any."""
        if len(self._faults) == 1:
            raise self._faults[0]
        if self._faults:
            shown_ones = Joined(tuple(self._faults[:SHOWN]), "\n")
            raise UsageError(N_("%(n)s faults:\n%(problems)s"), n=len(self._faults), problems=shown_ones)

    def table(self, place: str, given: Mapping[str, Any], examples: Mapping[str, str]) -> TomlTable:
        """A table without the keys that are not known, which are faults."""
        for key in given:
            if key not in examples:
                self._noting(partial(TomlTable, place, {key: ""}, tuple(examples), examples))
        known = {key: value for key, value in given.items() if key in examples}
        return TomlTable(place, known, tuple(examples), examples)

    def tables(self, table: TomlTable, key: str, known: Mapping[str, str], most: int) -> list[TomlTable]:
        """The tables of a list, which has at least one."""
        given = self.value(table, key, list, None)
        if given is None:
            return []
        if not 1 <= len(given) <= most or not all(isinstance(each, dict) for each in given):
            self.add(table.wrong(key))
            return []
        return [self.table(f"{table.place}{key} {number}: ", each, known) for number, each in enumerate(given, start=1)]

    def choice(self, table: TomlTable, key: str, known: Sequence[str], *, needed: bool = False) -> str:
        """One of the known words; the first one if the key is missing and not needed."""
        word = self.value(table, key, str, None if needed else known[0])
        if word is not None and word not in known:
            self.fault(
                N_("`%(place)s` can't be “%(text)s”. Write one of these: %(all)s."),
                place=f"{table.place}{key}", text=shown(word), all=", ".join(known),
            )  # fmt: skip
        return word or known[0]

    def header(self, table: TomlTable, key: str, *, needed: bool = False) -> str:
        """The name of a header; "" if there is none."""
        name = self.value(table, key, str, None if needed else "")
        if name and not HEADER.fullmatch(name):
            self.add(table.wrong(key))
        return name or ""

    def text(self, table: TomlTable, key: str, default: str = "", *, most: int = LONGEST_TEXT) -> str:
        """A text of at most so many characters."""
        text: str = self.value(table, key, str, default)
        if len(text) > most:
            self.fault(
                N_("`%(place)s` is longer than %(most)s characters."), place=f"{table.place}{key}", most=most
            )  # fmt: skip
        return text

    def texts(self, table: TomlTable, key: str, most: int) -> tuple[str, ...]:
        """At most so many texts."""
        given = self.value(table, key, list, [])
        if len(given) > most or not all(isinstance(each, str) and len(each) <= LONGEST_TEXT for each in given):
            self.add(table.wrong(key))
            return ()
        return tuple(given)

    def value(self, table: TomlTable, key: str, kind: type | tuple[type, ...], default: Any) -> Any:
        """The value of a key; the default if it is missing. One of the wrong type is a fault, and so is a missing one
        whose default is None."""
        return self._noting(partial(table.value, key, kind, default), default)

    def _noting(self, read: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            return read()
        except UsageError as fault:
            self.add(fault)
            return otherwise

    def fault(self, msgid: str, /, **values: object) -> None:
        """Note a fault with this text."""
        self.add(UsageError(msgid, **values))

    def add(self, fault: CxbotError) -> None:
        """Note a fault."""
        self._faults.append(fault)
