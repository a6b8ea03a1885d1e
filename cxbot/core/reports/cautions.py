"""Warnings that a figure may mislead; each has the numbers that it is based on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxbot.core.metrics import differences
from cxbot.core.metrics.differences import Change

LEAST_ANSWERS = 20  # answers; with fewer, a few customers always give most of them
LEAST_ASKED = 20  # surveys or interactions needed on both sides of a comparison
FEW = 5  # customers at most who count as "few"
FALSE_DISCOVERIES = 0.05  # stricter than for segments, because a warning casts doubt on somebody's work
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning: its `code`, and the values that it is based on (percentages 0–100, counts, names)."""

    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A share as two counts: `part` of `whole`."""

    part: int
    whole: int

    @property
    def percent(self) -> float:
        """The share in percent, 0–100; 0 if the whole is 0."""
        return 100 * self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Background:
    """How the answers of a slice came about.

    `several` has the number of answers of each customer who gave more than one. `answered` has, by dimension
    (channel, topic, handling time) and value, the share of surveys that were answered, among delivered surveys whose
    window is over. `asked` has the share of each agent's interactions that customers were asked about. `changed` is
    the share of answers that were changed after somebody had taken on the case. `settled` and `settled_before` are the
    shares of surveys that were answered, among surveys whose window is over: in this period, and in the period it is
    compared with.
    """

    several: Sequence[int] = ()
    answered: Mapping[str, Mapping[str, Share]] = field(default_factory=dict)
    asked: Mapping[str, Share] = field(default_factory=dict)
    changed: Share = Share(0, 0)
    settled: Share = Share(0, 0)
    settled_before: Share = Share(0, 0)


def cautions(n: int, background: Background, change: Change | None) -> tuple[Caution, ...]:
    """All warnings about n answers. Among warnings of one kind, the most certain comes first.

    `change` is the change of the score from the other period; None if there is none.
    """
    warnings = [*_concentrated(n, background.several), *_uneven(background)]
    warnings += _moved_together(change, background.settled, background.settled_before)
    if background.changed.part:
        warnings.append(
            Caution("changed_after_contact", {"n": background.changed.part, "answers": background.changed.whole})
        )
    return tuple(warnings)


def _concentrated(n: int, several: Sequence[int]) -> list[Caution]:
    """A warning if at most 5 customers gave more than half of the answers."""
    if n < LEAST_ANSWERS:
        return []
    covered = 0
    for customers, answers in enumerate(sorted(several, reverse=True)[:FEW], start=1):
        covered += answers
        if 2 * covered > n:
            return [Caution("few_customers", {"customers": customers, "share": 100 * covered / n})]
    return []


def _uneven(background: Background) -> list[Caution]:
    """Warnings about uneven asking and answering.

    They name values of a dimension whose surveys were answered more or less often than the others, and agents whose
    interactions were asked about less often.
    """
    tested = [
        ("answered_differently", dimension, value, share, _rest(shares, value))
        for dimension, shares in background.answered.items()
        for value, share in shares.items()
    ]
    tested += [("asked_less", "agent", agent, share, _rest(background.asked, agent))
               for agent, share in background.asked.items()]  # fmt: skip
    known = []
    for code, dimension, value, share, rest in tested:
        if min(share.whole, rest.whole) < LEAST_ASKED:
            continue
        change = differences.shares(share.part, share.whole, rest.part, rest.whole)
        if change is not None:
            known.append((change, code, dimension, value, share, rest))
    flags = differences.flag([change.p for change, *_ in known], FALSE_DISCOVERIES)
    flagged = (candidate for candidate, flag in zip(known, flags, strict=True) if flag)
    sure = sorted(flagged, key=lambda candidate: candidate[0].p)
    less = [candidate for candidate in sure if candidate[1] == "asked_less" and candidate[0].value < 0][:SHOWN]
    # Only the most certain value of each dimension: the others often show the same fact from the other side.
    differing = {candidate[2]: candidate for candidate in reversed(sure) if candidate[1] == "answered_differently"}
    return [
        Caution(code, {"dimension": dimension, "value": value, "share": share.percent, "rest": rest.percent,
                       "n": share.whole})
        for _, code, dimension, value, share, rest in [*sorted(differing.values(), key=sure.index), *less]
    ]  # fmt: skip


def _rest(shares: Mapping[str, Share], value: str) -> Share:
    others = [share for name, share in shares.items() if name != value]
    return Share(sum(share.part for share in others), sum(share.whole for share in others))


def _moved_together(change: Change | None, now: Share, then: Share) -> list[Caution]:
    """A warning if the response rate, of surveys whose window is over, changed together with the score."""
    if not differences.shown_change(change) or min(now.whole, then.whole) < LEAST_ASKED:
        return []
    if not differences.shown_change(differences.shares(now.part, now.whole, then.part, then.whole)):
        return []
    return [Caution("response_moved", {"rate": now.percent, "previous": then.percent})]


def as_json(warnings: Sequence[Caution]) -> list[dict[str, Any]]:
    """The cautions in the form of the contract's `warnings`."""
    return [{"code": caution.code, **caution.values} for caution in warnings]
