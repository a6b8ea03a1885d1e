"""The register of touchpoints and its CSV file: each one's place in the customer journey, and who controls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxbot.core.csv_files.columns import Table
from cxbot.core.names import key
from cxbot.errors import N_, Joined, UsageError

STAGES = ("before", "during", "after")
"""Before, during and after the purchase, in the order of the journey."""

COLUMNS = ("touchpoint", "stage", "contact", "ours")
CONTACTS = {"": 1, "direct": 1, "indirect": 0}
OURS = {"": 1, "yes": 1, "no": 0, "true": 1, "false": 0}  # TRUE is how spreadsheets write a box
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A touchpoint of the customer journey.

    `stage` is one of `STAGES`. `direct` says whether it is a direct contact with the company: a shop is, a review
    elsewhere is not. `ours` says whether the company controls it.
    """

    name: str
    stage: str
    direct: bool = True
    ours: bool = True


def name_of(text: str) -> str:
    """The name without extra spaces. Raises UsageError if it is empty or longer than 200 characters."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(N_("a touchpoint needs a name of at most %(most)s characters."), most=LONGEST_NAME)
    return name


def _stage(text: str) -> str:
    stage = text.strip().lower()
    if stage not in STAGES:
        raise UsageError(
            N_("“%(text)s” is not a stage. Stages: %(all)s (of the purchase)."), text=text, all=Joined(STAGES)
        )
    return stage


def _choice(choices: dict[str, int]) -> Callable[[str], int]:
    def choose(text: str) -> int:
        if text.strip().lower() not in choices:
            known = Joined(tuple(choice for choice in choices if choice not in ("", "true", "false")))
            raise UsageError(N_("“%(text)s” is not a choice here. Choices: %(all)s."), text=text, all=known)
        return choices[text.strip().lower()]

    return choose


READERS: dict[str, Callable[[str], Any]] = {
    "touchpoint": name_of,
    "stage": _stage,
    "contact": _choice(CONTACTS),
    "ours": _choice(OURS),
}
TOUCHPOINTS = Table(COLUMNS, READERS, ("touchpoint",), "touchpoint", lambda values: key(values["touchpoint"]))
"""`contact` is 1 for direct, `ours` is 1 for yes. Both are 1 if the cell is empty. `stage` is None
if the file has no such column."""
