"""A team of agents: whom it asks, where and when, and who may see what."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cxbot.core import names
from cxbot.core.calendar.hours import OFF, Hours, parse_hours
from cxbot.core.surveys.survey import Survey


@dataclass(frozen=True, slots=True)
class Team:
    """A registered team.

    `members` and `leads` are Slack ids of people (U…, W…) or user groups (S…). `digest` is a slot such as `mon 09:00`
    or `monthly 09:00`, or `off`. `hours` are working hours such as `mon-fri 8-18`, or `always`. A survey waits
    `delay_minutes` after a close. A customer gets at most one survey in `throttle_days` days. `delivery` is `auto` (the
    thread in a shared channel, else a direct message), `thread` or `dm`. `agents` says who sees agents' figures: `off`
    (agents are not stored), `own` (agents see their own, leads see all) or `lead` (leads only). With `rehearsal` nobody
    is asked; instead, the leads see who would have been asked.

    `sampling` is the percentage of closed interactions about which is asked; it does not concern what a person chose by
    hand. `reaction_means` says whether the reaction is the rule for every conversation (`close`) or somebody's choice
    (`ask`). Nobody of the `never_companies` is asked. In `company_days` days, at most one person of a company is asked;
    0 for no such limit. `silence` says after how many working hours a quiet thread of a source channel is closed, such
    as `4h`, or `off`.

    `conditions` say which closes count, unless a person chose to ask ("" for all; see `conditions.py`). On the days
    that `holidays` names nobody is asked; `closed` are these days. After `reminder_days` a customer who has not
    answered is reminded once; 0 for never. A relationship question, which comes with a campaign, needs
    `relationship_days` since the last one. `surveys` has the sources of closes that are asked about with a survey of
    their own. A survey about a thread waits until nobody has written there for the time `quiet`, such as `30m`, or
    `off`.
    """

    id: int
    name: str
    channel: str
    leads_channel: str
    leads: tuple[str, ...]
    members: tuple[str, ...]
    source_channels: tuple[str, ...]
    timezone: str
    locale: str
    digest: str
    survey: Survey
    delay_minutes: int
    throttle_days: int
    hours: str
    reaction: str
    delivery: str
    agents: str
    rehearsal: bool
    paused: bool
    created_at: datetime
    sampling: int = 100
    reaction_means: str = "ask"
    never_companies: tuple[str, ...] = ()
    company_days: int = 0
    silence: str = OFF
    conditions: str = ""
    holidays: str = OFF
    closed: Container[date] = ()
    reminder_days: int = 0
    relationship_days: int = 90
    surveys: tuple[tuple[str, Survey], ...] = ()
    quiet: str = OFF

    @property
    def working_hours(self) -> Hours:
        """The hours in which customers are asked, without the days on which nobody is."""
        return replace(parse_hours(self.hours), closed=self.closed)

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone; `timezone` is its IANA name."""
        return ZoneInfo(self.timezone)

    def survey_for(self, source: str) -> Survey:
        """What is asked about a close from a source, such as a hook's name or `reaction`."""
        own = {names.key(each): survey for each, survey in self.surveys}
        return own.get(names.key(source), self.survey)


DEFAULT_SURVEY = "csat"
DEFAULT_DELAY = 10
DEFAULT_THROTTLE = 30
DEFAULT_RELATIONSHIP = 90
DEFAULT_HOURS = "mon-fri 8-18"
DEFAULT_REACTION = "ballot_box_with_ballot"
DELIVERIES = ("auto", "thread", "dm")
AGENT_VIEWS = ("off", "own", "lead")
REACTION_MEANINGS = ("close", "ask")
