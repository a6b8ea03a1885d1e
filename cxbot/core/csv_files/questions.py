"""Finds the questions in a file: which columns have scores, on which metric, and which have the comments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cxbot.core.csv_files.evidence import COMMENT, MOST_VALUES, Sign, fits, is_empty, sign_of
from cxbot.core.csv_files.headers import Places, key, places, plain
from cxbot.core.csv_files.mapping import Layout
from cxbot.core.csv_files.sheets import Head, Note, first
from cxbot.core.metrics.metric import Metric
from cxbot.core.toml_tables import shown
from cxbot.errors import N_, UsageError

OWN_WORDS = re.compile(r"\bother\b|open-ended")
NPS_GROUP = "npsgroup"  # Qualtrics adds a column with this ending to a question that is asked as NPS

BY_TEXT = N_("“%(column)s” is read as %(metric)s: its text says so, and all its values (%(n)s) are on %(scale)s.")
BY_GROUP = N_(
    "“%(column)s” is read as %(metric)s: the file has its groups, and all its values (%(n)s) are on %(scale)s."
)
BY_VALUES = N_(
    "“%(column)s” is read as %(metric)s: all its values (%(n)s) are on %(scale)s, and no other column is like that."
)
BY_KIND = N_("“%(column)s” is read as %(metric)s: all its scores (%(n)s) are on %(scale)s.")
NOT_TAKEN = N_("“%(column)s” is not taken: nothing tells for sure on which scale it is. A mapping can.")
NO_QUESTION = N_(
    "Which column has the score can't be told for sure%(columns)s. Write it down: `cxbot import --guess FILE > "
    'map.toml`, and there, for each question, `[[questions]]`, `metric = "nps"` (or csat, ces, rating), `score = "the '
    "column's name\"`."
)
NO_METRIC = N_(
    "On which scale the scores in “%(column)s” are can't be told for sure. Write it down: `cxbot import --guess FILE > "
    'map.toml`, and there `[constants]`, `metric = "nps"` (or csat, ces, rating).'
)
NO_SCALE = N_(
    "The scores of “%(column)s” can't be read as %(all)s. Draft a mapping, `cxbot import --guess FILE > map.toml`, and "
    'write there which score each of their values is: `[scores.csat]`, `"their value" = 5`.'
)
TWO_QUESTIONS = N_(
    "Both “%(one)s” and “%(other)s” look like %(metric)s. Write down which one counts: `cxbot import --guess FILE > "
    'map.toml`, and there `[[questions]]`, `metric = "%(metric)s"`, `score = "the column\'s name"`.'
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: where its score and its comment stand. Without a `metric` each row says which one it is."""

    score: Places
    metric: str = ""
    comment: Places = ()


@dataclass(slots=True)
class Column:
    """A column of answers, or several of which each row fills one, and how often each value is there."""

    places: Places
    text: str
    values: Counter[str] = field(default_factory=Counter)
    several: bool = False

    def see(self, cells: Sequence[str]) -> None:
        """Count a row's value."""
        texts = [text for place in self.places if (text := first(cells, (place,)))]
        self.several |= len(texts) > 1
        if texts and len(self.values) <= MOST_VALUES:
            self.values[texts[0]] += 1


def other_columns(layout: Layout, head: Head, columns: Mapping[str, Places]) -> list[Column]:
    """The columns that may be questions. Below several lines of header, neighbours with one name are choices of one
    question, unless they are for a comment."""
    ignored = places(head.names, (*layout.ignore, *(name for rule in layout.drop for name in rule.column)))
    known = {at for found in (*columns.values(), ignored) for place in found for at in place}
    found: list[Column] = []
    for at, name in enumerate(head.names):
        if at in known or not head.text(at):
            continue
        choice = bool(found) and bool(head.more) and at > 0 and at - 1 not in known and name == head.names[at - 1]
        label = plain(" ".join(line[at] for line in head.more if at < len(line)))
        if choice and not COMMENT.search(label) and not OWN_WORDS.search(label):
            found[-1].places += ((at,),)
        else:
            found.append(Column(((at,),), head.text(at)))
    return found


def seen(columns: list[Column], kept: Iterable[Sequence[str]]) -> list[Column]:
    """The columns after counting their values in all rows."""
    for cells in kept:
        for column in columns:
            column.see(cells)
    return columns


