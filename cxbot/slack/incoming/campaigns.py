"""`/cx campaign` for admins: the form that starts a campaign, how far it is, and its buttons."""

from __future__ import annotations

import re

from slack_bolt import Ack

from cxbot.core.csv_files.columns import Row, Source
from cxbot.core.invitations import campaigns as rules
from cxbot.core.invitations import spread
from cxbot.core.invitations.campaigns import Campaign
from cxbot.core.queries.tokens import name_in
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.service import access
from cxbot.service import campaigns as service
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Click, Command
from cxbot.slack.messages import campaigns as messages
from cxbot.slack.messages import notes
from cxbot.slack.messages.campaigns import Entered
from cxbot.slack.messages.parts.blocks import Block, Message
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, campaigns, outbox

LIST = ("list", "lista")
WRITTEN = re.compile(r"<(?:@|mailto:)([^|>]+)(?:\|[^>]*)?>")  # a mention or an address, as Slack marks it
GONE = N_("This campaign is not known any more.")


def answer(bot: SlackBot, command: Command) -> Message:
    """The answer to `/cx campaign …`. Raises UsageError and NotAllowed."""
    access.require_admin(bot.rights(command.user))
    name, db = name_in(command.text), bot.database.reader
    speech, zone = bot.language_of(command.user), bot.zone_of(command.user)
    if name.lower() in LIST:
        return messages.listing([service.progress(db, each) for each in campaigns.every(db)], speech, zone)
    if name:
        return messages.render(service.progress(db, campaigns.named(db, name)), speech, zone)
    if not (teams := bot.teams()):
        raise UsageError(N_("There is no team yet. An admin can set one up with `/cx team`."))
    view = messages.form(teams, bot.catalogue().in_use.values(), speech)
    with boundary.opening(boundary.TYPED):
        bot.short_client.views_open(trigger_id=command.trigger, view=view)
    return notes.plain_note(
        speech.say("The form is open. `/cx campaign list` shows all campaigns, `/cx campaign NAME` one of them.")
    )


class Campaigns:
    """One method for each button and form of a campaign."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def pause(self, ack: Ack, body: Body) -> None:
        """*Pause*: nobody is asked until somebody presses *Resume*."""
        self._change(payloads.click(body), service.PAUSE)
        ack()

    def resume(self, ack: Ack, body: Body) -> None:
        """*Resume*: everybody is asked later by the working time of the pause."""
        self._change(payloads.click(body), service.RESUME)
        ack()

    def stop(self, ack: Ack, body: Body) -> None:
        """*Stop*: whoever waits is not asked."""
        self._change(payloads.click(body), service.STOP)
        ack()

    def _change(self, click: Click, what: str) -> None:
        """Do it, and draw the campaign as it is then, whoever else has changed it meanwhile."""
        bot, now = self._bot, self._bot.clock()
        try:
            access.require_admin(bot.rights(click.user))
            campaign = self._campaign(click.value)

            def write(db: Connection) -> None:
                latest = outbox.newest(db, f"campaign {campaign.id}", click.at)
                if latest and service.change(db, campaign, what, now):
                    audit.note(db, click.user, service.DEEDS[what], campaign.name, now)

            bot.database.write(write)
            found = service.progress(bot.database.reader, self._campaign(click.value))
        except CxbotError as error:
            boundary.refused(bot, click, error)
            return
        shown = messages.render(found, bot.language_of(click.user), bot.zone_of(click.user))
        boundary.show(bot, click, shown, replace=True)

    def _campaign(self, value: str) -> Campaign:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 15 else 0
        found = campaigns.by_number(self._bot.database.reader, number)
        if found is None:
            raise CxbotError(GONE)
        return found

    def submit(self, ack: Ack, body: Body) -> None:
        """The form that starts a campaign. Errors are shown under the field that they are about."""
        form = payloads.submission(body)
        speech = self._bot.language_of(form.user)
        given = messages.entered(form.values)
        try:
            access.require_admin(self._bot.rights(form.user))
            ack(response_action="update", view=self._start(form.user, given))
        except CxbotError as error:
            ack(response_action="errors", errors={_field(error): speech.error(error)})

    def _start(self, user: str, given: Entered) -> Block:
        bot, now = self._bot, self._bot.clock()
        team = next((team for team in bot.teams() if str(team.id) == given.team), None)
        if team is None:
            raise CxbotError(N_("This team is gone. Please type the command again."))
        plan = service.prepare(bot, team, given.name, given.survey, given.over, Source("", _rows(given)))

        def write(db: Connection) -> Campaign:
            made = service.begin(db, plan, now)
            audit.note(db, user, audit.CAMPAIGN_STARTED, made.name, now)
            return made

        found = service.progress(bot.database.reader, bot.database.write(write))
        speech = bot.language_of(user)
        return messages.started(found, speech, bot.zone_of(user), messages.doubled(plan.doubled, speech))


def _rows(given: Entered) -> list[Row]:
    """What was entered, as the rows of a file: those of the text have their own numbers, then come the people."""
    lines = [WRITTEN.sub(r"\1", line).strip().lstrip("@") for line in given.addresses.splitlines()]
    return [(0, ("customer",)), *((number, (text,)) for number, text in enumerate([*lines, *given.people], 1))]


def _field(error: CxbotError) -> str:
    """The field that an error is about."""
    about = {campaigns.TAKEN: "name", rules.NO_NAME: "name", spread.NO_DAYS: "over"}
    return about.get(error.msgid, "addresses")
