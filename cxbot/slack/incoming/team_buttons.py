"""What agents, leads and admins do with buttons and forms: cancel a survey, take a case, share a report, set up a
team."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack

from cxbot.core.teams import settings as team_settings
from cxbot.errors import CxbotError, NotAllowed
from cxbot.language import settings_in_english
from cxbot.service import access, asking, cases, reporting
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import boundary, payloads
from cxbot.slack.incoming.payloads import Body, Click, MalformedError, Submission
from cxbot.slack.messages import notes, team_form
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Message
from cxbot.slack.messages.reports import any_report
from cxbot.slack.messages.reports.explained import explained as explanation
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, outbox, teams


class TeamButtons:
    """One method for each button and form of agents, leads and admins."""

    def __init__(self, bot: SlackBot) -> None:
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
        done, team = asking.withdraw(self._bot, click.user, click.value)
        boundary.show(self._bot, click, notes.cancelled(done, self._bot.language(team)), replace=True)

    def take(self, ack: Ack, body: Body) -> None:
        """*Take it*: the first lead who presses it owns the case."""
        self._case(payloads.click(body), done=False)
        ack()

    def done(self, ack: Ack, body: Body) -> None:
        """*Done*: close the case."""
        self._case(payloads.click(body), done=True)
        ack()

    def _case(self, click: Click, *, done: bool) -> None:
        change = cases.finish if done else cases.take
        try:
            changed = change(self._bot, click.user, _number(click.value), click.at)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)
            return
        if not changed:
            boundary.say(
                self._bot, click, self._bot.language_of(click.user).say("Somebody else was faster: see the notice.")
            )

    def share(self, ack: Ack, body: Body) -> None:
        """*Share in this channel*, unless guests or people of other companies read it."""
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
        metric = str(asked.get("metric", ""))
        report, _ = reporting.to_share(self._bot, click.user, click.channel, metric, words)
        self._bot.directory.forget(click.channel)
        if self._bot.directory.has_outsiders(click.channel):
            raise NotAllowed(notes.OVERHEARD)
        now = self._bot.clock()
        where = {"user": click.user, "channel": click.channel, "metric": metric, "words": words, "post": True}

        def write(db: Connection) -> None:
            if outbox.put(db, "say", click.user, now, once=f"share:{click.at}", **where):
                audit.note(db, click.user, audit.SHARED, f"{any_report.name(report)} {words} in {click.channel}", now)

        self._bot.database.write(write)

    def funnel(self, ack: Ack, body: Body) -> None:
        """*Show as a picture*: the agents of a report come as a direct message."""
        click = payloads.click(body)
        asked = ids.unpack(click.value)
        metric, words, now = str(asked.get("metric", "")), str(asked.get("words", "")), self._bot.clock()
        where = {"user": click.user, "channel": click.channel, "metric": metric, "words": words}
        self._bot.database.write(lambda db: outbox.put(db, "funnel", click.user, now, once=click.at, **where))
        boundary.say(
            self._bot, click, self._bot.language_of(click.user).say("The picture comes as a direct message to you.")
        )
        ack()

    def explain(self, ack: Ack, body: Body) -> None:
        """*How is this counted?*"""
        self._about_report(payloads.click(body), self._explanation)
        ack()

    def parts(self, ack: Ack, body: Body) -> None:
        """*Show all*: the whole `by:` table."""
        self._about_report(payloads.click(body), self._parts)
        ack()

    def _about_report(self, click: Click, message_about: Callable[[str, str, str, str], Message]) -> None:
        """Show a message about the report whose button was pressed, to whom it pressed."""
        asked = ids.unpack(click.value)
        question = (click.user, click.channel, str(asked.get("metric", "")), str(asked.get("words", "")))

        def answer() -> Message:
            return boundary.answer(self._bot, click.user, lambda: message_about(*question))

        def tell(shown: Message) -> None:
            boundary.show(self._bot, click, shown)

        if (shown := self._bot.workers.ask(answer, tell)) is not None:
            tell(shown)

    def _parts(self, user: str, channel: str, metric: str, words: str) -> Message:
        return any_report.all_parts(*reporting.ask(self._bot, user, channel, metric, words))

    def _explanation(self, user: str, channel: str, metric: str, words: str) -> Message:
        explained, language = reporting.explain(self._bot, user, channel, metric, words)
        return explanation(explained.report, language, explained.left_out)

    def choose_team(self, ack: Ack, body: Body) -> None:
        """A team was chosen in the list of `/cx team`: its form replaces the list."""
        click = payloads.opening(body)
        try:
            access.require_admin(self._bot.rights(click.user))
            speech = self._bot.language_of(click.user)
            team = self._bot.team(_number(click.value))
            defaults = team_settings.defaults(self._bot.timezone, self._bot.locale)
            settings = team_form.settings_of(team) if team else defaults
            form = team_form.form(team, settings, self._bot.catalogue().in_use.values(), speech)
            with boundary.opening(boundary.PRESSED):
                self._bot.short_client.views_update(view_id=click.view, view=form)
        except CxbotError as error:
            boundary.refused(self._bot, click, error)
        ack()

    def submit_team(self, ack: Ack, body: Body) -> None:
        """The form of a team was submitted. Every setting is checked, and errors are shown under their fields."""
        form = payloads.submission(body)
        speech = self._bot.language_of(form.user)
        given = settings_in_english(team_form.entered(form.values))
        if not given.keys() >= team_form.FIELDS:
            raise MalformedError("the form lacks a field")
        try:
            access.require_admin(self._bot.rights(form.user))
            catalogue = self._bot.catalogue()
            if wrong := team_settings.problems(given, catalogue):
                errors = {_block(name): speech.error(error) for name, error in wrong.items()}
                ack(response_action="errors", errors=errors)
                return
            self._keep_team(form, team_settings.read(given, catalogue))
        except CxbotError as error:
            ack(response_action="errors", errors={str(error.values.get("field", "name")): speech.error(error)})
            return
        ack(response_action="update", view=team_form.saved(speech))

    def _keep_team(self, form: Submission, settings: dict[str, Any]) -> None:
        now = self._bot.clock()
        settings["rehearsal"] = int(settings["rehearsal"])

        def write(db: Connection) -> None:
            if outbox.seen(db, f"view:{form.once}", now):
                return
            if team_id := _number(form.about):
                teams.change(db, team_id, settings)
            else:
                teams.add(db, settings, now)
            audit.note(db, form.user, audit.TEAM_CHANGED if team_id else audit.TEAM_ADDED, settings["name"], now)

        self._bot.database.write(write)


def _number(value: str) -> int:
    """The number in a button's value; 0 for anything else, which is no case's number."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 15 else 0


def _block(name: str) -> str:
    return "groups" if name == "members" else name
