"""The funnel: how many closes could be asked about, were asked, and answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cxbot.core.invitations.outcomes import ANSWERED, ASKED, NOT_ELIGIBLE, outcome


class Tally(NamedTuple):
    """A number of closes that are alike."""

    state: str
    reason: str
    agent: str
    answered: bool
    commented: bool
    paused: bool
    n: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many closes there were in a period, how many of them could be asked about, were asked, and answered.

    `outcomes` has the number of each outcome. `by_agent` has the numbers of closes and of those that were asked about.
    """

    closed: int = 0
    eligible: int = 0
    asked: int = 0
    answered: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    by_agent: Mapping[str, tuple[int, int]] = field(default_factory=dict)


NO_CLOSES = Funnel()


def funnel(tallies: Iterable[Tally]) -> Funnel:
    """The funnel of all closes of a period."""
    outcomes: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for each in tallies:
        word = outcome(each.state, each.reason, answered=each.answered, commented=each.commented, paused=each.paused)
        outcomes[word] += each.n
        if each.agent:
            closed[each.agent] += each.n
            asked[each.agent] += each.n if word in ASKED else 0
    every = sum(outcomes.values())
    return Funnel(
        every,
        every - sum(outcomes[word] for word in NOT_ELIGIBLE),
        sum(outcomes[word] for word in ASKED),
        sum(outcomes[word] for word in ANSWERED),
        dict(sorted(outcomes.items())),
        {agent: (n, asked[agent]) for agent, n in sorted(closed.items())},
    )


def as_json(found: Funnel) -> dict[str, Any]:
    """The funnel as data."""
    return {
        "closed": found.closed,
        "eligible": found.eligible,
        "asked": found.asked,
        "answered": found.answered,
        "outcomes": dict(found.outcomes),
        "by_agent": {agent: {"closed": n, "asked": asked} for agent, (n, asked) in found.by_agent.items()},
    }
