"""A mapping: which columns of another tool's file hold what. Checks the TOML file that defines it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.evidence import WORDS
from cxbot.core.csv_files.headers import plain
from cxbot.core.toml_tables import TomlTable, parsed, shown
from cxbot.errors import N_, UsageError

NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
DATES = ("ymd", "dmy", "mdy", "unix")
MOST_HEADER_ROWS = 5
KEYS = {
    "name": 'name = "ourtool"',
    "title": 'title = "Our tool"',
    "recognise": 'recognise = ["Response ID + Rating"]',
    "first_column": 'first_column = "Timestamp"',
    "header_rows": "header_rows = 2",
    "footer": 'footer = "Reporting period"',
    "zone": 'zone = "Europe/Helsinki"',
    "dates": 'dates = "dmy"',
    "find_questions": "find_questions = true",
    "ignore": 'ignore = ["Custom Data *"]',
    "columns": 'columns = { score = "Rating", answered_at = "Submitted" }',
    "constants": 'constants = { metric = "csat" }',
    "values": 'values.metric = { "5STAR" = "csat" }',
    "scores": 'scores.rating = { "Good" = 2, "Bad" = 0 }',
    "drop": 'drop = [{ column = "Status", when = ["Spam"] }]',
    "questions": 'questions = [{ metric = "nps", score = "Would you recommend us?" }]',
}
DROP = {
    "column": 'column = "Status"',
    "when": 'when = ["Survey Preview"]',
    "unless": 'unless = ["True", "1"]',
}
QUESTION = {
    "metric": 'metric = "nps"',
    "score": 'score = "Would you recommend us?"',
    "comment": 'comment = "Why?"',
}
ONE_OF = ("sent_at", "answered_at", "closed_at")
MAPPED = tuple(name for name in COLUMNS if name != "score")

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Rows to leave out: those with one of `values` in a column, or those without if `unless`."""

    column: Names
    values: frozenset[str]
    unless: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question with a column of its own. Without a `metric` the answers show on which scale it is."""

    score: Names
    metric: str = ""
    comment: Names = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What a mapping file says.

    Names of columns are alternatives in order (see `headers.places`). `columns` and `constants` are by our column,
    a constant counts where the file has nothing. `values` turns their values into ours; several metrics for a value
    mean the first one that fits its scores. The same holds for `metrics`, which are those of all rows. `scores` turns
    their words into scores, by metric; None is no answer.
    """

    name: str
    title: str
    recognise: Names = ()
    first_column: str = ""
    header_rows: int = 1
    footer: str = ""
    zone: str = ""
    dates: str = ""
    find_questions: bool = False
    ignore: Names = ()
    columns: Mapping[str, Names] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    metrics: Names = ()
    values: Mapping[str, Mapping[str, Names]] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    drop: tuple[Drop, ...] = ()
    questions: tuple[Question, ...] = ()


def read_mapping(text: str, source_name: str) -> Layout:
    """The layout that the text of a mapping file defines. `source_name` is its name if it gives none.

    Raises UsageError for a wrong definition; the error names the first wrong key and says what to write there.
    """
    wrong = N_("The mapping is not valid TOML (%(why)s). `cxbot import --guess FILE` drafts one.")
    table = TomlTable("", parsed(text, wrong), tuple(KEYS), KEYS)
    name: str = table.value("name", str, source_name)
    if not NAME.fullmatch(name):
        raise UsageError(
            N_("`name` can't be “%(text)s”. Write at most 31 small letters a–z, digits, - and _, a letter first, as in "
               "`%(example)s`."),
            text=shown(name), example=KEYS["name"],
        )  # fmt: skip
    layout = Layout(
        name,
        title=table.value("title", str, name),
        recognise=_names(table, "recognise"),
        first_column=table.value("first_column", str, ""),
        header_rows=_header_rows(table),
        footer=table.value("footer", str, ""),
        zone=_zone(table),
        dates=_dates(table),
        find_questions=table.value("find_questions", bool, False),
        ignore=_names(table, "ignore"),
        columns=_columns(table),
        constants=_constants(table),
        metrics=_metrics(table),
        values=_values(table),
        scores=_scores(table),
        drop=tuple(_drop(each) for each in _tables(table, "drop", DROP)),
        questions=tuple(_question(each) for each in _tables(table, "questions", QUESTION)),
    )
    _check_enough(layout)
    return layout


def _check_enough(layout: Layout) -> None:
    """Raise UsageError unless rows get a moment and, if they have scores, a way to find them."""
    given = {*layout.columns, *layout.constants}
    if not given & set(ONE_OF):
        raise UsageError(
            N_("`columns` says nowhere when an answer was given. Write the name of that column, as in `%(example)s`."),
            example='answered_at = "Submitted"',
        )
    scores = ("score" in layout.columns, bool(layout.questions), layout.find_questions)
    if not any(scores) and "closed_at" not in given:
        raise UsageError(
            N_("The mapping does not say where the scores are. Write `%(one)s` below `[columns]`, or `%(other)s`."),
            one='score = "Rating"', other=KEYS["questions"],
        )  # fmt: skip
    if scores.count(True) > 1:
        raise UsageError(
            N_("The scores are either in `columns.score`, in `questions`, or found by `find_questions`. Leave out the "
               "others.")
        )  # fmt: skip


