"""The rules for asking: whether, when and how a customer may be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cxbot.core.calendar.hours import next_open, parse_hours
from cxbot.core.calendar.incidents import Incident
from cxbot.core.invitations.replies import Answer, lock_time
from cxbot.core.names import key
from cxbot.core.surveys.own_surveys import languages
from cxbot.core.surveys.survey import Survey
from cxbot.core.surveys.translations import LOCALES
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused, Somebody

WINDOW = timedelta(days=7)  # a survey can be answered for this long
TOO_OLD = timedelta(days=7)  # nobody is asked about an older close
AT_ONCE = ("command", "shortcut")
THROTTLED = N_(
    "This customer was asked on %(last)s and can be asked again from %(free)s "
    "(at most one survey per person in %(days)s days)."
)
RELATIONSHIP = N_(
    "This customer got a relationship question on %(last)s and can get one again from %(free)s "
    "(at most one per person in %(days)s days)."
)
COMPANY = N_(
    "Somebody of this company was asked on %(last)s; the company can be asked again from %(free)s "
    "(at most one survey per company in %(days)s days)."
)
COMPANY_RELATIONSHIP = N_(
    "Somebody of this company got a relationship question on %(last)s; the company can get one again from %(free)s "
    "(at most one per company in %(days)s days)."
)


@dataclass(frozen=True, slots=True)
class Person:
    """What the bot needs to know about a person.

    `gone` means a deactivated account; `external` means a person of another workspace, which is `workspace`.
    `organisation` is known if Slack names it with the person. `domain` is that of the e-mail address of somebody who is
    not of this workspace. `name` is what they are called, `real_name` their whole name. What is not known is "".
    """

    id: str
    bot: bool
    gone: bool
    external: bool
    guest: bool
    timezone: str
    locale: str = ""
    name: str = ""
    real_name: str = ""
    workspace: str = ""
    organisation: str = ""
    domain: str = ""

    @property
    def full_member(self) -> bool:
        """Whether this is an active member of the workspace: no guest, no bot, nobody external."""
        return not (self.bot or self.gone or self.external or self.guest)

    @property
    def outsider(self) -> bool:
        """Whether this person must not see internal matters. A bot is never an outsider, because it doesn't read."""
        return (self.external or self.guest) and not self.bot


