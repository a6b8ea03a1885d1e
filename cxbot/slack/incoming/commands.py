"""Slash commands: `/nps`, `/csat`, `/ces`, `/cx …` and `/survey`, answered in the response itself."""

from __future__ import annotations

import difflib
import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from slack_bolt import Ack

from cxbot.core.digests import weekly as digest_rules
from cxbot.core.invitations.close import Close
from cxbot.core.queries.query import VIEWS
from cxbot.core.queries.tokens import as_typed, echo, name_in, split
from cxbot.core.queries.vocabulary import COMMAND_WORDS, COMMANDS, typed
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams import settings
from cxbot.errors import N_, Typed, UsageError
from cxbot.language import vocabulary
from cxbot.outgoing.rate_limits import Buckets
from cxbot.service import access, asking, ledger, pausing, reporting, studies
from cxbot.service.access import Rights
from cxbot.service.ledger import OnFile, Story
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import attribute_command, boundary, campaigns, incident_command, payloads, team_states
from cxbot.slack.incoming.payloads import Body, Command
from cxbot.slack.messages import help as help_messages
from cxbot.slack.messages import ledger as stories
from cxbot.slack.messages import notes, team_form
from cxbot.slack.messages.digests import weekly as digest_messages
from cxbot.slack.messages.parts.blocks import Message, escape, message, sections
from cxbot.slack.messages.reports import any_report, before_after
from cxbot.slack.messages.reports import plan as plans
from cxbot.slack.messages.reports.explained import explained as explanation
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit, outbox, teams
from cxbot.store.records import digests as claimed_digests
from cxbot.store.reports import weekly_digest

A_MINUTE = 600  # commands of one person: more than anybody types, far fewer than a program can send
AUDITED = 20  # deeds in a message
WHY = N_("Say about what: `/cx why @customer`, the link of a message, or the id of a conversation.")
ASK = N_("Name the customer: `/cx ask @customer`, or `/cx ask @customer nps`.")


