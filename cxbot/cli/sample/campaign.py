"""The sample's campaign: half done, and paused, so that nothing is mailed before somebody presses *Resume*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from cxbot.cli.sample.words import Words
from cxbot.core.csv_files.columns import Source
from cxbot.core.invitations import campaigns as rules
from cxbot.core.invitations.close import Close
from cxbot.core.invitations.replies import Action
from cxbot.core.invitations.rules import Person, check_customer
from cxbot.errors import Refused
from cxbot.service import campaigns as service
from cxbot.service.asking import invitation_of
from cxbot.service.bot import Bot
from cxbot.service.campaigns import Plan
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, audit, campaigns, endings, invitations, teams, waiting

FILE = "sample-people.csv"
SURVEY, DAYS = "promise", "10d"
PEOPLE = 30
SCORES = (2, None, 2, 1, None, 2, 2, None)  # what one person after the other answers
THINKS = timedelta(hours=2)  # from a mail to its answer


def put_on_file(bot: Bot, words: Words, colleague: str, by: str, now: datetime, zone: str) -> None:
    """A campaign that `by` began on Monday last week and paused yesterday. Its list has a colleague of the team, who is
    not asked."""
    today = now.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday() + 7)
    begun, paused = (
        datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
        for day, at in ((monday, time(9)), (today - timedelta(days=1), time(16)))
    )
    people = [(f"customer-{number}@sample.example",) for number in range(1, PEOPLE)]
    rows = list(enumerate([("customer",), *people, (colleague,)], start=1))
    team = teams.named(bot.database.reader, words.support)
    plan = service.prepare(replace(bot, clock=lambda: begun), team, words.campaign, SURVEY, DAYS, Source(FILE, rows))

    def write(db: Connection) -> None:
        made, scores = service.begin(db, plan, begun), cycle(SCORES)
        for place, (member, due_at) in enumerate(plan.people):
            if due_at <= paused or member.address == colleague:
                key = _decided(db, plan, member.address, min(due_at, paused), scores)
                campaigns.decided(db, made, place, key)
        service.change(db, made, service.PAUSE, paused)
        for deed in (audit.CAMPAIGN_STARTED, audit.CAMPAIGN_PAUSED):
            audit.note(db, by, deed, made.name, now)

    bot.database.write(write)


def _decided(db: Connection, plan: Plan, address: str, at: datetime, scores: Iterator[int | None]) -> str:
    """The key of the invitation of somebody whose turn came: a colleague is not asked, customers get a mail, and some
    answer with the next score."""
    person = Person(address, bot=False, gone=False, external="@" in address, guest=False, timezone="")
    close = Close(address, "", at, rules.VIA)
    invitation = replace(
        invitation_of(plan.team, close, plan.survey, person, "email"), asked_by=rules.VIA, state="sending", send_at=at
    )
    try:
        check_customer(person, (person.id,), (), plan.team.members, plan.survey)
    except Refused as refusal:
        return waiting.refuse(db, invitation, refusal, at).key
    invitations.keep(db, invitation, at)
    sent = endings.sent(db, invitation.key, "", "", at)
    assert sent is not None
    score = next(scores)
    if score is not None:
        answers.take_score(db, sent, plan.survey.first, score, Action(f"{at.timestamp()}", at + THINKS))
    return sent.key
