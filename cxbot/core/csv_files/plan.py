"""What is taken from one file of another tool: where each value stands, and on which metric its scores are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cxbot.core.csv_files.columns import Row
from cxbot.core.csv_files.headers import ANY, Places, places
from cxbot.core.csv_files.mapping import ONE_OF, Layout, Question
from cxbot.core.csv_files.questions import Asked, Column, Judge, other_columns, seen
from cxbot.core.csv_files.sheets import Head, Note, Rule, answers, first, head_of, is_local
from cxbot.core.metrics.metric import Metric
from cxbot.core.toml_tables import shown
from cxbot.errors import N_, UsageError

NO_COLUMN = N_(
    "The file has no column for `%(ours)s`. %(title)s files have one of these: %(names)s. This one has: %(header)s. "
    "Write a mapping for it: `cxbot import --guess FILE > map.toml`."
)
NO_SUCH_METRIC = N_("`%(place)s` names “%(text)s”, which is not a metric. Metrics: %(all)s.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is taken from a file.

    `guessed` are columns that only a name with `*` matches. `kinds` has the metric of each kind of question that rows
    name, `metrics` the names of all. `zone` is that of times that name none, "" if it is not known; `local_times` says
    whether there are such times. `notes` say what was concluded, and why.
    """

    layout: Layout
    metrics: Collection[str]
    head_rows: int
    columns: Mapping[str, Places]
    guessed: frozenset[tuple[int, ...]]
    rules: tuple[Rule, ...]
    asked: tuple[Asked, ...]
    kinds: Mapping[str, str]
    zone: str
    local_times: bool
    notes: tuple[Note, ...] = ()


def plan_of(layout: Layout, rows: Iterable[Row], metrics: Mapping[str, Metric]) -> Plan:
    """The plan for a file with these rows. Raises UsageError if something is missing or can't be told for sure."""
    head, body = head_of(layout, rows)
    columns = {name: found for name, names in layout.columns.items() if (found := places(head.names, names))}
    _check_metrics(layout, metrics)
    _check_columns(layout, head, columns)
    rules = tuple(
        Rule(head.names[found[0][0]].strip(), found, rule.values, rule.unless)
        for rule in layout.drop
        if (found := places(head.names, rule.column))
    )
    kept = [cells for (_, cells), why_not in answers(layout, body, rules) if why_not is None]
    judge = Judge(layout, metrics)
    asked = _asked(layout, head, columns, kept, judge)
    kinds = judge.kinds(columns, kept)
    when = tuple(place for name in ONE_OF for place in columns.get(name, ()))
    return Plan(
        layout=layout,
        metrics=frozenset(metrics),
        head_rows=head.rows,
        columns=columns,
        guessed=_guessed(layout, head),
        rules=rules,
        asked=asked,
        kinds=kinds,
        zone=head.zone(when) or layout.zone,
        local_times=any(is_local(first(cells, (place,))) for cells in kept for place in when),
        notes=tuple(judge.notes),
    )


def _guessed(layout: Layout, head: Head) -> frozenset[tuple[int, ...]]:
    names = [name for several in layout.columns.values() for name in several]
    exact = places(head.names, (name for name in names if ANY not in name))
    return frozenset(places(head.names, names)) - frozenset(exact)


def _check_metrics(layout: Layout, metrics: Mapping[str, Metric]) -> None:
    named = [("constants.metric", layout.constants.get("metric", ""))]
    named += [("constants.metric", name) for name in layout.metrics]
    named += [("scores", name) for name in layout.scores]
    named += [("values.metric", name) for names in layout.values.get("metric", {}).values() for name in names]
    named += [(f"questions {number}: metric", each.metric) for number, each in enumerate(layout.questions, start=1)]
    for place, name in named:
        if name and name not in metrics:
            raise UsageError(NO_SUCH_METRIC, place=place, text=shown(name), all=", ".join(metrics))


def _check_columns(layout: Layout, head: Head, columns: Mapping[str, Places]) -> None:
    """Raise UsageError unless the file has the columns without which nothing can be stored."""
    needed = [("score", layout.columns["score"])] if "score" in layout.columns else []
    needed += [("score", question.score) for question in layout.questions]
    for ours, names in needed:
        if not places(head.names, names):
            raise _missing(layout, head, ours, names)
    if not {*columns, *layout.constants} & set(ONE_OF):
        ours = next(name for name in ("answered_at", *ONE_OF) if name in layout.columns)
        raise _missing(layout, head, ours, layout.columns[ours])


def _missing(layout: Layout, head: Head, ours: str, names: Sequence[str]) -> UsageError:
    return UsageError(
        NO_COLUMN, ours=ours, title=layout.title, names=", ".join(names),
        header=", ".join(shown(name.strip()) for name in head.names if name.strip()),
    )  # fmt: skip


def _asked(
    layout: Layout, head: Head, columns: Mapping[str, Places], kept: Sequence[Sequence[str]], judge: Judge
) -> tuple[Asked, ...]:
    """The questions of a file."""
    comment = columns.get("comment", ())
    if layout.find_questions:
        return judge.found(seen(other_columns(layout, head, columns), kept), comment)
    if layout.questions:
        return tuple(_question(each, head, kept, judge) for each in layout.questions)
    if "score" not in layout.columns:
        return ()
    if "metric" in layout.constants or "metric" in columns:
        return (Asked(columns["score"], "", comment),)
    (column,) = seen([Column(columns["score"], head.text(columns["score"][0][0]))], kept)
    metric = judge.first_fitting(layout.metrics, column) if layout.metrics else judge.certain(column)
    return (Asked(columns["score"], metric, comment),)


def _question(question: Question, head: Head, kept: Sequence[Sequence[str]], judge: Judge) -> Asked:
    score = places(head.names, question.score)
    (column,) = seen([Column(score, head.text(score[0][0]))], kept)
    metric = question.metric or judge.certain(column)
    return Asked(score, metric, places(head.names, question.comment))