class Commands:
    """One method for each slash command."""

    def __init__(self, bot: SlackBot, a_minute: int = A_MINUTE) -> None:
        self._bot = bot
        self._a_minute = a_minute
        self._budgets = Buckets()
        self._guard = threading.Lock()
        self._words: dict[str, Callable[[Command], Message]] = {
            "help": self._help,
            "ask": self._ask,
            "team": self._team,
            "pause": self._pause,
            "resume": self._resume,
            "digest": self._digest,
            "explain": self._explain,
            "incident": self._incident,
            "plan": self._plan,
            "audit": self._audit,
            "why": self._why,
            "attribute": self._attribute,
            "compare": self._compare,
            "campaign": self._campaign,
        }

    def report(self, ack: Ack, body: Body) -> None:
        """`/nps`, `/csat` or `/ces` with a question."""
        self._answer(ack, payloads.command(body), self._report)

    def survey(self, ack: Ack, body: Body) -> None:
        """`/survey` does the same as `/cx ask`."""
        self._answer(ack, payloads.command(body), self._ask)

    def cx(self, ack: Ack, body: Body) -> None:
        """`/cx` and its subcommand, `help` if none is given."""
        command = payloads.command(body)
        first, _, rest = command.text.strip().partition(" ")
        self._answer(ack, _part(command, first.lower(), rest), self._cx)

    def _answer(self, ack: Ack, command: Command, ask: Callable[[Command], Message]) -> None:
        def later(shown: Message) -> None:
            where = {"user": command.user, "channel": command.channel, "reply_to": command.reply_to, "message": shown}
            now = self._bot.clock()
            self._bot.database.write(
                lambda db: outbox.put(db, "say", command.user, now, once=command.trigger or command.reply_to, **where)
            )

        with self._guard:
            allowed = self._budgets.take(command.user, self._a_minute)
        if not allowed:
            text = self._bot.language_of(command.user).say(
                N_("Those were many commands in a minute. I did not do the last one; please try again in a few "
                   "seconds.")
            )  # fmt: skip
            ack(response_type="ephemeral", text=text)
            return
        shown = self._bot.workers.ask(lambda: boundary.answer(self._bot, command.user, lambda: ask(command)), later)
        shown = shown or notes.plain_note(notes.counting(self._bot.language_of(command.user)))
        ack(response_type="ephemeral", text=shown["text"], blocks=shown["blocks"])

    def _cx(self, command: Command) -> Message:
        words = (*COMMANDS, *self._bot.catalogue().measures, *VIEWS)
        name = command.name or "help"
        word = name if name in words else vocabulary().command(name)
        if word not in words:
            raise _unknown(as_typed(name), self._bot.language_of(command.user).command_words(words))
        return self._words.get(word, self._report)(_part(command, word, command.text))

    def _help(self, command: Command) -> Message:
        rights = self._bot.rights(command.user)
        return help_messages.render(self._bot.catalogue().in_use, rights, self._bot.language_of(command.user))

    def _report(self, command: Command) -> Message:
        report, speech = reporting.ask(self._bot, command.user, command.channel, command.name, command.text)
        return any_report.render(report, speech, command.text)

    def _explain(self, command: Command) -> Message:
        """How a report is counted. Leads also get its answers as a file."""
        word, _, question = command.text.strip().partition(" ")
        if not word:
            raise UsageError(
                N_("Say what to explain: `/cx explain nps last week`. There are: %(all)s."),
                all=typed((*self._bot.catalogue().measures, *VIEWS), COMMAND_WORDS),
            )
        asked = (command.user, command.channel, as_typed(word).lower(), question)
        explained, speech = reporting.explain(self._bot, *asked)
        if explained.has_rows:
            where = dict(zip(("user", "channel", "metric", "words"), asked, strict=True))
            now = self._bot.clock()
            self._bot.database.write(
                lambda db: outbox.put(db, "rows", command.user, now, once=command.trigger or question, **where)
            )
        return explanation(explained.report, speech, explained.left_out)

    def _ask(self, command: Command) -> Message:
        rights = self._bot.rights(command.user)
        customer, survey, given = _asked(command.text, self._bot.catalogue())
        team = asking.asking_team(self._bot, rights, command.channel, given.pop("team", ""))
        close = Close(
            customer, command.user, self._bot.clock(), "command",
            channel=command.channel, trigger=command.trigger,
            topic=given.pop("topic", ""), touchpoint=given.pop("touchpoint", ""),
        )  # fmt: skip
        invitation = asking.ask(self._bot, team, close, survey)
        return notes.asked(invitation, self._bot.language(team))

    def _team(self, command: Command) -> Message:
        access.require_admin(self._bot.rights(command.user))
        speech = self._bot.language_of(command.user)
        surveys, named = self._bot.catalogue().in_use.values(), name_in(command.text)
        about = [teams.named(self._bot.database.reader, named)] if named else self._bot.teams()
        if named:
            view = team_form.form(about[0], team_form.settings_of(about[0]), surveys, speech)
        elif about:
            view = team_form.choice(about, speech)
        else:
            defaults = settings.defaults(self._bot.timezone, self._bot.locale)
            view = team_form.form(None, defaults, surveys, speech)
        with boundary.opening(boundary.TYPED):
            self._bot.short_client.views_open(trigger_id=command.trigger, view=view)
        told = [speech.say("The form is open. Teams can also be set up with `cxbot team` in a terminal.")]
        told += team_states.listing(self._bot, about, speech)
        return message("\n".join(told), sections(told))

    def _pause(self, command: Command) -> Message:
        return self._switch(command, paused=True)

    def _resume(self, command: Command) -> Message:
        return self._switch(command, paused=False)

    def _require_new(self, command: Command) -> None:
        """Raise UsageError for a late copy of a command that changes something: it would undo what came after it."""
        now, words = self._bot.clock(), hashlib.sha256(command.text.encode()).hexdigest()[:16]  # they may name people
        deed = f"command {command.trigger} {command.user} {command.name} {words}"
        if command.trigger and self._bot.database.write(lambda db: outbox.seen(db, deed, now)):
            raise UsageError(asking.TWICE)

    def _switch(self, command: Command, *, paused: bool) -> Message:
        self._require_new(command)
        rights = self._bot.rights(command.user)
        speech = self._bot.language_of(command.user)
        name = command.text.strip()
        if name.lower() in ("all", "kaikki", "allt", "alla"):
            pausing.pause_all(self._bot, rights, paused=paused)
            text = speech.say("Everything is paused.") if paused else speech.say("The pause of everything is over.")
            return notes.plain_note(text)
        team = asking.team_for(self._bot, rights, command.channel, _team_in(name))
        pausing.pause(self._bot, rights, team, paused=paused)
        if paused:
            return notes.plain_note(
                speech.say("%(team)s is paused: no surveys and no digests until `/cx resume`.", team=escape(team.name))
            )
        if pausing.everything_paused(self._bot):
            return notes.plain_note(
                speech.say("%(team)s goes on when an admin ends the pause of everything (`/cx resume all`).",
                           team=escape(team.name))
            )  # fmt: skip
        return notes.plain_note(
            speech.say("%(team)s goes on: surveys and digests are sent again.", team=escape(team.name))
        )

    def _incident(self, command: Command) -> Message:
        if command.text.strip().lower() not in incident_command.LIST:
            self._require_new(command)
        return incident_command.answer(self._bot, command)

    def _campaign(self, command: Command) -> Message:
        return campaigns.answer(self._bot, command)

    def _audit(self, command: Command) -> Message:
        """The latest deeds, for admins."""
        access.require_admin(self._bot.rights(command.user))
        entries = audit.latest(self._bot.database.reader, AUDITED)
        return notes.plain_note(notes.audited(entries, self._bot.language_of(command.user)))

    def _why(self, command: Command) -> Message:
        """Why somebody was or was not asked, to people of the team that the conversation belongs to."""
        if not command.text.strip():
            raise UsageError(WHY)
        rights = self._bot.rights(command.user)
        may_know = None if rights.admin else partial(self._may_know, rights)
        found = ledger.why(self._bot.database.reader, as_typed(command.text), may_know)
        return notes.plain_note(
            stories.told(found, self._bot.language_of(command.user), self._bot.zone_of(command.user))
        )

    def _may_know(self, rights: Rights, story: Story | OnFile) -> bool:
        if isinstance(story, OnFile):
            own = access.with_name(self._bot.teams(), story.team)
            return rights.admin or (own is not None and rights.belongs(own))
        team = self._bot.team(story.invitation.team_id)
        return rights.admin or (team is not None and rights.belongs(team) and not story.invitation.survey.employees)

    def _attribute(self, command: Command) -> Message:
        self._require_new(command)
        return attribute_command.answer(self._bot, command)

    def _plan(self, command: Command) -> Message:
        plan, speech = studies.plan(self._bot, command.user, command.channel, command.text)
        return notes.plain_note(plans.text(plan, speech))

    def _compare(self, command: Command) -> Message:
        result, speech = studies.compare(self._bot, command.user, command.channel, command.text)
        return notes.plain_note(before_after.text(result, speech))

    def _digest(self, command: Command) -> Message:
        rights = self._bot.rights(command.user)
        first, _, rest = command.text.strip().partition(" ")
        post = first.lower() in ("post", "lähetä", "publicera")
        team = asking.team_for(self._bot, rights, command.channel, _team_in(rest if post else command.text))
        now = self._bot.clock()
        period = digest_rules.latest(team, now)
        speech = self._bot.language(team)
        if not post:
            digest = weekly_digest.for_channel(self._bot.database.reader, team, period, now)
            if isinstance(digest, digest_rules.Digest) and not rights.leads(team):
                digest = digest_rules.for_member(digest)
            return digest_messages.preview(digest, speech)
        access.require_lead(rights, team)

        def claim(db: Connection) -> bool:
            claimed = claimed_digests.claim(db, team, period, now)
            if claimed:
                audit.note(db, command.user, audit.DIGEST_POSTED, f"{team.name} {period.key}", now)
            return claimed

        if self._bot.database.write(claim):
            return notes.plain_note(
                speech.say("The digest of %(period)s is being posted in %(channel)s.",
                           period=period.key, channel=f"<#{team.channel}>")
            )  # fmt: skip
        return notes.plain_note(speech.say("The digest of %(period)s has been posted already.", period=period.key))