class Judge:
    """Says on which metric columns are, and notes why."""

    def __init__(self, layout: Layout, metrics: Mapping[str, Metric]) -> None:
        self._layout, self._metrics = layout, metrics
        self.notes: list[Note] = []

    def certain(self, column: Column) -> str:
        """The metric of a column that is known to have scores; "" if it has none. Raises UsageError if it can't be
        told."""
        if not column.values:
            return ""
        sign = sign_of(column.text, column.values, self._metrics, self._layout.scores)
        if sign is None or not sign.sure:
            raise UsageError(NO_METRIC, column=shown(column.text))
        self._note(BY_TEXT if sign.by_text else BY_KIND, column.text, column.values, sign.metric)
        return sign.metric

    def found(self, columns: Sequence[Column], comment: Places) -> tuple[Asked, ...]:
        """The questions among columns: those whose text says so, else the only one whose values do.

        Raises UsageError if there is none, or if two are on one metric.
        """
        signs = list(self._signs(columns))
        sure = [(column, sign) for column, sign in signs if sign.sure and sign.by_text]
        if not sure:
            sure = [(column, sign) for column, sign in signs if sign.sure]
            if len(sure) != 1 or len(signs) != 1:
                raise _no_question([column.text for column, _ in signs])
        chosen: dict[str, Column] = {}
        for column, sign in sure:
            if sign.metric in chosen:
                one, other = shown(chosen[sign.metric].text), shown(column.text)
                raise UsageError(TWO_QUESTIONS, one=one, other=other, metric=sign.metric)
            chosen[sign.metric] = column
            self._note(self._why(sign, column, columns), column.text, column.values, sign.metric)
        for column, _ in signs:
            if all(column is not each for each in chosen.values()):
                self.notes.append(Note.of(NOT_TAKEN, column=shown(column.text)))
        return tuple(
            Asked(column.places, metric, comment or _comment_after(column, columns, chosen.values()))
            for metric, column in chosen.items()
        )

    def _signs(self, columns: Sequence[Column]) -> Iterator[tuple[Column, Sign]]:
        groups = _nps_groups(columns)
        for column in columns:
            if column.several or not column.values or key(column.text).endswith(NPS_GROUP):
                continue
            sign = sign_of(column.text, column.values, self._metrics, self._layout.scores)
            if _in_groups(column, groups) and fits(self._metrics["nps"], column.values, {}):
                sign = Sign("nps", by_text=True)
            if sign is not None:
                yield column, sign

    @staticmethod
    def _why(sign: Sign, column: Column, columns: Sequence[Column]) -> str:
        if not sign.by_text:
            return BY_VALUES
        return BY_GROUP if _in_groups(column, _nps_groups(columns)) else BY_TEXT

    def first_fitting(self, names: Sequence[str], column: Column) -> str:
        """The first of the metrics on which all scores of a column are. Raises UsageError if there is none."""
        if not column.values:
            return names[0]
        for name in names:
            if fits(self._metrics[name], column.values, self._layout.scores.get(name, {})):
                self._note(BY_KIND, column.text, column.values, name)
                return name
        raise UsageError(NO_SCALE, column=shown(column.text), all=", ".join(names))

    def kinds(self, columns: Mapping[str, Places], kept: Sequence[Sequence[str]]) -> dict[str, str]:
        """The metric of each kind of question that rows name. Raises UsageError if the scores of a kind fit none of
        the metrics that it may be."""
        found: dict[str, str] = {}
        for kind, names in self._layout.values.get("metric", {}).items():
            found[kind] = names[0]
            if len(names) > 1 and "metric" in columns:
                rows = [cells for cells in kept if plain(first(cells, columns["metric"])) == kind]
                (column,) = seen([Column(columns["score"], kind)], rows)
                found[kind] = self.first_fitting(names, column)
        return found

    def _note(self, msgid: str, text: str, values: Counter[str], metric: str) -> None:
        scale = self._metrics[metric].scale
        shown_scale = f"{scale[0]}–{scale[-1]}"
        self.notes.append(Note.of(msgid, column=shown(text), metric=metric, n=values.total(), scale=shown_scale))


def _no_question(texts: Sequence[str]) -> UsageError:
    columns = f" ({', '.join(f'“{shown(text)}”' for text in texts)})" if texts else ""
    return UsageError(NO_QUESTION, columns=columns)


def _nps_groups(columns: Sequence[Column]) -> list[str]:
    """The names of questions that the file has NPS groups of."""
    keys = (key(column.text.split()[0]) for column in columns)
    return [each.removesuffix(NPS_GROUP) for each in keys if each.endswith(NPS_GROUP)]


def _in_groups(column: Column, groups: Sequence[str]) -> bool:
    return key(column.text.split()[0]) in groups


def _comment_after(column: Column, columns: Sequence[Column], scores: Iterable[Column]) -> Places:
    """The first column for words after a score, before the next score. If there is one score, also a column before."""
    others = list(scores)
    at = next(number for number, each in enumerate(columns) if each is column)
    following = list(columns[at + 1 :])
    for number, each in enumerate(following):
        if any(each is other for other in others):
            following = following[:number]
            break
    before = list(columns[:at]) if len(others) == 1 else []
    return next((each.places for each in (*following, *before) if _is_comment(each)), ())


def _is_comment(column: Column) -> bool:
    return COMMENT.search(plain(column.text)) is not None and not all(
        text.isdigit() or is_empty(text) for text in column.values
    )
