"""Rows of the CSV file of answers: an interaction, a question about it, and the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from cxbot.core.csv_files.cells import number, whole
from cxbot.core.csv_files.columns import Line, Table
from cxbot.core.csv_files.times import without_time
from cxbot.core.metrics.estimates import check_score
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.shipped import FCR
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.surveys.survey import REASONS
from cxbot.core.surveys.translations import Text
from cxbot.errors import N_, Joined, UsageError

COLUMNS = (
    "external_id",
    "survey",
    "metric",
    "score",
    "reasons",
    "comment",
    "asked_by",
    "sent_at",
    "answered_at",
    "team",
    "agent",
    "customer",
    "company",
    "touchpoint",
    "stage",
    "channel",
    "topic",
    "opened_at",
    "closed_at",
    "handling_seconds",
    "first_contact_resolution",
)
ONE_OF = ("sent_at", "answered_at", "closed_at")
TIMES = ("sent_at", "answered_at", "opened_at", "closed_at")
NAMES = ("team", "agent", "customer", "company", "touchpoint", "stage", "channel", "topic", "survey")
WAYS = {
    "": "automatic",
    "automatic": "automatic",
    "hand-picked": "hand-picked",
    "hand_picked": "hand-picked",
    "campaign": "campaign",
}
CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])")
A_DAY = timedelta(days=1)
BOXES = {"TRUE": "yes", "FALSE": "no"}  # as spreadsheets write them
BROUGHT_ALONG = "column"  # the version of an answer that came in a column of a row about another metric
RESOLUTION = {"yes": 1, "no": 0, "unsure": FCR.aside["unsure"]}

NOT_WHOLE = N_("“%(text)s” is not a whole number. Scores of %(metric)s go from %(low)s to %(high)s.")
CHOICE = N_("%(label)s = %(score)s")
NO_ANSWER = N_(
    "“%(text)s” is not an answer of %(metric)s. Give a whole number from %(low)s to %(high)s or a word: %(answers)s."
)


def _check_whole(catalogue: Catalogue, record: dict[str, Any], line: Line) -> None:
    """Check the columns of a row together, and complete `metric`, `survey`, `score` and `answered_at`."""
    if not (record["answered_at"] or record["sent_at"] or record["closed_at"] or set(ONE_OF) & set(line.failed)):
        line.wrong("answered_at", UsageError(N_("one of sent_at, answered_at and closed_at is required.")))
    named = catalogue.measure(record["survey"].lower())
    if not record["metric"] and isinstance(named, Metric):
        record["metric"] = named.name
    if record["metric"] and not record["survey"]:
        survey = catalogue.asked_in.get(record["metric"])
        record["survey"] = survey.name if survey else record["metric"]
    if record["metric"] == FCR.name and record["score"] is None and record["first_contact_resolution"]:
        record["score"] = RESOLUTION[record["first_contact_resolution"]]
    if record["score"] is not None and "metric" not in line.failed:
        _check_score(catalogue, record, line)
    _check_times(record, line)
    if record["score"] is not None:
        record["answered_at"] = record["answered_at"] or record["closed_at"] or record["sent_at"]


def _check_score(catalogue: Catalogue, record: dict[str, Any], line: Line) -> None:
    if not record["metric"]:
        line.wrong("metric", UsageError(N_("a score needs a metric: %(all)s."), all=Joined(tuple(catalogue.metrics))))
        return
    try:
        record["score"] = _on_scale(catalogue, record["metric"], record["score"])
    except UsageError as error:
        line.wrong("score", error)


def _check_times(record: dict[str, Any], line: Line) -> None:
    """Nobody answers before they are asked, and nothing is closed before it is opened. An answer of the day on which it
    was asked for, without a time of day, counts at `sent_at`."""
    sent, answered = record["sent_at"], record["answered_at"]
    if sent and answered and answered < sent and (record["score"] is not None or "score" not in line.cells):
        if without_time(line.cells["answered_at"]) and sent - answered < A_DAY:
            record["answered_at"] = sent
        else:
            line.wrong("answered_at", _before(line, "answered_at", "sent_at"))
    opened, closed = record["opened_at"], record["closed_at"]
    if opened and closed and closed < opened:
        line.wrong("closed_at", _before(line, "closed_at", "opened_at"))


def _before(line: Line, column: str, other: str) -> UsageError:
    return UsageError(
        N_("“%(text)s” is before %(other)s, “%(from_then)s”. Correct one of the two."),
        text=line.cells[column].strip(), other=other, from_then=line.cells[other].strip(),
    )  # fmt: skip


def _on_scale(catalogue: Catalogue, metric: str, score: int | str) -> int:
    """The number of a score or of an answer in words. Raises UsageError that names what can be written."""
    about, survey = catalogue.metrics[metric], catalogue.asked_in.get(metric)
    if not isinstance(score, str) and (about.low <= score <= about.high or score in about.aside.values()):
        return score
    item = survey.item(metric) if survey else None
    labels = [choice for choice in item.choices if choice.label] if item else []
    if isinstance(score, str):
        meant = {choice.score for choice in labels if _said(score) in _words(choice.label)}
        if len(meant) == 1:
            return meant.pop()
    if not isinstance(score, str) and not labels:
        return check_score(about, score)
    ends = {"text": score, "metric": metric.upper(), "low": about.low, "high": max(about.scores)}
    if not labels:
        raise UsageError(NOT_WHOLE, **ends)
    answers = tuple(UsageError(CHOICE, label=_shown(each.label), score=each.score) for each in labels)
    raise UsageError(NO_ANSWER, **ends, answers=Joined(answers))


def _words(label: str) -> set[str]:
    """The forms in which people write an answer: its label in every language."""
    return {_said(each) for each in (label, *(label.given.values() if isinstance(label, Text) else ()))}


def _said(text: str) -> str:
    return " ".join(text.split()).casefold()


def _shown(label: str) -> Text | UsageError:
    """A label as a value of an error, which is shown in the reader's language."""
    return label if isinstance(label, Text) else UsageError(label)


