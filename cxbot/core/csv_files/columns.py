"""Reads the rows of a file as typed records, and reports errors by line and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cxbot.core.csv_files import times
from cxbot.core.csv_files.cells import ErrorCell, Reading, unmarked
from cxbot.core.csv_files.problems import Problems
from cxbot.errors import N_, Joined, UsageError

Row = tuple[int, Sequence[str]]
"""The number of a row's first line in the file, and its cells."""
Reader = Callable[[str], Any]

AS_WRITTEN = Reading()
SPECIAL = frozenset("'#")  # how marked texts and the errors of spreadsheets begin
NO_NAME = N_("“%(text)s” is in a column without a name. Name the column in the header.")
HALF = 32
CONTENT = (1 << HALF) - 1


@dataclass(frozen=True, slots=True)
class Record:
    """The values of a row by column, and the number of its first line.

    `given` are the columns that the file has; the values of all others are what an empty cell means. `ordinal` counts
    equal rows without a key, from 1 on.
    """

    line: int
    values: dict[str, Any]
    given: frozenset[str]
    ordinal: int = 1


class Line:
    """What `Table.whole` knows of a row besides its values: its cells as they were written, and the columns that
    `failed`, which have the values of empty cells."""

    def __init__(
        self, number: int, names: Sequence[str], cells: Sequence[str], failed: Collection[str], problems: Problems
    ) -> None:
        self.failed = failed
        self._number, self._names, self._cells, self._problems = number, names, cells, problems

    @property
    def cells(self) -> Mapping[str, str]:
        """The texts of the cells by column."""
        return dict(zip(self._names, self._cells, strict=False))

    def wrong(self, column: str, why: UsageError) -> None:
        """Note what is wrong with a column."""
        self._problems.add(self._number, column, why)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a kind of file.

    `readers` turn the text of a cell into a value, or raise a UsageError that says what is wrong. `moments` are read as
    moments in UTC, `days` as the ISO texts of local days; all other columns are texts without spaces at their ends. A
    file needs at least one of the columns in `one_of`. `whole` completes a row and notes errors that only show when
    columns are read together. `key` is what a row is known by, None if it has no id; an error about it names the column
    `keyed_by`.
    """

    columns: tuple[str, ...]
    readers: Mapping[str, Reader]
    one_of: tuple[str, ...]
    keyed_by: str
    key: Callable[[Mapping[str, Any]], Hashable | None]
    moments: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    whole: Callable[[dict[str, Any], Line], None] = lambda *_: None

    def read(self, rows: Iterable[Row], reading: Reading = AS_WRITTEN, *, last_wins: bool = False) -> Iterator[Record]:
        """Yield the records of a file's rows, up to the first wrong one. The first row that is not empty is the header.

        Empty rows are left out. Raises UsageError at the end if there were wrong rows; the error lists the first 20 by
        line and column, and counts all. Two rows with one key and different contents are wrong unless `last_wins`.
        `rows` are iterated a second time if a date leaves the order of day and month open.
        """
        return _Pass(self, rows, reading, last_wins=last_wins).records()

    def reader(self, column: str, reading: Reading) -> Reader:
        """What turns the text of a column's cell into its value."""
        if column in self.moments:
            return partial(times.moment, reading=reading)
        if column in self.days:
            return partial(times.day, reading=reading)
        return self.readers.get(column, str.strip)

    def empty(self, column: str) -> Any:
        """The value of an empty cell; None where a cell may not be empty."""
        try:
            return self.reader(column, AS_WRITTEN)("")
        except UsageError:
            return None


@dataclass(frozen=True, slots=True)
class Source:
    """A file to import: its name, its rows, which can be iterated again and again, and how to read them.

    With `last_wins`, the last one of several rows with one key counts.
    """

    name: str
    rows: Iterable[Row]
    reading: Reading = AS_WRITTEN
    last_wins: bool = False

    def records(self, table: Table) -> Iterator[Record]:
        """The records of the file. Raises UsageError as `Table.read`."""
        return table.read(self.rows, self.reading, last_wins=self.last_wins)


