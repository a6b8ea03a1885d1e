"""Whether, when and how a customer may be asked: the budgets and the manners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cxbot.core.calendar.hours import next_open, parse_hours
from cxbot.core.calendar.incidents import Incident
from cxbot.core.invitations.replies import Answer, lock_time
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused

WINDOW = timedelta(days=7)  # a survey can be answered for this long
TOO_OLD = timedelta(days=7)  # a close older than this is not asked about
AT_ONCE = ("command", "shortcut")


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack knows of a person, as far as the bot needs it.

    `full_member` is true for people of the workspace who are neither guests nor bots nor external.
    """

    id: str
    bot: bool
    gone: bool
    external: bool
    guest: bool
    timezone: str
    locale: str = ""

    @property
    def full_member(self) -> bool:
        return not (self.bot or self.gone or self.external or self.guest)

    @property
    def outsider(self) -> bool:
        """Whether internal matters must not be shown to this person. Bots read nothing and don't count."""
        return (self.external or self.guest) and not self.bot


@dataclass(frozen=True, slots=True)
class Invitation:
    """One survey sent, or about to be, to one customer. Everything but the course of events is fixed when
    it is made; `key` is opaque and the only name by which Slack's messages know it."""

    key: str
    state: str
    reason: str
    survey: Survey
    team_id: int
    team: str
    agent: str
    customer: str
    channel: str
    thread_ts: str
    trigger_ts: str
    delivery: str
    topic: str
    touchpoint: str
    asked_by: str
    asked_via: str
    timezone: str
    locale: str
    closed_at: datetime
    send_at: datetime
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    message_channel: str = ""
    message_ts: str = ""

    def locked_at(self, answer: Answer) -> datetime | None:
        """Until when a score can be changed; None as long as there is none."""
        return None if answer.answered_at is None else lock_time(answer.answered_at, self.timezone)

    def can_change(self, answer: Answer, now: datetime) -> bool:
        """Whether a score can still be given or changed."""
        locked_at = self.locked_at(answer)
        return locked_at is None or now < locked_at

    def open_at(self, now: datetime) -> bool:
        """Whether an answer still counts."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class History:
    """What the budgets look at: the customer's refusal, last survey and waiting survey, and the known incident that
    was going on when the interaction was closed."""

    opted_out: bool
    last_sent_at: datetime | None
    waiting_until: datetime | None
    paused: bool
    incident: Incident | None = None


def check_customer(customer: Person, asker: str, team_people: frozenset[str], survey: Survey) -> None:
    """Raise Refused for people who are never asked: bots, the team itself, oneself, people who left. A survey for
    employees is the other way round: only full members of the workspace, those of the team among them."""
    if customer.id == asker:
        raise Refused(N_("You can't ask yourself. Name the customer: `/cx ask @customer`."), code="self")
    if customer.bot:
        raise Refused(N_("That is a bot or an app; only people are asked."), code="bot")
    if customer.gone:
        raise Refused(N_("That person's account is deactivated, so no survey can reach them."), code="gone")
    if survey.employees and not customer.full_member:
        raise Refused(
            N_("The survey `%(survey)s` is for colleagues, not for guests and people of other companies."),
            code="outsider",
            survey=survey.name,
        )
    if customer.id in team_people and not survey.employees:
        raise Refused(
            N_("<@%(customer)s> belongs to the team; only customers are asked."),
            code="team",
            customer=customer.id,
        )


def check_budget(history: History, throttle_days: int, closed_at: datetime, now: datetime) -> None:
    """Raise Refused, with the date from which asking is possible, where a budget or a wish forbids it."""
    if history.paused:
        raise Refused(N_("Surveys are paused. A lead can start them again with `/cx resume`."), code="paused")
    if history.opted_out:
        raise Refused(N_("This customer has asked not to get surveys."), code="opted_out")
    if now - closed_at > TOO_OLD:
        raise Refused(N_("That was closed more than 7 days ago; it is too late to ask about it."), code="too_old")
    if history.incident is not None:
        raise Refused(
            N_("“%(name)s” (%(days)s) is a known incident: nobody is asked about what was closed on those days."),
            code="incident",
            name=history.incident.name,
            days=history.incident.key,
        )
    if history.waiting_until is not None:
        raise Refused(
            N_("A survey for this customer is already waiting; it goes out on %(when)s."),
            code="waiting",
            when=history.waiting_until,
        )
    if history.last_sent_at is not None:
        free = history.last_sent_at + timedelta(days=throttle_days)
        if now < free:
            raise Refused(
                N_(
                    "This customer was asked on %(last)s and can be asked again from %(free)s "
                    "(at most one survey per person in %(days)s days)."
                ),
                code="throttled",
                last=history.last_sent_at,
                free=free,
                days=throttle_days,
            )


def send_time(team: Team, survey: Survey, customer: Person, via: str, closed_at: datetime) -> datetime:
    """When a survey goes out: at once where a person asked for it in words, else after the team's delay (and the
    survey's own) and in working hours of the customer's zone (the team's where Slack names none)."""
    if via in AT_ONCE:
        return closed_at
    earliest = closed_at + survey.after + timedelta(minutes=team.delay_minutes)
    return next_open(earliest, parse_hours(team.hours), zone_of(customer, team))


def zone_of(customer: Person, team: Team) -> str:
    """The customer's zone, or the team's where Slack names none that is known here."""
    try:
        return ZoneInfo(customer.timezone or team.timezone).key
    except (KeyError, ValueError):  # Slack may name a zone newer than this machine's table
        return team.timezone


def way(team: Team, survey: Survey, channel_is_shared: bool, thread_ts: str) -> str:
    """`thread` or `dm`: the team's choice; by default the thread in a Slack Connect channel, else a DM. Employees
    are always asked directly."""
    if not thread_ts or survey.employees:
        return "dm"
    if team.delivery == "auto":
        return "thread" if channel_is_shared else "dm"
    return team.delivery
