"""Turns the rows of another tool's file into rows of the file of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from cxbot.core.csv_files.answers import COLUMNS, TIMES
from cxbot.core.csv_files.columns import Row
from cxbot.core.csv_files.evidence import score_of
from cxbot.core.csv_files.headers import plain
from cxbot.core.csv_files.plan import Plan
from cxbot.core.csv_files.questions import Asked
from cxbot.core.csv_files.sheets import Note, answers, first
from cxbot.errors import N_

UNIX = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?")
UNIX_MILLISECONDS = re.compile(r"[0-9]{12,13}")
ADDRESS = re.compile(r"\[?(?P<name>.*?)\s*[(<](?P<address>[^()<>\s]+@[^()<>\s]+)[)>]\]?")
SHOWN_LINES = 5

NO_SCORE = N_("no score, and not known when it was sent")
NO_METRIC = N_("“%(kind)s” is no question that is known here")
NO_KIND = N_("not known which question was asked")


@dataclass(slots=True)
class Dropped:
    """How many rows were left out for a reason, and the first lines of them."""

    n: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count a row."""
        self.n += 1
        if len(self.lines) < SHOWN_LINES:
            self.lines.append(line)


class MappedRows:
    """The rows of a file as our own, our header first; they can be iterated again and again.

    `dropped` has what the last whole iteration has left out, by reason.
    """

    def __init__(self, rows: Iterable[Row], plan: Plan) -> None:
        self._rows, self._plan = rows, plan
        self._header = _header(plan)
        self.dropped: dict[Note, Dropped] = {}

    def __iter__(self) -> Iterator[Row]:
        dropped: dict[Note, Dropped] = {}
        yield 1, self._header
        body = islice(self._rows, self._plan.head_rows, None)
        for (line, cells), why_not in answers(self._plan.layout, body, self._plan.rules):
            found, reasons = ([], [why_not]) if why_not is not None else self._answers(cells)
            if not found:
                dropped.setdefault(reasons[0], Dropped()).add(line)
            for values in found:
                yield line, tuple(values.get(name, "") for name in self._header)
        self.dropped = dropped

    def _answers(self, cells: Sequence[str]) -> tuple[list[dict[str, str]], list[Note]]:
        """A row for each question that was answered or sent, or one for an interaction; and why there is none."""
        values = _values(self._plan, cells)
        if not self._plan.asked:
            return [values], []
        known = bool(values.get("sent_at") or values.get("closed_at"))
        found: list[dict[str, str]] = []
        reasons: list[Note] = []
        for asked in self._plan.asked:
            metric, why_not = self._metric(asked, cells)
            score = _score(first(cells, asked.score), self._plan.layout.scores.get(metric, {}))
            if why_not is None and not score and not known:
                why_not = Note.of(NO_SCORE)
            if why_not is not None:
                reasons.append(why_not)
            else:
                found.append(values | _answer(asked, cells, metric, score, values))
        return found, reasons

    def _metric(self, asked: Asked, cells: Sequence[str]) -> tuple[str, Note | None]:
        """The metric of a row's question, and why it is none."""
        constant = self._plan.layout.constants.get("metric", "")
        kind = first(cells, self._plan.columns.get("metric", ()))
        metric = asked.metric or self._plan.kinds.get(plain(kind), plain(kind)) or constant
        if metric in self._plan.metrics:
            return metric, None
        return "", Note.of(NO_METRIC, kind=kind) if kind else Note.of(NO_KIND)


def _header(plan: Plan) -> tuple[str, ...]:
    names = {*plan.columns, *plan.layout.constants}
    if plan.asked:
        names |= {"metric", "score"}
    if any(asked.comment for asked in plan.asked):
        names.add("comment")
    return tuple(name for name in COLUMNS if name in names)


def _values(plan: Plan, cells: Sequence[str]) -> dict[str, str]:
    """What a row says of the interaction, by our columns; the constants where it says nothing."""
    values: dict[str, str] = dict(plan.layout.constants)
    for name, found in plan.columns.items():
        if name in ("score", "metric", "comment"):
            continue
        text = first(cells, found)
        if name in TIMES:
            text = _moment(text)
        elif name == "customer":
            text = _customer(plan, cells)
        elif name == "agent":
            text = _named(text)
        elif name == "external_id" and text:
            text = f"{plan.layout.name}:{text}"
        if text:
            values[name] = _ours(plan.layout.values.get(name, {}), text)
    return values


def _answer(asked: Asked, cells: Sequence[str], metric: str, score: str, values: Mapping[str, str]) -> dict[str, str]:
    """What a row says of a question. Without a score there is no comment and no moment of an answer."""
    if not score:
        return {"metric": metric, "score": "", "answered_at": ""}
    comment = first(cells, asked.comment)
    return {"metric": metric, "score": score, "comment": comment or values.get("comment", "")}


def _ours(known: Mapping[str, Sequence[str]], text: str) -> str:
    return known.get(plain(text), (text,))[0]


def _score(text: str, words: Mapping[str, int | None]) -> str:
    """The score as a number; "" if there is none. What can't be read stays, so that it is named with its line."""
    found = score_of(text, words)
    if found is None:
        return "" if plain(text) in words else text
    return str(found)


def _moment(text: str) -> str:
    """The moment as text. Unix seconds and milliseconds become ISO-8601, 0 is none."""
    if text.strip("0.") == "":
        return ""
    if UNIX.fullmatch(text) or UNIX_MILLISECONDS.fullmatch(text):
        seconds = int(text.partition(".")[0]) / (1000 if len(text) > 11 and "." not in text else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    return text


def _customer(plan: Plan, cells: Sequence[str]) -> str:
    """The first e-mail address of the customer, else the name. A column named with `*` counts only for addresses."""
    texts = [text for place in plan.columns["customer"] if (text := first(cells, (place,)))]
    addressed = [text for text in texts if "@" in text]
    if addressed:
        found = ADDRESS.fullmatch(addressed[0])
        return found["address"] if found else addressed[0]
    named = [place for place in plan.columns["customer"] if place not in plan.guessed]
    return first(cells, tuple(named))


def _named(text: str) -> str:
    """The name in “Name (address)”, else the text."""
    found = ADDRESS.fullmatch(text)
    return (found["name"] or found["address"]) if found else text
