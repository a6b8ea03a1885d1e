"""A campaign: a survey to a list of people, spread over some working days, and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cxbot.core import names
from cxbot.core.invitations.outcomes import ANSWERED, ASKED, outcome
from cxbot.errors import N_, Refused, UsageError

VIA = "campaign"  # how its surveys are asked, and by whom
LONGEST_NAME = 100
NO_NAME = N_("A campaign needs a name of at most %(most)s characters.")
NEXT_DAY = timedelta(days=1)
PASSING = (
    "throttled", "relationship_throttled", "company_throttled", "company_relationship_throttled", "waiting", "incident",
    "paused",
)  # fmt: skip
"""The codes of refusals that end by themselves."""
OVER = "over"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign. `state` is `running`, `paused` or `stopped`. `held_since` is the beginning of a pause, its own or its
    team's, that has not moved the times of its people yet."""

    id: int
    name: str
    team_id: int
    survey: str
    state: str
    started_at: datetime
    ends_at: datetime
    held_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a campaign. `address` is a Slack id or an e-mail address, and `email` the one beside a Slack id.
    `timezone` is "" if it is not known; then it is the team's. `line` is that of the file, 0 if it has none."""

    address: str
    email: str = ""
    company: str = ""
    locale: str = ""
    timezone: str = ""
    line: int = 0


class Tally(NamedTuple):
    """A number of a campaign's people who are alike: `left_out` says why somebody has no invitation, and `state` and
    `reason` are those of the invitation; "" if there is none."""

    left_out: str
    state: str
    reason: str
    answered: bool
    commented: bool
    n: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: everybody either waits, was sent the survey, or was not asked. `answered` are some of
    those to whom it was sent. `not_asked` has numbers by reason: the code of a refusal, or a word for what happened."""

    campaign: Campaign
    team: str
    waiting: int
    sent: int
    answered: int
    not_asked: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """Everybody of the campaign."""
        return self.waiting + self.sent + sum(self.not_asked.values())

    @property
    def state(self) -> str:
        """`running`, `paused`, `stopped`, or `over` if nobody waits any more."""
        return OVER if self.campaign.state == "running" and not self.waiting else self.campaign.state


def progress(campaign: Campaign, team: str, tallies: Iterable[Tally]) -> Progress:
    """The progress by what has become of everybody."""
    numbers: Counter[str] = Counter()
    not_asked: Counter[str] = Counter()
    for each in tallies:
        word = outcome(each.state, each.reason, answered=each.answered, commented=each.commented)
        if each.left_out:
            not_asked[each.left_out] += each.n
        elif not each.state or word == "waiting":
            numbers["waiting"] += each.n
        elif word in ASKED and word != "undeliverable":
            numbers["sent"] += each.n
            numbers["answered"] += each.n if word in ANSWERED else 0
        else:
            not_asked[each.reason if each.state == "refused" else word] += each.n
    by_number = dict(sorted(not_asked.items(), key=lambda item: (-item[1], item[0])))
    return Progress(campaign, team, numbers["waiting"], numbers["sent"], numbers["answered"], by_number)


def as_json(found: Progress) -> dict[str, Any]:
    """The progress as data."""
    campaign = found.campaign
    return {
        "name": campaign.name,
        "team": found.team,
        "survey": campaign.survey,
        "state": found.state,
        "started_at": campaign.started_at.isoformat(),
        "ends_at": campaign.ends_at.isoformat(),
        "people": found.people,
        "waiting": found.waiting,
        "sent": found.sent,
        "answered": found.answered,
        "not_asked": dict(found.not_asked),
    }


def name_of(text: str) -> str:
    """The name of a campaign as it is stored. Raises UsageError if it is empty or longer than 100 characters."""
    name = names.shown(text)
    if not names.key(name) or len(name) > LONGEST_NAME:
        raise UsageError(NO_NAME, most=LONGEST_NAME)
    return name


def possible_from(refusal: Refused, now: datetime) -> datetime | None:
    """From when on somebody may be asked who was refused now; None if that will not end by itself."""
    code = str(refusal.values.get("code", ""))
    if code not in PASSING:
        return None
    free = refusal.values.get("free")
    return free if isinstance(free, datetime) else now + NEXT_DAY
