"""Campaigns: asking a list of people over some working days, by the rules that hold for everybody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cxbot.core import names
from cxbot.core.calendar.hours import Hours, next_open, worked_between
from cxbot.core.csv_files.campaigns import in_its_words, table_of
from cxbot.core.csv_files.columns import Record, Source
from cxbot.core.invitations import campaigns as rules
from cxbot.core.invitations import spread
from cxbot.core.invitations.campaigns import Campaign, Member, Progress
from cxbot.core.invitations.close import Close
from cxbot.core.invitations.companies import Company, company_of, domain_of
from cxbot.core.invitations.eligibility import check_company
from cxbot.core.invitations.rules import Invitation, Person, check_budget, check_customer, zone_of
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused, UsageError
from cxbot.language import vocabulary
from cxbot.service import companies
from cxbot.service.asking import invitation_of
from cxbot.service.bot import Bot
from cxbot.service.directory import Directory, NotCheckedError, NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import audit, campaigns, invitations, limits, people, surveys, teams, waiting

log = logging.getLogger("cxbot.campaigns")

AT_ONCE = 30  # people of a campaign in a tick: 10,000 in an hour
PAUSE, RESUME, STOP = "pause", "resume", "stop"
DEEDS = {PAUSE: audit.CAMPAIGN_PAUSED, RESUME: audit.CAMPAIGN_RESUMED, STOP: audit.CAMPAIGN_STOPPED}


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign before its start: its people in their order, each with the moment of asking. `doubled` are lines of
    the file with people who are in another line; `per_day` are the fewest and the most people of a day."""

    name: str
    team: Team
    survey: Survey
    days: int
    people: tuple[tuple[Member, datetime], ...]
    ends_at: datetime
    doubled: tuple[tuple[int, int], ...]

    @property
    def per_day(self) -> tuple[int, int]:
        """The fewest and the most people of a working day."""
        fewest, rest = divmod(len(self.people), self.days)
        return fewest, fewest + bool(rest)


def prepare(bot: Bot, team: Team, name: str, survey: str, over: str, source: Source) -> Plan:
    """The plan of a campaign by a file. Raises UsageError for everything that is wrong, by line."""
    db, now = bot.database.reader, bot.clock()
    name = rules.name_of(name)
    campaigns.check_free(db, name)
    hours = team.working_hours
    days = spread.days_of(over, hours, vocabulary())
    asked = _survey(bot, survey)
    try:
        members, doubled = _members(db, list(source.records(table_of(mails=bot.mails))))
    except UsageError as error:
        raise in_its_words(error) from error
    if not members:
        raise UsageError(N_("There is nobody to ask. Name at least one person."))
    ordered = spread.in_order(members, lambda each: each.address, name, teams.secret(db))
    zones = {team.timezone, *(each.timezone for each in members if each.timezone)}
    windows = {zone: spread.windows(days, now, hours, zone) for zone in zones}
    people_of = tuple(
        (each, spread.planned(place, len(ordered), windows[each.timezone or team.timezone]))
        for place, each in enumerate(ordered)
    )
    ends_at = max(days_of[-1][1] for days_of in windows.values())
    return Plan(name, team, asked, days, people_of, ends_at, doubled)


def _survey(bot: Bot, name: str) -> Survey:
    known = bot.catalogue().in_use
    if name.strip().lower() not in known:
        raise UsageError(
            N_("`%(name)s` is not a survey that can be asked. Surveys: %(all)s."), name=name, all=", ".join(known)
        )
    return known[name.strip().lower()]


def _members(db: Connection, records: Sequence[Record]) -> tuple[list[Member], tuple[tuple[int, int], ...]]:
    """The people of a file, each of them once, and the lines with others of their addresses. Lines with two addresses
    come first, because they say that these are one person's."""
    lines: dict[str, int] = {}
    members, doubled = [], []
    for record in sorted(records, key=lambda each: not (each.values["slack"] and each.values["email"])):
        slack, email = record.values["slack"], record.values["email"]
        given = [each for each in (slack, email) if each]
        own = {names.key(known) for each in given for known in people.addresses(db, each)}
        first = min((lines[each] for each in own if each in lines), default=0)
        if first:
            doubled.append((record.line, first))
        else:
            about = {name: record.values[name] for name in ("company", "locale", "timezone")}
            members.append(Member(slack or email, email if slack else "", line=record.line, **about))
        for address in own:
            lines.setdefault(address, first or record.line)
    return members, tuple(sorted(doubled))