def stated_resolution(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer in `first_contact_resolution` of a row about another metric, as a row of its own.

    It was not asked for by a survey of its own, so it has no response rate. None if the column is empty, or if the row
    is about first-contact resolution itself.
    """
    said = values["first_contact_resolution"]
    if not said or values["metric"] == FCR.name:
        return None
    answered = values["answered_at"] or values["closed_at"] or values["sent_at"]
    return {
        **values,
        "metric": FCR.name,
        "survey": FCR.name,
        "version": BROUGHT_ALONG,
        "score": RESOLUTION[said],
        "reasons": "",
        "comment": "",
        "sent_at": None,
        "answered_at": answered,
    }


def _score(text: str) -> int | str | None:
    """A whole number; a text may be an answer in words, which depends on the metric."""
    text = text.strip()
    if not text:
        return None
    score = whole(text)
    return text if score is None else score


def _reasons(text: str) -> str:
    """The codes of one-tap reasons, as the store keeps them: in their own order, between commas."""
    said = {code.strip().lower() for code in text.split(",")} - {""}
    if wrong := said - set(REASONS):
        raise UsageError(
            N_("“%(text)s” is not a choice here. Choices: %(all)s."), text=min(wrong), all=Joined(tuple(REASONS))
        )
    return ",".join(code for code in REASONS if code in said)


def _metric(catalogue: Catalogue, text: str) -> str:
    name = text.strip().lower()
    if name and name not in catalogue.metrics:
        raise UsageError(
            N_("“%(text)s” is not a metric. Metrics: %(all)s."), text=text, all=Joined(tuple(catalogue.metrics))
        )
    return name


def _way(text: str) -> str:
    name = text.strip().lower()
    if name not in WAYS:
        raise UsageError(N_("“%(text)s” is not a way of asking. Ways: automatic, hand-picked, campaign."), text=text)
    return WAYS[name]


def _seconds(text: str) -> float | None:
    if not text.strip():
        return None
    if match := CLOCK.fullmatch(text.strip()):
        hours, minutes, rest = map(int, match.groups())
        return float(3600 * hours + 60 * minutes + rest)
    seconds = number(text)
    if seconds is None or seconds < 0:
        raise UsageError(
            N_("“%(text)s” is not a number of seconds from 0 on. Write it like 420 or 0:07:00."), text=text
        )
    return seconds


def _resolution(text: str) -> str:
    name = BOXES.get(text.strip(), text.strip().lower())
    if name and name not in RESOLUTION:
        raise UsageError(N_("“%(text)s” is not yes, no or unsure."), text=text)
    return name


def _key(values: Mapping[str, Any]) -> tuple[str, str] | None:
    return (values["external_id"], values["metric"]) if values["external_id"] else None


READERS: dict[str, Callable[[str], Any]] = {
    "score": _score,
    "reasons": _reasons,
    "asked_by": _way,
    "comment": lambda text: text,
    "handling_seconds": _seconds,
    "first_contact_resolution": _resolution,
}


def table_of(catalogue: Catalogue) -> Table:
    """The table of answers and interactions.

    Times are aware, `score` is a whole number or None, comments are unchanged. A score without `answered_at` counts at
    `closed_at`, else at `sent_at`.
    """
    return Table(
        COLUMNS, {**READERS, "metric": partial(_metric, catalogue)}, ONE_OF, "external_id", _key, moments=TIMES,
        whole=partial(_check_whole, catalogue),
    )  # fmt: skip