@dataclass(frozen=True, slots=True)
class Invitation:
    """One survey for one customer, sent or waiting.

    After it is created, only its state, reason, times and message change. `key` is opaque. It is the only thing in
    Slack's messages that identifies the invitation. `customer` is a Slack id or an e-mail address; "" only if nobody
    could be asked for want of an address. `interaction` is the number of the interaction that was closed, 0 if it is
    not known.
    """

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
    company: str = ""
    interaction: int = 0

    @property
    def in_slack(self) -> bool:
        """Whether the survey is a message in Slack. Otherwise it is a page, by e-mail or link."""
        return self.delivery in ("thread", "dm")

    def locked_at(self, answer: Answer) -> datetime | None:
        """The moment from which the score can no longer be changed; None without a score."""
        return None if answer.answered_at is None else lock_time(answer.answered_at, self.timezone)

    def can_change(self, answer: Answer, now: datetime) -> bool:
        """Whether a score can be given or changed at `now`."""
        locked_at = self.locked_at(answer)
        return locked_at is None or now < locked_at

    def open_at(self, now: datetime) -> bool:
        """Whether an answer given at `now` counts."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class History:
    """What `check_budget` needs to know about a customer and a close.

    `last_sent_at` is the time of the customer's last survey. `waiting_until` is the time at which a waiting survey goes
    out. `paused` says whether surveys are paused. `incident` is the known incident at the time of the close.
    `company_sent_at` is the time of the last survey to anybody of the customer's company. `asked_at` and
    `company_asked_at` are those of the last relationship question; None unless this is one, too.
    """

    opted_out: bool
    last_sent_at: datetime | None
    waiting_until: datetime | None
    paused: bool
    incident: Incident | None = None
    company_sent_at: datetime | None = None
    asked_at: datetime | None = None
    company_asked_at: datetime | None = None


NO_CUSTOMERS = frozenset({"self", "bot", "team", "outsider"})
"""The codes of refusals by which somebody was no customer at all. What was closed was no contact with one."""


def check_customer(
    customer: Person, known_as: Iterable[str], served_by: Iterable[str], staff: Iterable[str], survey: Survey
) -> None:
    """Raise Refused for people who are never asked: who served, bots, deactivated people and the team's own people.

    `known_as` are all addresses of the customer, and `served_by` those of the agents: people are themselves at any of
    them. A survey for employees is different: it is only for full members of the workspace, and the team may be asked.
    """
    own = {key(each) for each in known_as}
    if own.intersection(map(key, served_by)):
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
    if own.intersection(map(key, staff)) and not survey.employees:
        raise Refused(
            N_("%(customer)s belongs to the team; only customers are asked."),
            code="team",
            customer=Somebody(customer.id),
        )


def check_budget(history: History, team: Team, closed_at: datetime, now: datetime) -> None:
    """Raise Refused if the customer must not be asked now.

    This is so if surveys are paused, the customer has opted out, the close is more than 7 days old or was during a
    known incident, a survey is already waiting, or the last survey was less than the team's `throttle_days` ago, or
    `company_days` to anybody of the company. A relationship question has to be `relationship_days` after the last one,
    as well. In the last cases the error has the date from which asking is possible.
    """
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
    for last, days, code, text in (
        (history.last_sent_at, team.throttle_days, "throttled", THROTTLED),
        (history.asked_at, team.relationship_days, "relationship_throttled", RELATIONSHIP),
        (history.company_sent_at, team.company_days, "company_throttled", COMPANY),
        (history.company_asked_at, team.company_days and team.relationship_days, "company_relationship_throttled",
         COMPANY_RELATIONSHIP),
    ):  # fmt: skip
        if last is not None and now < (free := last + timedelta(days=days)):
            raise Refused(text, code=code, last=last, free=free, days=days)


def send_time(team: Team, survey: Survey, customer: Person, via: str, closed_at: datetime) -> datetime:
    """When a survey goes out.

    If a person asked with a command or a shortcut, it goes out at once. Otherwise it goes out after the delay of the
    team and the survey, in the team's working hours on the clock of the customer's time zone (see `zone_of`), on a day
    that is no holiday.
    """
    if via in AT_ONCE:
        return closed_at
    return open_for(team, customer, closed_at + survey.after + timedelta(minutes=team.delay_minutes))


def open_for(team: Team, customer: Person, earliest: datetime) -> datetime:
    """The first moment of the team's working hours from `earliest` on, on the clock of the customer's time zone."""
    return next_open(earliest, team.working_hours, zone_of(customer, team))


def time_to_send(team: Team, invitation: Invitation, customer: Person, earliest: datetime) -> datetime:
    """When a survey that waits may go out: at the earliest moment, or at the next working hour in the customer's time
    zone.

    A survey that a person asked for with a command or a shortcut doesn't wait for working hours.
    """
    return earliest if invitation.asked_via in AT_ONCE else open_for(team, customer, earliest)


def held_by(team: Team, customer: Person, earliest: datetime) -> str:
    """Why a survey waits longer than for its delay and the hours: `holiday`, or "" if it does not."""
    without = next_open(earliest, parse_hours(team.hours), zone_of(customer, team))
    return "holiday" if open_for(team, customer, earliest) > without else ""


def language_for(customer: Person, team: Team, survey: Survey) -> str:
    """The language in which a customer is asked, so that a message is in one language: their own if there is a
    catalogue for it, and texts in it if the survey has translations of its own; else the team's."""
    own = customer.locale.replace("_", "-").split("-")[0].lower()
    written = languages(survey) or LOCALES
    return own if own in LOCALES and own in written else team.locale


def zone_of(customer: Person, team: Team) -> str:
    """The customer's time zone; the team's if Slack names none, or one that is unknown here."""
    try:
        return ZoneInfo(customer.timezone or team.timezone).key
    except (KeyError, ValueError):  # Slack may name a zone that is newer than this machine's time-zone data.
        return team.timezone


def way(team: Team, survey: Survey, channel_is_shared: bool, thread_ts: str) -> str:
    """How a survey is sent: `thread` or `dm` (direct message).

    The team's `delivery` decides. With `auto` it is the thread in a Slack Connect channel, else a direct message.
    Without a thread it is always a direct message; so are surveys for employees.
    """
    if not thread_ts or survey.employees:
        return "dm"
    if team.delivery == "auto":
        return "thread" if channel_is_shared else "dm"
    return team.delivery