def forecast(bot: Bot, plan: Plan) -> list[tuple[Member, Refused]]:
    """Who would be left out as things are now, and why. What only Slack knows of people is not asked."""
    db = bot.database.reader
    hours = plan.team.working_hours
    staff = frozenset((*plan.team.members, *plan.team.leads))
    left_out = []
    for member, due_at in plan.people:
        about = _About(member, plan.team, plan.survey, _as_the_file_says(member), staff)
        invitation = _invitation(about, due_at)
        try:
            _check(db, about)
            check_budget(limits.history(db, invitation, plan.team), plan.team, due_at, due_at)
        except Refused as refusal:
            if _again(refusal, due_at, due_at, plan.ends_at, hours, about.zone) is None:
                left_out.append((member, refusal))
    return left_out


def begin(db: Connection, plan: Plan, now: datetime) -> Campaign:
    """Start a campaign. Raises UsageError if there is one of its name by now."""
    return campaigns.start(db, plan.name, plan.team.id, plan.survey.name, now, plan.ends_at, plan.people)


def change(db: Connection, campaign: Campaign, what: str, now: datetime) -> bool:
    """Pause, resume or stop a campaign; False if there is nothing to do: one that is over stays so."""
    if what != RESUME and progress(db, campaign).state == rules.OVER:
        return False
    if what == PAUSE:
        return campaigns.pause(db, campaign, now)
    if what == STOP:
        return campaigns.stop(db, campaign, now)
    changed = campaigns.resume(db, campaign)
    team = next((team for team in teams.every(db) if team.id == campaign.team_id), None)
    if changed and team is not None and not limits.paused(db, team):
        _make_up(db, campaign.id, team, now)
    return changed


def progress(db: Connection, campaign: Campaign) -> Progress:
    """How far a campaign is now."""
    team = next((team.name for team in teams.every(db) if team.id == campaign.team_id), "")
    return rules.progress(campaign, team, campaigns.tallies(db, campaign))


def ask_due(database: Database, now: datetime, directory: Directory | None = None) -> int:
    """Decide about people who are due in campaigns, at most 30 of each, each in a commit of their own; returns their
    number. Without a `directory` people are what the file says of them."""
    reader = database.reader
    running = campaigns.running(reader)
    if not running:
        return 0
    by_id = {team.id: team for team in teams.every(reader)}
    in_use = surveys.catalogue(reader).in_use
    decided = 0
    for campaign in running:
        team, survey = by_id.get(campaign.team_id), in_use.get(campaign.survey)
        if team is None or survey is None:
            database.write(lambda db, campaign=campaign: campaigns.stop(db, campaign, now))  # type: ignore[misc]
        elif _goes_on(database, campaign, team, now):
            decided += _ask(database, campaign, team, survey, now, directory)
    return decided


def _goes_on(database: Database, campaign: Campaign, team: Team, now: datetime) -> bool:
    """Whether neither the campaign nor its team is paused. The beginning of a pause is noted; afterwards everybody is
    asked later."""
    held = campaign.state == "paused" or limits.paused(database.reader, team)
    if held and campaign.held_since is None:
        database.write(lambda db: campaigns.hold(db, campaign, now))
    elif not held and campaign.held_since is not None:
        database.write(lambda db: _make_up(db, campaign.id, team, now))
    return not held


def _make_up(db: Connection, number: int, team: Team, now: datetime) -> None:
    """Move everybody by a pause that is over, unless that was done meanwhile."""
    campaign = campaigns.by_number(db, number)
    if campaign is None or campaign.held_since is None:
        return
    hours = team.working_hours
    pause = worked_between(campaign.held_since, now, hours, team.timezone)
    campaigns.move(db, campaign, lambda at, zone: spread.after_pause(at, pause, hours, zone or team.timezone))


def _ask(
    database: Database, campaign: Campaign, team: Team, survey: Survey, now: datetime, directory: Directory | None
) -> int:  # fmt: skip
    due = campaigns.due(database.reader, campaign, now, AT_ONCE)
    if not due:
        return 0
    principals = (*team.members, *team.leads)
    decided, slack_answers = 0, True
    try:
        staff = frozenset(principals) if directory is None else directory.people(principals)
    except NotCheckedError:
        log.info("campaign=%s waits for Slack", campaign.id)
        return 0
    for place, member in due:
        if not slack_answers and "@" not in member.address:
            continue
        try:
            reached, person = _reached(directory, member)
        except NotCheckedError:
            slack_answers = False
            continue
        about = _About(reached, team, survey, person, staff)
        database.write(lambda db, about=about, place=place: _decide(db, campaign, place, about, now))  # type: ignore[misc]
        decided += 1
    return decided


