"""What happens when somebody invites the bot to a channel: for which team it is, and what ends a conversation there."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from cxbot.core.teams import settings as team_settings
from cxbot.core.teams.readiness import ENDINGS, ended_by
from cxbot.core.teams.team import Team
from cxbot.errors import N_, CxbotError, UsageError
from cxbot.service import access
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads, team_states
from cxbot.slack.incoming.payloads import Body, Submission
from cxbot.slack.messages import channel_form, team_form
from cxbot.slack.messages.parts.blocks import Block
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, outbox, teams


class Onboarding:
    """One method for each thing that happens."""

    def __init__(self, bot: SlackBot) -> None:
        self._bot = bot

    def joined(self, ack: Ack, body: Body) -> None:
        """Somebody joined a channel: outsiders may read it now. If it is the bot, whoever invited it is asked."""
        join = payloads.join(body)
        self._bot.directory.forget(join.channel)
        if join.user == self._bot.identity.user and join.inviter:
            self._ask(join.inviter, join.channel, join.at)
        ack()

    def _ask(self, user: str, channel: str, at: str) -> None:
        """Whoever may set up teams is asked; everybody else hears who may. In the channel only they see it."""
        speech, every = self._bot.language_of(user), self._bot.teams()
        if user in self._bot.admins:
            at_home = next((team for team in every if channel in (team.channel, team.leads_channel)), None)
            shown = channel_form.invited(channel, access.with_customers_in(every, channel), at_home, speech)
        else:
            shown = channel_form.ask_admins(channel, sorted(self._bot.admins), speech)
        where = {"user": user, "channel": channel, "message": shown, "or_direct": True}
        now = self._bot.clock()
        self._bot.database.write(lambda db: outbox.put(db, "say", user, now, once=f"invited:{channel}:{at}", **where))

    def choose(self, ack: Ack, body: Body) -> None:
        """*Choose…* opens the form about the channel; the form of a new team if there is none yet."""
        click = payloads.opening(body)
        try:
            access.require_admin(self._bot.rights(click.user))
            speech, every = self._bot.language_of(click.user), self._bot.teams()
            view = (
                channel_form.form(click.value, every, access.with_customers_in(every, click.value), speech)
                if every
                else self._new_team(click.user, source_channels=(click.value,))
            )
            with boundary.opening(boundary.PRESSED):
                self._bot.short_client.views_open(trigger_id=click.trigger, view=view)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)
        ack()

    def submit(self, ack: Ack, body: Body) -> None:
        """The form about a channel was submitted."""
        form = payloads.submission(body)
        speech, given = self._bot.language_of(form.user), channel_form.chosen(form.values)
        try:
            access.require_admin(self._bot.rights(form.user))
            settings = _settings(given, form.about)
            if given.get("team") == channel_form.NEW:
                ack(response_action="update", view=self._new_team(form.user, **settings))
                return
            team = self._keep(form, given, settings)
        except CxbotError as error:
            ack(response_action="errors", errors={"team": speech.error(error)})
            return
        ack(response_action="update", view=channel_form.saved(team_states.lines(self._bot, team, speech), speech))

    def _keep(self, form: Submission, given: dict[str, str], settings: dict[str, Any]) -> Team:
        """Change the team, and take the channel from the one that had it."""
        channel, now = form.about, self._bot.clock()

        def write(db: Connection) -> Team:
            every = teams.every(db)
            team = next((each for each in every if str(each.id) == given.get("team")), None)
            if team is None:
                raise UsageError(N_("There is no such team any more."))
            if outbox.seen(db, f"view:{form.once}", now):
                return team
            before = access.with_customers_in(every, channel)
            if before is not None and before.id != team.id:
                others = tuple(each for each in before.source_channels if each != channel)
                teams.change(db, before.id, {"source_channels": others})
                audit.note(db, form.user, audit.TEAM_CHANGED, before.name, now)
            sources = tuple(dict.fromkeys((*team.source_channels, channel)))
            ending = ended_by(given["ending"], team.silence)
            teams.change(db, team.id, {**settings, **ending, "source_channels": sources})
            audit.note(db, form.user, audit.TEAM_CHANGED, team.name, now)
            return teams.named(db, team.name)

        return self._bot.database.write(write)

    def _new_team(self, user: str, **settings: Any) -> Block:
        defaults = team_settings.defaults(self._bot.timezone, self._bot.locale)
        surveys = self._bot.catalogue().in_use.values()
        return team_form.form(None, {**defaults, **settings}, surveys, self._bot.language_of(user))


def _settings(given: dict[str, str], channel: str) -> dict[str, Any]:
    """What was chosen, as settings. Raises UsageError for what the form does not offer."""
    if given.get("ending") not in ENDINGS:
        raise UsageError(N_("Choose what ends a conversation."))
    locale = given.get("locale", channel_form.SAME)
    language = {} if locale == channel_form.SAME else {"locale": team_settings.READERS["locale"](locale)}
    sources = team_settings.READERS["source_channels"]([channel])
    return {**ended_by(given["ending"]), **language, "source_channels": sources}