def _part(command: Command, name: str, text: str) -> Command:
    return replace(command, name=name, text=text)


def _unknown(name: str, words: Mapping[str, str]) -> UsageError:
    """The error for a word that is none of these words after /cx, each with its canonical word."""
    near = difflib.get_close_matches(name, words, n=1, cutoff=0.65)  # one letter of three may be wrong
    if not near:
        return UsageError(N_("`/cx %(word)s` is not a command. All commands: `/cx help`."), word=echo(name))
    return UsageError(
        N_("`/cx %(word)s` is not a command. Try `/cx %(near)s`. All commands: `/cx help`."),
        word=echo(name), near=Typed(words[near[0]], COMMAND_WORDS),
    )  # fmt: skip


def _team_in(text: str) -> str:
    """The name of a team, with or without `team:` before it."""
    key, colon, value = text.partition(":")
    named = colon and vocabulary().meaning(key) == "team"
    return name_in(value if named else text)


def _asked(text: str, catalogue: Catalogue) -> tuple[str, Survey | None, dict[str, str]]:
    """Parse `@customer [survey] [team:…] [topic:…] [touchpoint:…]`."""
    customer, survey = "", None
    surveys = catalogue.in_use
    given: dict[str, str] = {}
    for token in split(text):
        key = "" if token.key is None else vocabulary().meaning(token.key)
        name = token.value.lower() if token.value.lower() in surveys else vocabulary().command(token.value)
        if key in ("team", "topic", "touchpoint") and token.value:
            given[key] = token.value
        elif token.key is None and token.mention and token.value[0] in "UW" and not customer:
            customer = token.value
        elif token.key is None and name in surveys and survey is None:
            survey = surveys[name]
        elif token.key is None and token.value.startswith("@"):
            raise UsageError(
                N_("`%(name)s` is only text to me. Type `@` and pick the person from Slack's list, so that the name "
                   "becomes a link."), name=echo(token.value),
            )  # fmt: skip
        else:
            raise UsageError(
                N_("`%(word)s` does not belong here. Write `/cx ask @customer`, then a survey if you like "
                   "(%(surveys)s), and `team:`, `topic:` or `touchpoint:`."),
                word=echo(token.value or token.key or ""), surveys=typed(surveys, COMMAND_WORDS),
            )  # fmt: skip
    if not customer:
        raise UsageError(ASK)
    return customer, survey, given
