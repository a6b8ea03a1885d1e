"""Opens CSV files and workbooks as people have them: encoding, separator, rows with their lines."""

from __future__ import annotations

import codecs
import csv
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from cxbot.errors import N_, UsageError, system_fault

BLOCK = 1 << 20  # bytes
SAMPLE = 1 << 12
SEPARATORS = ",;\t"
UTF_8, WINDOWS = "utf-8-sig", "cp1252"
MARKS = {codecs.BOM_UTF8: UTF_8, codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # Excel's files before 2007, and all that have a password
ANNOUNCED = re.compile(r"\"?sep=([,;\t|])\"?\s*", re.IGNORECASE)  # the first line of some files for Excel


class Row(NamedTuple):
    """A row: the number of its first line in the file, and the texts of its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a CSV file or of a workbook's sheet. It can be iterated again and again.

    A CSV file is read anew each time, line by line; a workbook is kept. Without `encoding` it is a workbook.
    `announced`: the first line names the separator and is no row.
    """

    path: Path
    encoding: str = ""
    separator: str = ""
    announced: bool = False
    kept: tuple[Row, ...] = ()

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a workbook."""
        return not self.encoding

    @property
    def is_guessed(self) -> bool:
        """Whether nothing in the file proves its encoding, so that Windows-1252 is the last resort."""
        return self.encoding == WINDOWS

    def __iter__(self) -> Iterator[Row]:
        return iter(self.kept) if self.is_workbook else self._rows()

    def _rows(self) -> Iterator[Row]:
        with self.path.open(encoding=self.encoding, newline="") as text:
            above = len(list(islice(text, int(self.announced))))
            lines = csv.reader(text, delimiter=self.separator, strict=True)
            start = above + 1
            try:
                for cells in lines:
                    if cells:
                        yield Row(start, tuple(cells))
                    start = above + lines.line_num + 1
            except csv.Error as error:
                raise UsageError(
                    N_("Line %(line)s: the file is not valid CSV: a quotation mark is missing, or one is too many. "
                       "Nothing was imported."),
                    line=start,
                ) from error  # fmt: skip


def open_sheet(path: Path, sheet: str = "") -> Sheet:
    """The rows of a CSV file or workbook, told apart by their content; of a workbook the first sheet, or the one named.

    Raises UsageError if the file can't be read as either.
    """
    try:
        with path.open("rb") as file:
            start = file.read(SAMPLE)
        if start.startswith(OLD_WORKBOOK):
            raise UsageError(
                N_("%(path)s is an Excel workbook in the old format (.xls) or with a password. Save it as .xlsx "
                   "without a password. Nothing was imported."),
                path=path.name,
            )  # fmt: skip
        if start.startswith(WORKBOOK):
            rows = importlib.import_module("cxbot.workbooks").read(path, sheet)  # it takes a quarter of a second
            return Sheet(path, kept=tuple(Row(line, cells) for line, cells in rows))
        if sheet:
            raise UsageError(
                N_("%(path)s is not a workbook, so it has no sheets. Leave out `--sheet`."), path=path.name
            )
        return _csv(path, _encoding(path, start))
    except OSError as error:
        raise UsageError(
            N_("The file %(path)s cannot be read (%(why)s)."), path=str(path), why=system_fault(error)
        ) from error


def _encoding(path: Path, start: bytes) -> str:
    """The encoding of a text file: what its first bytes say, else UTF-8 if all of it is, else Windows-1252."""
    marked = next((name for mark, name in MARKS.items() if start.startswith(mark)), "") or _without_mark(start)
    for encoding in (marked,) if marked else (UTF_8, WINDOWS):
        if _is_text(path, encoding):
            return encoding
    raise UsageError(
        N_("%(path)s is not text in UTF-8, UTF-16 or Windows-1252. Save it as “CSV UTF-8”. Nothing was imported."),
        path=path.name,
    )


def _without_mark(start: bytes) -> str:
    """UTF-16 if every other byte of a header in Latin letters is zero, else ""."""
    half = len(start) // 2
    if half and start[1::2].count(0) * 2 > half > start[::2].count(0) * 2:
        return "utf-16-le"
    if half and start[::2].count(0) * 2 > half:
        return "utf-16-be"
    return ""


def _is_text(path: Path, encoding: str) -> bool:
    """Whether a whole file is text in an encoding. Raises UsageError for a NUL character, which no text has."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                return False
            before, nul, _ = text.partition("\0")
            lines += before.count("\n")
            if nul:
                raise UsageError(
                    N_("Line %(line)s holds a NUL character, which is no text. Remove it. Nothing was imported."),
                    line=lines,
                )
            if not block:
                return True


def _csv(path: Path, encoding: str) -> Sheet:
    """A CSV file with the separator that its first line names, else the one that its header has most of."""
    with path.open(encoding=encoding, newline="") as text:
        lines = [line for line in islice(text, 100) if line.strip()]
    first = lines[0] if lines else ""
    if (named := ANNOUNCED.fullmatch(first)) is not None:
        return Sheet(path, encoding, named[1], announced=True)
    return Sheet(path, encoding, max(SEPARATORS, key=lambda each: _width(lines, each)))


def _width(lines: list[str], separator: str) -> int:
    """The number of columns of a header."""
    try:
        return len(next(csv.reader(lines, delimiter=separator), ()))
    except csv.Error:
        return 0
