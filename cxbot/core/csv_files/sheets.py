"""Where the header of another tool's file is, where its answers begin and end, and which rows are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxbot.core.csv_files.columns import Row
from cxbot.core.csv_files.evidence import is_empty
from cxbot.core.csv_files.headers import JOINED, Places, has, key, places, plain
from cxbot.core.csv_files.mapping import ONE_OF, Layout
from cxbot.errors import N_

ZONED = re.compile(r"(?:Z|UTC|GMT|(?:UTC|GMT)[+-]\d+|[+-]\d{2}:?\d{2})$|^\d{9,13}(?:\.\d+)?$", re.IGNORECASE)
LOOKED_AT = 10  # rows in which a header is looked for
SAYS_NOTHING = frozenset({"response", "open-ended response"})  # SurveyMonkey, in its second header row
ZONE_IN_HEADER = re.compile(r'"timeZone"\s*:\s*"([\w/+-]+)"')  # Qualtrics, in its third header row


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about a file: a message id and its values."""

    msgid: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, msgid: str, /, **values: object) -> Note:
        """The note with these values."""
        return cls(msgid, tuple(values.items()))


IS = N_("%(column)s is “%(value)s”")
IS_EMPTY = N_("%(column)s is empty")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for rows to leave out, at its place in a file."""

    column: str
    places: Places
    values: frozenset[str]
    unless: bool

    def why_not(self, cells: Sequence[str]) -> Note | None:
        """Why a row is left out; None if it stays."""
        text = first(cells, self.places)
        if (plain(text) in self.values) != self.unless:
            return Note.of(IS, column=self.column, value=text) if text else Note.of(IS_EMPTY, column=self.column)
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a file: the names of its columns, its further lines, and how many rows come before the answers."""

    names: tuple[str, ...]
    more: tuple[tuple[str, ...], ...]
    rows: int

    def text(self, at: int) -> str:
        """Everything that the header says of a column, except what is for programs."""
        lines = [self.names, *self.more]
        said = [line[at].strip() for line in lines if at < len(line) and not line[at].lstrip().startswith("{")]
        return " ".join(dict.fromkeys(each for each in said if each and plain(each) not in SAYS_NOTHING))

    def zone(self, columns: Places) -> str:
        """The zone that a further line of the header gives for times in these columns; "" if none."""
        for line in self.more:
            for at in (at for place in columns for at in place if at < len(line)):
                if (found := ZONE_IN_HEADER.search(line[at])) and _exists(found[1]):
                    return found[1]
        return ""


def first(cells: Sequence[str], columns: Places) -> str:
    """The first text at one of the places, without spaces at its ends; "" if all are empty."""
    for place in columns:
        texts = [cells[at].strip() for at in place if at < len(cells)]
        if text := " ".join(each for each in texts if not is_empty(each)):
            return text
    return ""


def is_local(time: str) -> bool:
    """Whether the text of a moment names no zone."""
    return not is_empty(time) and ZONED.search(time.strip()) is None


def head_of(layout: Layout, rows: Iterable[Row]) -> tuple[Head, Iterator[Row]]:
    """The header of a layout's file, and the rows of answers after it.

    Lines above the header are skipped: it is the line, of the first ten, with the most names that the layout knows.
    """
    rows = iter(rows)
    start = list(islice(rows, LOOKED_AT + layout.header_rows))
    names = list(_known_names(layout))
    known = [sum(has(cells, name) for name in names) for _, cells in start[:LOOKED_AT]]
    at = known.index(max(known)) if known else 0
    header = tuple(start[at][1]) if start else ()
    times = [place for name in ONE_OF for place in places(header, layout.columns.get(name, ()))]
    more: list[tuple[str, ...]] = []
    for _, cells in start[at + 1 : at + layout.header_rows]:
        if first(cells, tuple(times))[:1].isdigit():
            break  # an answer: somebody has removed the further lines of the header
        more.append(tuple(cells))
    count = at + 1 + len(more)
    return Head(_filled(header) if more else header, tuple(more), count), chain(start[count:], rows)


def _filled(header: Sequence[str]) -> tuple[str, ...]:
    """The header with names for unnamed columns: below a line of questions, these are further choices of the one
    before."""
    names: list[str] = []
    for name in header:
        names.append(name if name.strip() or not names else names[-1])
    return tuple(names)


def is_one(layout: Layout, header: Sequence[str]) -> int:
    """How many columns speak for a header being of this layout; 0 if it is not."""
    if layout.first_column and key(next(iter(header), "")) != key(layout.first_column):
        return 0
    found = [len(name.split(JOINED)) for name in layout.recognise if has(header, name)]
    return max(found, default=0) + (1 if found and layout.first_column else 0)


def answers(layout: Layout, rows: Iterable[Row], rules: Sequence[Rule]) -> Iterator[tuple[Row, Note | None]]:
    """The rows up to the footer that are not blank, each with the reason why it is left out, if there is one."""
    for line, cells in rows:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if layout.footer and plain(next(filter(None, texts))).startswith(plain(layout.footer)):
            return
        yield (line, cells), next(filter(None, (rule.why_not(cells) for rule in rules)), None)


def _known_names(layout: Layout) -> Iterator[str]:
    for columns in layout.columns.values():
        yield from columns
    for question in layout.questions:
        yield from question.score
    yield from layout.recognise


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
