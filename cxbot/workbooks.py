"""Reads the sheets of Excel workbooks as texts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - it is a class

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cxbot.core.csv_files.cells import ErrorCell, number_text
from cxbot.errors import N_, Joined, UsageError

# What openpyxl raises for files that are no workbooks, or damaged ones.
DAMAGED = (
    BadZipFile, ZlibError, EOFError, ParseError, InvalidFileException, KeyError, IndexError, ValueError, TypeError,
    AttributeError,
)  # fmt: skip


def read(path: Path, sheet: str) -> list[tuple[int, tuple[str, ...]]]:
    """The rows of a workbook's sheet by their numbers, as wide as the first one; the first sheet if `sheet` is "".

    Rows without a value are left out. Dates and times are ISO texts without a zone, whole numbers have no point. Raises
    UsageError if the file is no workbook, or has no such sheet.
    """
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")  # about styles and drawings, which nobody asked for
        try:
            book = load_workbook(file, read_only=True, data_only=True)
            chosen = _sheet(book.worksheets, sheet)
            chosen.reset_dimensions()
            return list(_rows(chosen))
        except DAMAGED as error:
            raise UsageError(
                N_("%(path)s is not a whole Excel workbook (.xlsx). Save it once more in Excel, or as CSV. Nothing was "
                   "imported."),
                path=path.name,
            ) from error  # fmt: skip


def _sheet(sheets: list[Any], name: str) -> Any:
    for sheet in sheets:
        if not name or sheet.title.casefold() == name.casefold():
            return sheet
    titles = Joined(tuple(f"“{sheet.title}”" for sheet in sheets))
    raise UsageError(N_("The workbook has no sheet “%(name)s”. Its sheets: %(all)s."), name=name, all=titles)


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    width = 0
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            width = width or len(cells)
            yield line, (*cells, *[""] * (width - len(cells)))


def _text(cell: Any) -> str:
    """A cell as it would be in a CSV file."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return ErrorCell(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else number_text(value)
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, datetime) and not (value.time() == time() and "h" not in cell.number_format.lower()):
        return value.isoformat()
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _duration(value: timedelta) -> str:
    """A length of time as hours, minutes and seconds: 30:00:00 is more than a day."""
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