def _names(table: TomlTable, name: str, *, needed: bool = False) -> Names:
    """One or several names of columns, alternatives in order."""
    given = table.value(name, (str, list), None if needed else [])
    names = [given] if isinstance(given, str) else given
    if not all(isinstance(each, str) and each.strip() for each in names) or (needed and not names):
        raise table.wrong(name)
    return tuple(names)


def _header_rows(table: TomlTable) -> int:
    rows: int = table.value("header_rows", int, 1)
    if not 1 <= rows <= MOST_HEADER_ROWS:
        raise UsageError(N_("`header_rows` has to be a number from 1 to %(most)s."), most=MOST_HEADER_ROWS)
    return rows


def _zone(table: TomlTable) -> str:
    zone: str = table.value("zone", str, "")
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise UsageError(
                N_("`zone` can't be “%(text)s”. Write a name such as `%(example)s`."),
                text=shown(zone), example=KEYS["zone"],
            ) from None  # fmt: skip
    return zone


def _dates(table: TomlTable) -> str:
    dates: str = table.value("dates", str, "")
    if dates and dates not in DATES:
        raise UsageError(
            N_("`dates` can't be “%(text)s”. Write one of these, or leave it out: %(all)s."),
            text=shown(dates), all=", ".join(DATES),
        )  # fmt: skip
    return dates


def _within(table: TomlTable, name: str, known: Collection[str]) -> TomlTable:
    """The table of a key, with only known keys of its own."""
    given: dict[str, Any] = table.value(name, dict, {})
    examples = dict.fromkeys(known, table.examples[name])
    return TomlTable(f"{name}.", given, tuple(known), examples)


def _columns(table: TomlTable) -> dict[str, Names]:
    examples = {name: f'{name} = "Their column"' for name in COLUMNS}
    inner = TomlTable("columns.", table.value("columns", dict, {}), COLUMNS, examples)
    return {name: _names(inner, name, needed=True) for name in inner.given}


def _constants(table: TomlTable) -> dict[str, str]:
    inner = _within(table, "constants", MAPPED)
    several = isinstance(inner.given.get("metric"), list)
    return {name: str(inner.value(name, (str, int))) for name in inner.given if name != "metric" or not several}


def _metrics(table: TomlTable) -> Names:
    """The metrics that all rows may be on, if `constants.metric` names several."""
    inner = _within(table, "constants", MAPPED)
    return _names(inner, "metric", needed=True) if isinstance(inner.given.get("metric"), list) else ()


def _values(table: TomlTable) -> dict[str, dict[str, Names]]:
    inner = _within(table, "values", MAPPED)
    found: dict[str, dict[str, Names]] = {}
    for name in inner.given:
        found[name] = {}
        for theirs, ours in inner.value(name, dict).items():
            several = ours if isinstance(ours, list) and name == "metric" and ours else [ours]
            if not all(isinstance(each, str) for each in several):
                raise inner.wrong(name)
            found[name][plain(theirs)] = tuple(several)
    return found


def _scores(table: TomlTable) -> dict[str, dict[str, int | None]]:
    found = {metric: dict(words) for metric, words in WORDS.items()}
    for metric, given in table.value("scores", dict, {}).items():
        if not isinstance(given, dict):
            raise table.wrong("scores")
        for ours in given.values():
            if ours != "" and (isinstance(ours, bool) or not isinstance(ours, int)):
                raise table.wrong("scores")
        words = {plain(theirs): None if ours == "" else ours for theirs, ours in given.items()}
        found[metric] = found.get(metric, {}) | words
    return found


def _tables(table: TomlTable, name: str, known: Mapping[str, str]) -> list[TomlTable]:
    given: list[Any] = table.value(name, list, [])
    if not all(isinstance(each, dict) for each in given):
        raise table.wrong(name)
    return [TomlTable(f"{name} {number}: ", each, tuple(known), known) for number, each in enumerate(given, start=1)]


def _drop(table: TomlTable) -> Drop:
    if ("when" in table.given) == ("unless" in table.given):
        raise UsageError(
            N_("`%(place)s` needs either `%(one)s` or `%(other)s`."),
            place=f"{table.place}column", one=DROP["when"], other=DROP["unless"],
        )  # fmt: skip
    condition = "unless" if "unless" in table.given else "when"
    given = table.value(condition, (str, int, list))
    values: Sequence[Any] = given if isinstance(given, list) else [given]
    if not values or not all(isinstance(each, str | int) for each in values):
        raise table.wrong(condition)
    return Drop(
        _names(table, "column", needed=True),
        frozenset(plain(str(each)) for each in values),
        unless=condition == "unless",
    )


def _question(table: TomlTable) -> Question:
    return Question(
        score=_names(table, "score", needed=True),
        metric=table.value("metric", str, ""),
        comment=_names(table, "comment"),
    )
