"""Reads CSV files as typed rows, and reports errors by line and column."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxbot.errors import N_, UsageError

SHOWN_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Record:
    """The values of a row by column, and the number of its first line."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a kind of file.

    `readers` turn the text of a cell into a value, or raise ValueError that says what is wrong. A column without a
    reader is text without spaces at its ends. A file needs at least one of the columns in `one_of`. `whole` completes
    a row and appends errors that only show when columns are read together.
    """

    columns: tuple[str, ...]
    readers: Mapping[str, Callable[[str], Any]]
    one_of: tuple[str, ...]
    whole: Callable[[dict[str, Any], int, list[str]], None] = lambda *_: None

    def read(self, source: Iterable[str]) -> Iterator[Record]:
        """Yield the rows of a file, up to the first wrong one.

        Raises UsageError at the end if there were wrong rows; the error lists what is wrong by line and column, and
        reading stops at 20 errors. Also raises UsageError for a wrong header, invalid CSV or text that is not UTF-8.
        """
        lines = csv.reader(source, strict=True)
        problems: list[str] = []
        try:
            header = next(lines, [])
            self._check_header(header)
            start = lines.line_num + 1
            for cells in lines:
                line, start = start, lines.line_num + 1
                if not cells:
                    continue
                record = self._row(header, cells, line, problems)
                if len(problems) >= SHOWN_ERRORS:
                    break
                if record is not None and not problems:
                    yield record
        except csv.Error as error:
            raise UsageError(
                N_("Line %(line)s: the file is not valid CSV (%(why)s). Nothing was imported."),
                line=lines.line_num,
                why=str(error),
            ) from error
        except UnicodeDecodeError as error:
            raise UsageError(
                N_("The file is not UTF-8 (byte %(byte)s). Save it as “CSV UTF-8”. Nothing was imported."),
                byte=error.start,
            ) from error
        if problems:
            raise UsageError(N_("%(problems)s\nNothing was imported."), problems="\n".join(problems))

    def _check_header(self, header: list[str]) -> None:
        for name in header:
            if name not in self.columns:
                raise UsageError(
                    N_("Line 1, column %(name)s: this column is unknown. Known columns: %(columns)s. Nothing was "
                       "imported."),
                    name=name or "(empty)", columns=", ".join(self.columns),
                )  # fmt: skip
            if header.count(name) > 1:
                raise UsageError(
                    N_("Line 1, column %(name)s: this column is there twice. Nothing was imported."), name=name
                )
        if not set(self.one_of) & set(header):
            *others, last = self.one_of
            names = f"{', '.join(others)} or {last}" if others else last
            raise UsageError(N_("Line 1: the file needs a column %(names)s. Nothing was imported."), names=names)

    def _row(self, header: Sequence[str], cells: Sequence[str], line: int, problems: list[str]) -> Record | None:
        """A row as typed values, or None after appending its errors to `problems`."""
        if len(cells) != len(header):
            problems.append(f"Line {line}: {len(cells)} columns instead of the header's {len(header)}.")
            return None
        given = dict(zip(header, cells, strict=True))
        record: dict[str, Any] = {}
        before = len(problems)
        for name in self.columns:
            try:
                record[name] = self.readers.get(name, str.strip)(given.get(name, ""))
            except ValueError as error:
                problems.append(f"Line {line}, column {name}: {error}")
        if len(problems) == before:
            self.whole(record, line, problems)
        return None if len(problems) > before else Record(line, record)
