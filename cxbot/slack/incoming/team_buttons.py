"""What agents, leads and admins do with buttons and forms: cancel, take a case, share a report, set up a team."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk.errors import SlackApiError

from cxbot.core.teams import settings as team_settings
from cxbot.errors import N_, CxbotError, NotAllowed
from cxbot.slack import access, reporting
from cxbot.slack.bot import Bot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Click
from cxbot.slack.messages import notes, team_form
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.messages.reports import any_report
from cxbot.store.records import cases, invitations, outbox, teams


class Actions:
    """One method for each button and form of the team's people."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def cancel(self, ack: Ack, body: Body) -> None:
        """*Cancel* in the note to the agent who asked."""
        click = payloads.click(body)
        try:
            self._cancel(click)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)
        ack()

    def _cancel(self, click: Click) -> None:
        invitation = invitations.by_key(self._bot.database.reader, click.value)
        rights = self._bot.rights(click.user)
        team = None if invitation is None else self._bot.team(invitation.team_id)
        if invitation is None or not (rights.admin or (team is not None and rights.belongs(team))):
            raise NotAllowed(N_("Only people of the team can cancel this survey."))
        now = self._bot.clock()
        done = self._bot.database.write(
            lambda db: invitations.withdraw(db, click.value, f"cancelled by {click.user}", now)
        )
        boundary.show(self._bot, click, notes.cancelled(done, self._bot.language(team)), replace=True)

    def take(self, ack: Ack, body: Body) -> None:
        """*Take it*: the first lead to press owns the case."""
        self._case(payloads.click(body), done=False)
        ack()

    def done(self, ack: Ack, body: Body) -> None:
        """*Done*: the case is closed."""
        self._case(payloads.click(body), done=True)
        ack()

    def _case(self, click: Click, *, done: bool) -> None:
        try:
            case_id = self._own_case(click)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)
            return
        now = self._bot.clock()
        change = cases.finish if done else cases.take
        changed = self._bot.database.write(lambda db: change(db, case_id, click.user, now))
        if not changed:
            boundary.say(
                self._bot, click, self._bot.language_of(click.user).say("Somebody was faster: see the notice.")
            )

    def _own_case(self, click: Click) -> int:
        """The number of a case that the person may work on: leads of its team and admins."""
        number = int(click.value) if click.value.isascii() and click.value.isdigit() and len(click.value) < 15 else 0
        case = cases.by_id(self._bot.database.reader, number)
        if case is None:
            raise CxbotError(N_("This case is not known any more."))
        invitation = invitations.by_key(self._bot.database.reader, case.invitation)
        access.require_lead(self._bot.rights(click.user), self._bot.team(invitation.team_id) if invitation else None)
        return case.id

    def share(self, ack: Ack, body: Body) -> None:
        """*Share in this channel*: never where outsiders read."""
        click = payloads.click(body)
        self._bot.workers.ask(lambda: self._share(click), lambda _: None)
        ack()

    def _share(self, click: Click) -> None:
        try:
            self._post(click)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)

    def _post(self, click: Click) -> None:
        asked = ids.unpack(click.value)
        words = str(asked.get("words", ""))
        found, speech = reporting.ask(self._bot, click.user, click.channel, str(asked.get("metric", "")), words)
        self._bot.directory.forget(click.channel)
        if self._bot.directory.has_outsiders(click.channel):
            raise NotAllowed(
                N_("There are guests or people of other companies here, so internal figures can't be shared in this "
                   "channel.")
            )  # fmt: skip
        shown = any_report.render(found, speech, words, shared_by=click.user)
        now = self._bot.clock()
        where = {"user": click.user, "channel": click.channel, "message": shown, "post": True}
        self._bot.database.write(lambda db: outbox.put(db, "say", click.user, now, once=f"share:{click.at}", **where))

    def explain(self, ack: Ack, body: Body) -> None:
        """*How is this counted?*"""
        click = payloads.click(body)
        asked = ids.unpack(click.value)
        question = (click.user, click.channel, str(asked.get("metric", "")), str(asked.get("words", "")))

        def explanation() -> Message:
            return boundary.answer(self._bot, click.user, lambda: reporting.explain(self._bot, *question))

        def tell(shown: Message) -> None:
            boundary.show(self._bot, click, shown)

        if (shown := self._bot.workers.ask(explanation, tell)) is not None:
            tell(shown)
        ack()

    def choose_team(self, ack: Ack, body: Body) -> None:
        """A team in the list of `/cx team`: its form takes the list's place."""
        click = payloads.click(body)
        try:
            access.require_admin(self._bot.rights(click.user))
            speech = self._bot.language_of(click.user)
            team = self._bot.team(int(click.value)) if click.value.isdigit() else None
            defaults = team_settings.defaults(self._bot.timezone, self._bot.locale)
            settings = team_form.settings_of(team) if team else defaults
            form = team_form.form(team, settings, self._bot.catalogue().in_use.values(), speech)
            self._bot.hurried.views_update(view_id=click.view, view=form)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)
        except (SlackApiError, OSError):
            boundary.say(
                self._bot, click, self._bot.language().say("The form could not be opened in time. Please press again.")
            )
        ack()

    def submit_team(self, ack: Ack, body: Body) -> None:
        """The form of a team: everything is checked, and what is wrong is said under its field."""
        form = payloads.submission(body)
        speech = self._bot.language_of(form.user)
        given = team_form.entered(form.values)
        try:
            access.require_admin(self._bot.rights(form.user))
            catalogue = self._bot.catalogue()
            if wrong := team_settings.problems(given, catalogue):
                errors = {_block(name): speech.error(error) for name, error in wrong.items()}
                ack(response_action="errors", errors=errors)
                return
            self._keep_team(form.about, team_settings.read(given, catalogue))
        except CxbotError as error:
            ack(response_action="errors", errors={"name": speech.error(error)})
            return
        ack(response_action="update", view=team_form.saved(speech))

    def _keep_team(self, team_id: str, settings: dict[str, Any]) -> None:
        now = self._bot.clock()
        settings["rehearsal"] = int(settings["rehearsal"])
        if team_id.isdigit():
            self._bot.database.write(lambda db: teams.change(db, int(team_id), settings))
        else:
            self._bot.database.write(lambda db: teams.add(db, settings, now))


def _block(name: str) -> str:
    return "groups" if name == "members" else name