@dataclass(frozen=True, slots=True)
class _About:
    """A person of a campaign with what has to be known for a decision; `person` is None if Slack knows nobody."""

    member: Member
    team: Team
    survey: Survey
    person: Person | None
    staff: frozenset[str]

    @property
    def known(self) -> Person:
        """The person, as the file says if Slack knows nobody."""
        return self.person or _as_the_file_says(self.member)

    @property
    def company(self) -> Company:
        """The company: what the file says, then the organisation in Slack, then the domain of the address."""
        member, organisation = self.member, Company(self.known.organisation)
        domain = self.known.domain or domain_of(member.email or member.address)
        return company_of(member.company, organisation, domain)

    @property
    def zone(self) -> str:
        """The time zone in whose working hours the person is asked."""
        return zone_of(self.known, self.team)


def _reached(directory: Directory | None, member: Member) -> tuple[Member, Person | None]:
    """A person as they are reached: by e-mail if Slack does not know them and the file has an address. Raises
    NotCheckedError."""
    person = _person(directory, member)
    if person is not None or not member.email:
        return member, person
    by_mail = replace(member, address=member.email, email="")
    return by_mail, _as_the_file_says(by_mail)


def _person(directory: Directory | None, member: Member) -> Person | None:
    """What is known about a person; None if Slack does not know them. Raises NotCheckedError."""
    told = _as_the_file_says(member)
    if directory is None or "@" in member.address:
        return told
    try:
        known = directory.person(member.address)
    except NotCheckedError:
        raise
    except NotKnownError:
        return None
    return replace(known, timezone=known.timezone or told.timezone, locale=known.locale or told.locale)


def _as_the_file_says(member: Member) -> Person:
    """Somebody with an e-mail address is a customer; who has a Slack id is what Slack will say, once it is asked."""
    return Person(
        member.address, bot=False, gone=False, external="@" in member.address, guest=False, timezone=member.timezone,
        locale=member.locale,
    )  # fmt: skip


def _decide(db: Connection, campaign: Campaign, place: int, about: _About, now: datetime) -> None:
    """Ask a person, or note in the ledger why not, or have them tried again later: in one commit, so that no crash
    asks twice or forgets."""
    due_at = campaigns.still_due(db, campaign, place, now)
    if due_at is None:
        return
    member, team = about.member, about.team
    hours, zone, planned_in = team.working_hours, about.zone, member.timezone or team.timezone
    due_at = spread.on_the_clock_of(due_at, planned_in, zone) if zone != planned_in else due_at
    if due_at > now:
        campaigns.put_off(db, campaign, place, due_at, zone)
        return
    if next_open(now, hours, zone) > now:
        campaigns.put_off(db, campaign, place, spread.tried_again(due_at, now, hours, zone), zone)
        return
    invitation = replace(_invitation(about, now), key=_key(db, campaign, member))
    try:
        _check(db, about)
        made = waiting.ask(db, invitation, team, now)
    except Refused as refusal:
        again = _again(refusal, due_at, now, campaign.ends_at, hours, zone)
        if again is not None:
            campaigns.put_off(db, campaign, place, again, zone)
            return
        made = waiting.refuse(db, invitation, refusal, now)
    campaigns.decided(db, campaign, place, made.key)


def _check(db: Connection, about: _About) -> None:
    """Raise Refused for people who are never asked: of the team (whatever their address), bots, and so on."""
    if about.person is None:
        raise Refused(N_("Slack does not know this person, so nobody was asked."), code="unknown")
    check_customer(about.person, people.addresses(db, about.person.id), (), about.staff, about.survey)
    check_company(about.team, companies.with_other_names(db, about.company))


def _again(
    refusal: Refused, due_at: datetime, now: datetime, ends_at: datetime, hours: Hours, zone: str
) -> datetime | None:
    """When a person is tried again who was refused; None if that is not possible within the campaign's time."""
    free = rules.possible_from(refusal, now)
    if free is None:
        return None
    moments = (spread.tried_again(due_at, free, hours, zone), next_open(free, hours, zone))
    return next((at for at in moments if at <= ends_at), None)


def _key(db: Connection, campaign: Campaign, member: Member) -> str:
    """The key of a person's invitation: after a back-up was restored it is the same one, so that what was sent is found
    in Slack. Whoever is asked anew after a pause gets another one."""
    key = spread.drawn(campaign.name, member.address, teams.secret(db))
    return key if invitations.by_key(db, key) is None else invitations.new_key()


def _invitation(about: _About, now: datetime) -> Invitation:
    member = about.member
    delivery = "email" if "@" in member.address else "dm"
    close = Close(member.address, "", now, rules.VIA, company=about.company.name)
    made = invitation_of(about.team, close, about.survey, about.known, delivery)
    return replace(made, asked_by=rules.VIA, send_at=now)