class _Pass:
    """One pass over the rows of a file."""

    def __init__(self, table: Table, rows: Iterable[Row], reading: Reading, *, last_wins: bool) -> None:
        self._table, self._rows, self._reading, self._last_wins = table, rows, reading, last_wins
        self._problems = Problems()
        self._order_is_sought = not reading.day_order
        self._lines: dict[int, int] = {}  # by the hash of a key: the line, and half a hash of the content
        self._alike: Counter[int] = Counter()  # by the hash of a row without a key

    def records(self) -> Iterator[Record]:
        rows = (row for row in self._rows if any(map(str.strip, row[1])))
        line, header = next(rows, (1, ()))
        if not header:
            raise UsageError(N_("The file is empty. Its first line has to name the columns. Nothing was imported."))
        self._names = _columns(self._table, line, header)
        self._given = frozenset(name for name in self._names if name)
        self._empty = {name: self._table.empty(name) for name in self._table.columns}
        self._set_readers()
        for line, cells in rows:
            record = self._record(line, cells)
            if record is not None and not self._problems.count:
                yield record
        self._problems.check()

    def _set_readers(self) -> None:
        self._readers = [
            (i, name, self._table.reader(name, self._reading)) for i, name in enumerate(self._names) if name
        ]
        self._unnamed = [i for i, name in enumerate(self._names) if not name]

    def _record(self, line: int, cells: Sequence[str]) -> Record | None:
        """A row as typed values, or None after noting its errors."""
        values, before = self._empty.copy(), self._problems.count
        wrong: list[tuple[str, UsageError]] = []
        if len(cells) != len(self._names) and not self._fits(line, cells):
            return None
        for i in self._unnamed:
            if cells[i].strip():
                wrong.append(("", UsageError(NO_NAME, text=cells[i])))
        for i, name, read in self._readers:
            cell = cells[i]
            try:
                values[name] = read(_plain(cell) if cell[:1] in SPECIAL else cell)
            except times.UnknownOrder as error:
                if self._finds_order():
                    return self._record(line, cells)
                wrong.append((name, error))
            except UsageError as error:
                wrong.append((name, error))
        for name, why in wrong:
            self._problems.add(line, name, why)
        failed = [name for name, _ in wrong] if wrong else ()
        self._table.whole(values, Line(line, self._names, cells, failed, self._problems))
        return None if self._problems.count > before else self._keyed(line, values)

    def _fits(self, line: int, cells: Sequence[str]) -> bool:
        """Whether a row that is not as long as the header has only empty cells too many."""
        width = len(self._names)
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            return True
        why = UsageError(N_("%(n)s columns instead of the header's %(width)s."), n=len(cells), width=width)
        self._problems.add(line, "", why)
        return False

    def _keyed(self, line: int, values: dict[str, Any]) -> Record | None:
        """The record of a row's values, unless another row has the same key and other content."""
        key, content = self._table.key(values), hash(tuple(values.values()))
        if key is None:
            self._alike[content] += 1
            return Record(line, values, self._given, self._alike[content])
        mark = line << HALF | content & CONTENT
        first = self._lines.setdefault(hash(key), mark)
        if (first ^ mark) & CONTENT and not self._last_wins:
            why = UsageError(
                N_("line %(first)s has the same key and other content. Correct one of the two, or let the last one "
                   "count: `--last-wins`."),
                first=first >> HALF,
            )  # fmt: skip
            self._problems.add(line, self._table.keyed_by, why)
            return None
        return Record(line, values, self._given)

    def _finds_order(self) -> bool:
        """Whether some date of the file proves the order of day and month. Sought once; then all dates have it."""
        if not self._order_is_sought or iter(self._rows) is self._rows:
            return False
        self._order_is_sought = False
        dated = [i for i, name in enumerate(self._names) if name in (*self._table.moments, *self._table.days)]
        orders = {times.order_of(cells[i]) for _, cells in self._rows for i in dated if i < len(cells)} - {""}
        if len(orders) != 1:
            return False
        self._reading = replace(self._reading, day_order=orders.pop())
        self._set_readers()
        return True


def folded(name: str) -> str:
    """The form in which names of columns are compared: small letters, and one underscore for spaces inside."""
    return "_".join(name.replace("\ufeff", "").lower().split())


def _columns(table: Table, line: int, header: Sequence[str]) -> list[str]:
    """The columns of a header, "" for one without a name. Raises UsageError that says all that is wrong with it."""
    names = [folded(name) for name in header]
    problems = Problems()
    known = Joined(table.columns)
    unknown = [
        name.strip() for name, column in zip(header, names, strict=True) if column and column not in table.columns
    ]
    if len(unknown) == 1:
        why = UsageError(N_("this column is unknown. Known columns: %(columns)s."), columns=known)
        problems.add(line, unknown[0], why)
    elif unknown:
        problems.add(line, "", UsageError(
            N_("these columns are unknown: %(names)s. Known columns: %(columns)s."),
            names=Joined(tuple(unknown)), columns=known,
        ))  # fmt: skip
    for name, n in Counter(names).items():
        if name in table.columns and n > 1:
            problems.add(line, name, UsageError(N_("this column is there twice.")))
    if not set(table.one_of) & set(names):
        problems.add(line, "", _missing(table.one_of))
    problems.check()
    return names


def _missing(columns: tuple[str, ...]) -> UsageError:
    *others, last = columns
    if not others:
        return UsageError(N_("the file needs a column %(name)s."), name=last)
    return UsageError(N_("the file needs a column %(names)s or %(last)s."), names=Joined(tuple(others)), last=last)


def _plain(cell: str) -> str:
    """The text of a cell without the mark that keeps spreadsheets from running it. Raises UsageError for an error."""
    if isinstance(cell, ErrorCell):
        raise UsageError(
            N_("the cell holds the error %(text)s. Correct it in the workbook, or empty it."), text=str(cell)
        )
    return unmarked(cell)
