"""Rows of the CSV file of answers: an interaction, a question about it, and the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from cxbot.core.csv_files.columns import Table
from cxbot.core.metrics.estimates import check_score
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.shipped import FCR
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.errors import CxbotError

COLUMNS = (
    "external_id",
    "survey",
    "metric",
    "score",
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
TIMES = ("sent_at", "answered_at", "opened_at", "closed_at")
NAMES = ("team", "agent", "customer", "company", "touchpoint", "stage", "channel", "topic", "survey")
WAYS = {
    "": "automatic",
    "automatic": "automatic",
    "hand-picked": "hand-picked",
    "hand_picked": "hand-picked",
    "campaign": "campaign",
}


BROUGHT_ALONG = "column"  # the version of an answer that came in a column of a row about another metric
RESOLUTION = {"yes": 1, "no": 0, "unsure": FCR.aside["unsure"]}


def _check_whole(catalogue: Catalogue, record: dict[str, Any], line: int, problems: list[str]) -> None:
    """Check the columns of a row together, and complete `metric`, `survey`, `score` and `answered_at`.

    Appends what is wrong to `problems`.
    """
    if not any(record[name] for name in ("sent_at", "answered_at", "closed_at")):
        problems.append(f"Line {line}, column answered_at: one of sent_at, answered_at and closed_at is required.")
    named = catalogue.measure(record["survey"].lower())
    if not record["metric"] and isinstance(named, Metric):
        record["metric"] = named.name
    if record["metric"] and not record["survey"]:
        survey = catalogue.asked_in.get(record["metric"])
        record["survey"] = survey.name if survey else record["metric"]
    if record["metric"] == FCR.name and record["score"] is None and record["first_contact_resolution"]:
        record["score"] = RESOLUTION[record["first_contact_resolution"]]
    if record["score"] is None:
        return
    if not record["metric"]:
        problems.append(f"Line {line}, column metric: a score needs a metric: {', '.join(catalogue.metrics)}.")
        return
    try:
        check_score(catalogue.metrics[record["metric"]], record["score"])
    except CxbotError as error:
        problems.append(f"Line {line}, column score: {error}")
    record["answered_at"] = record["answered_at"] or record["closed_at"] or record["sent_at"]


def stated_resolution(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer in `first_contact_resolution` of a row about another metric, as a row of its own.

    None if the column is empty, or if the row is about first-contact resolution itself.
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
        "comment": "",
        "answered_at": answered,
    }


def time(text: str) -> datetime | None:
    """The moment in a cell, in UTC; None for an empty cell. Raises ValueError unless it has a time zone."""
    text = text.strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"“{text}” is not a time. Write it like 2026-11-21T10:05:00+02:00.") from None
    if moment.tzinfo is None:
        raise ValueError(f"“{text}” has no time zone. Write it like {text}Z or {text}+02:00.")
    return moment


def _score(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.lstrip("-").isdigit()):
        raise ValueError(f"“{text}” is not a whole number.")
    return int(text)


def _metric(catalogue: Catalogue, text: str) -> str:
    name = text.strip().lower()
    if name and name not in catalogue.metrics:
        raise ValueError(f"“{text}” is not a metric. Metrics: {', '.join(catalogue.metrics)}.")
    return name


def _way(text: str) -> str:
    name = text.strip().lower()
    if name not in WAYS:
        raise ValueError(f"“{text}” is not a way of asking. Ways: automatic, hand-picked, campaign.")
    return WAYS[name]


def _seconds(text: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a number of seconds.") from None
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"“{text}” is not a number of seconds from 0 on.")
    return seconds


def _resolution(text: str) -> str:
    name = text.strip().lower()
    if name and name not in RESOLUTION:
        raise ValueError(f"“{text}” is not yes, no or unsure.")
    return name


READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(TIMES, time),
    "score": _score,
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
    readers: dict[str, Callable[[str], Any]] = {**READERS, "metric": partial(_metric, catalogue)}
    one_of = ("sent_at", "answered_at", "closed_at")
    return Table(COLUMNS, readers, one_of, partial(_check_whole, catalogue))
