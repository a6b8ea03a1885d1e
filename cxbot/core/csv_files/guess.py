"""Drafts a mapping for a file of a tool that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.columns import Row
from cxbot.core.csv_files.evidence import WORDS
from cxbot.core.csv_files.headers import ANY, JOINED, Places, has, key, places, plain
from cxbot.core.csv_files.mapping import Layout
from cxbot.core.csv_files.questions import Asked, Column, Judge, other_columns, seen
from cxbot.core.csv_files.sheets import Head, answers, first, head_of, is_local
from cxbot.core.metrics.metric import Metric
from cxbot.errors import UsageError

TIME = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:\D.*)?|\d{9,10}(?:\.\d+)?|\d{12,13}")
UNCLEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
SENT = re.compile(r"sent|requested|offered")
MOST_KINDS = 20
IMPORT_ID = '{"ImportId"'
INTRODUCTION = """\
# A draft of a mapping. Look at the lines with “?”, then see what it does:
#     cxbot import --map map.toml --dry-run FILE
"""


def guess(
    rows: Sequence[Row], known: Layout | None, layouts: Iterable[Layout], metrics: Mapping[str, Metric], name: str
) -> str:
    """A draft of a mapping for a file with these rows, as TOML.

    `known` is the layout that the file was recognised as, `layouts` are those whose names of columns are tried
    otherwise. What is not sure is a comment with a question mark. `name` is the mapping's name.
    """
    layout = known or _by_names(rows, layouts, name)
    head, body = head_of(layout, rows)
    kept = [cells for (_, cells), _ in answers(layout, body, ())]
    columns = _found(layout, head)
    if not {"answered_at", "closed_at"} & set(columns) and (time := _time_column(head, kept)):
        columns["answered_at"] = (time,)
    return "\n".join([*_about(layout, head, columns, kept), *_what(layout, head, columns, kept, metrics), ""])


def _by_names(rows: Sequence[Row], layouts: Iterable[Layout], name: str) -> Layout:
    """A layout with every name that a column of ours has in any tool."""
    names: dict[str, dict[str, None]] = {column: {} for column in COLUMNS}
    for layout in layouts:
        for column, given in layout.columns.items():
            usual = [each for each in given if ANY not in each and (column != "sent_at" or SENT.search(each))]
            names[column].update(dict.fromkeys(usual))
    header_rows = 1 + max((at for at, (_, cells) in enumerate(rows[:5]) if _for_programs(cells)), default=0)
    return Layout(name, name, header_rows=header_rows, columns={each: tuple(names[each]) for each in COLUMNS})


def _for_programs(cells: Sequence[str]) -> bool:
    return any(cell.startswith(IMPORT_ID) for cell in cells)


def _found(layout: Layout, head: Head) -> dict[str, tuple[str, ...]]:
    """The names in the file of the columns that the layout knows; each counts once, and times of answers go first."""
    found: dict[str, tuple[str, ...]] = {}
    taken: set[int] = set()
    for column in sorted(layout.columns, key=lambda each: (each != "answered_at", COLUMNS.index(each))):
        several = []
        for name in layout.columns[column]:
            for place in places(head.names, (name,)):
                if layout.recognise or not taken & set(place):
                    several.append(JOINED.join(head.names[at].strip() for at in place))
                    taken |= set(place)
        if several:
            most = 2 if column == "customer" or layout.recognise else 1
            found[column] = tuple(dict.fromkeys(several))[:most]
    return found


def _time_column(head: Head, kept: Sequence[Sequence[str]]) -> str:
    """The last column whose values are all times; "" if there is none."""
    for at in reversed(range(len(head.names))):
        texts = [text for cells in kept if (text := first(cells, ((at,),)))]
        if texts and head.names[at].strip() and all(TIME.fullmatch(text) for text in texts):
            return head.names[at].strip()
    return ""


def _about(
    layout: Layout, head: Head, columns: Mapping[str, Sequence[str]], kept: Sequence[Sequence[str]]
) -> Iterator[str]:
    """The lines about the file as a whole."""
    yield INTRODUCTION + f"name = {_quoted(layout.name)}   # comes before ids, so that those of two tools never meet"
    if layout.header_rows > 1 or head.more:
        yield f"header_rows = {1 + len(head.more)}"
    if layout.footer:
        yield f"footer = {_quoted(layout.footer)}"
    when = places(head.names, columns.get("answered_at", ()))
    times = [text for cells in kept if (text := first(cells, when))]
    zone = head.zone(when) or layout.zone
    if zone:
        yield f"zone = {_quoted(zone)}"
    elif any(map(is_local, times)):
        yield '# zone = "Europe/Helsinki"   # ? the zone of times that name none'
    if layout.dates:
        yield f"dates = {_quoted(layout.dates)}"
    elif any(UNCLEAR.match(text) for text in times):
        yield '# dates = "dmy"   # ? "dmy" or "mdy", if the file itself does not show it'


def _what(
    layout: Layout, head: Head, columns: Mapping[str, Sequence[str]], kept: Sequence[Sequence[str]],
    metrics: Mapping[str, Metric],
) -> Iterator[str]:  # fmt: skip
    """The lines about columns, questions and rows."""
    questions, doubts = _questions(layout, head, columns, kept, metrics)
    yield "\n[columns]"
    if "external_id" not in columns:
        yield '# external_id = "…"   # ? the id of each answer; without one the whole row is its key'
    for column in COLUMNS:
        if column in columns and (column not in ("score", "comment") or not questions):
            yield f"{column} = {_listed(columns[column])}"
    if not {"answered_at", "closed_at", "sent_at"} & set(columns):
        yield '# answered_at = "…"   # ? the column that says when an answer was given'
    if left := _left(head, columns, questions):
        yield f"# not taken: {', '.join(map(_quoted, left))}"
    yield from doubts
    for asked in questions:
        yield f"\n[[questions]]\nmetric = {_quoted(asked.metric)}\nscore = {_name_at(head, asked.score)}"
        if asked.comment:
            yield f"comment = {_name_at(head, asked.comment)}"
    yield from _words(layout)
    yield from _rules(layout, head)


def _questions(
    layout: Layout, head: Head, columns: Mapping[str, Sequence[str]], kept: Sequence[Sequence[str]],
    metrics: Mapping[str, Metric],
) -> tuple[tuple[Asked, ...], list[str]]:  # fmt: skip
    """The questions with columns of their own, and lines about what is not sure."""
    judge = Judge(layout, metrics)
    at = {name: places(head.names, given) for name, given in columns.items()}
    if "score" not in at:
        try:
            return judge.found(seen(other_columns(layout, head, at), kept), at.get("comment", ())), []
        except UsageError as error:
            return (), [f"# ? {error}"]
    if "metric" in at:
        return (), _kinds(at["metric"], kept, layout, metrics)
    try:
        (column,) = seen([Column(at["score"], head.text(at["score"][0][0]))], kept)
        metric = layout.constants.get("metric") or _metric(layout, judge, column)
        return (), ["\n[constants]", f"metric = {_quoted(metric)}"]
    except UsageError:
        return (), ["\n[constants]", f'# metric = "nps"   # ? the metric of the scores: {", ".join(metrics)}']


def _metric(layout: Layout, judge: Judge, column: Column) -> str:
    return judge.first_fitting(layout.metrics, column) if layout.metrics else judge.certain(column)


def _kinds(metric: Places, kept: Sequence[Sequence[str]], layout: Layout, metrics: Mapping[str, Metric]) -> list[str]:
    """Lines for the kinds of questions that rows name, unless they are names of metrics."""
    given = layout.values.get("metric", {})
    lines = []
    for kind in sorted({text for cells in kept if (text := first(cells, metric))}):
        if plain(kind) in given:
            lines.append(f"{_quoted(kind)} = {_listed(given[plain(kind)])}")
        elif plain(kind) not in metrics:
            lines.append(f'# {_quoted(kind)} = "csat"   # ? which metric is this')
    return ["\n[values.metric]", *lines[:MOST_KINDS]] if lines else []


def _words(layout: Layout) -> Iterator[str]:
    """Lines for the words of scores that only this layout knows."""
    for metric, words in layout.scores.items():
        usual = WORDS.get(metric, {})
        own = {word: score for word, score in words.items() if word not in usual or usual[word] != score}
        if own:
            yield f"\n[scores.{metric}]"
            yield from (f"{_quoted(word)} = {_quoted('') if score is None else score}" for word, score in own.items())


def _rules(layout: Layout, head: Head) -> Iterator[str]:
    for rule in layout.drop:
        if found := [name for name in rule.column if has(head.names, name)]:
            condition = "unless" if rule.unless else "when"
            yield f"\n[[drop]]\ncolumn = {_quoted(found[0])}\n{condition} = {_listed(sorted(rule.values))}"


def _left(head: Head, columns: Mapping[str, Sequence[str]], questions: Iterable[Asked]) -> list[str]:
    taken = {key(part) for names in columns.values() for name in names for part in name.split(JOINED)}
    asked = {at for each in questions for place in (*each.score, *each.comment) for at in place}
    return [
        name.strip()
        for at, name in enumerate(head.names)
        if name.strip() and key(name) not in taken and at not in asked
    ]


def _name_at(head: Head, found: Places) -> str:
    return _quoted(head.names[found[0][0]].strip())


def _listed(names: Sequence[str]) -> str:
    return _quoted(names[0]) if len(names) == 1 else f"[{', '.join(map(_quoted, names))}]"


def _quoted(text: str) -> str:
    """A text as TOML, on one line."""
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
