"""Writes CSV that people can open in a spreadsheet, and that the import reads back as it was."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from cxbot.core.csv_files.cells import marked, number_text


class _Line:
    """The last line that a csv.writer wrote."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def csv_lines(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a CSV file, header first. No cell of it is a formula: texts that look like one begin with '."""
    line = _Line()
    writer = csv.writer(line, lineterminator="\r\n")  # csv quotes only the line ends that it writes itself
    for cells in chain((columns,), ([_cell(record[name]) for name in columns] for record in records)):
        writer.writerow(cells)
        yield line.text.removesuffix("\r\n") + "\n"


def _cell(value: object) -> object:
    if isinstance(value, str):
        return marked(value)
    return number_text(value) if isinstance(value, float) else value
