"""One row of the contract's CSV: an interaction, a question asked about it, and what came back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cxbot.core.metrics import FCR, METRICS, check_score
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


RESOLUTION = {"yes": 1, "no": 0, "unsure": FCR.aside["unsure"]}


@dataclass(frozen=True, slots=True)
class Record:
    """The values of a row by column: times aware, `score` a number or None, text stripped at its ends
    (comments as they are). A score without `answered_at` counts at `closed_at`, else at `sent_at`."""

    line: int
    values: dict[str, Any]


def read_row(header: Sequence[str], cells: Sequence[str], line: int, problems: list[str]) -> Record | None:
    """A row as typed values, or None with what is wrong, by line and column, added to `problems`."""
    if len(cells) != len(header):
        problems.append(f"Line {line}: {len(cells)} columns instead of the header's {len(header)}.")
        return None
    given = dict(zip(header, cells, strict=True))
    found: dict[str, Any] = {}
    before = len(problems)
    for name in COLUMNS:
        text = given.get(name, "")
        try:
            found[name] = READERS.get(name, str.strip)(text)
        except ValueError as error:
            problems.append(f"Line {line}, column {name}: {error}")
    if len(problems) > before:
        return None
    _check_whole(found, line, problems)
    return None if len(problems) > before else Record(line, found)


def _check_whole(found: dict[str, Any], line: int, problems: list[str]) -> None:
    """What no column can tell alone; completes `metric`, `survey` and `answered_at`."""
    if not any(found[name] for name in ("sent_at", "answered_at", "closed_at")):
        problems.append(f"Line {line}, column answered_at: one of sent_at, answered_at and closed_at is required.")
    if not found["metric"] and found["survey"].lower() in METRICS:
        found["metric"] = found["survey"].lower()
    if found["metric"] and not found["survey"]:
        found["survey"] = found["metric"]
    if found["metric"] == FCR.name and found["score"] is None and found["first_contact_resolution"]:
        found["score"] = RESOLUTION[found["first_contact_resolution"]]
    if found["score"] is None:
        return
    if not found["metric"]:
        problems.append(f"Line {line}, column metric: a score needs a metric: {', '.join(METRICS)}.")
        return
    try:
        check_score(METRICS[found["metric"]], found["score"])
    except CxbotError as error:
        problems.append(f"Line {line}, column score: {error}")
    found["answered_at"] = found["answered_at"] or found["closed_at"] or found["sent_at"]


def stated_resolution(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer to “Was it resolved on first contact?” that a row about something else brings along, as a row of
    its own; None where there is none."""
    said = values["first_contact_resolution"]
    if not said or values["metric"] == FCR.name:
        return None
    answered = values["answered_at"] or values["closed_at"] or values["sent_at"]
    own = {"metric": FCR.name, "survey": FCR.name, "score": RESOLUTION[said], "comment": "", "answered_at": answered}
    return {**values, **own}


def _time(text: str) -> datetime | None:
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


def _metric(text: str) -> str:
    name = text.strip().lower()
    if name and name not in METRICS:
        raise ValueError(f"“{text}” is not a metric. Metrics: {', '.join(METRICS)}.")
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
    **dict.fromkeys(TIMES, _time),
    "score": _score,
    "metric": _metric,
    "asked_by": _way,
    "comment": lambda text: text,
    "handling_seconds": _seconds,
    "first_contact_resolution": _resolution,
}
