"""The modal in which admins set up teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cxbot.core.calendar.hours import DEFAULT_DIGEST
from cxbot.core.surveys.survey import Survey
from cxbot.core.surveys.translations import LOCALES
from cxbot.core.teams.settings import READERS
from cxbot.core.teams.team import AGENT_VIEWS, DEFAULT_HOURS, DELIVERIES, REACTION_MEANINGS, Team
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Block, actions, button, context, option, section, words
from cxbot.slack.messages.parts.inputs import LOCALE_NAMES, field, select

DELIVERY_NAMES = {
    "auto": N_("In the thread of shared channels, else by direct message"),
    "thread": N_("Always in the thread"),
    "dm": N_("Always by direct message"),
}
AGENT_NAMES = {
    "own": N_("Agents see their own figures, leads all"),
    "lead": N_("Only leads see agents' figures"),
    "off": N_("Agents are not stored"),
}
MEANING_NAMES = {
    "close": N_("It ends every conversation (counts as automatic)"),
    "ask": N_("Somebody chose to ask (counts as hand-picked)"),
}
CHANNELS = {"include": ["public", "private"], "exclude_bot_users": True}


def choice(teams: Sequence[Team], language: Language) -> Block:
    """The list of teams with a button for each, and one for a new team."""
    blocks: list[Block] = [section(language.say("Which team do you want to set up?"))]
    labels = [(team.name, str(team.id)) for team in teams[:90]] + [(language.say("New team…"), "new")]
    blocks += [actions(button(label, ids.numbered(ids.TEAM_CHOICE, value), value)) for label, value in labels]
    return {
        "type": "modal",
        "title": words(language.say("Teams")),
        "close": words(language.say("Close")),
        "blocks": blocks,
    }


def form(team: Team | None, settings: Mapping[str, Any], surveys: Iterable[Survey], language: Language) -> Block:
    """The form of one team. `settings` fill it in, `team` is None for a new one, `surveys` can be chosen."""
    blocks = [
        field("name", language.say("Name"), _text(settings.get("name", ""), "Support")),
        field("channel", language.say("The team's channel (for the digest)"), _conversation(settings.get("channel"))),
        field(
            "leads_channel",
            language.say("The leads' channel (for people who were let down)"),
            _conversation(settings.get("leads_channel")),
            optional=True,
        ),
        field("leads", language.say("Leads"), _people(settings["leads"]), optional=True),
        field("members", language.say("Members"), _people(settings["members"]), optional=True),
        field(
            "groups",
            language.say("Members from user groups (ids such as S0123, with spaces between)"),
            _text(" ".join(principal for principal in settings["members"] if principal.startswith("S")), "S0123ABCD"),
            optional=True,
        ),
        field(
            "source_channels",
            language.say("Channels in which customers are served"),
            _conversations(settings["source_channels"]),
            optional=True,
        ),
        field("survey", language.say("Survey after a conversation"), select(
            [(language.say(survey.title), survey.name) for survey in surveys if not survey.employees],
            settings["survey"])),
        field("reaction", language.say("Reaction that ends a conversation"),
               _text(settings["reaction"], "white_check_mark")),
        field("reaction_means", language.say("What the reaction means"), select(
            [(language.say(MEANING_NAMES[meaning]), meaning) for meaning in REACTION_MEANINGS],
            settings["reaction_means"])),
        field("silence", language.say("Working hours of silence that end a thread (4h, or off)"),
               _text(language.hours(settings["silence"]), "4h")),
        field("sampling", language.say("Per cent of closed conversations to ask about"),
               _text(str(settings["sampling"]), "100")),
        field("delay_minutes", language.say("Minutes to wait before asking"),
               _text(str(settings["delay_minutes"]), "10")),
        field("throttle_days", language.say("Days between two surveys for one person"),
               _text(str(settings["throttle_days"]), "30")),
        field("company_days", language.say("Days between two surveys for one company (0: no limit)"),
               _text(str(settings["company_days"]), "0")),
        field("never_companies", language.say("Companies that are never asked, with commas between"),
               _text(", ".join(settings["never_companies"]), language.say("Names, or domains such as example.com")),
               optional=True),
        field("hours", language.say("Hours for asking (mon-fri 8-18, or always)"),
               _text(language.hours(settings["hours"]), language.hours(DEFAULT_HOURS))),
        field("delivery", language.say("Where to ask"), select(
            [(language.say(DELIVERY_NAMES[delivery]), delivery) for delivery in DELIVERIES], settings["delivery"])),
        field("digest", language.say("Digest (mon 09:00; monthly for a roll-up over all teams; or off)"),
               _text(language.hours(settings["digest"]), language.hours(DEFAULT_DIGEST))),
        field("timezone", language.say("Time zone"), _text(settings["timezone"], "Europe/Helsinki")),
        field("locale", language.say("Language"), select(
            [(LOCALE_NAMES[code], code) for code in LOCALES], settings["locale"])),
        field("agents", language.say("Agents' figures"), select(
            [(language.say(AGENT_NAMES[view]), view) for view in AGENT_VIEWS], settings["agents"])),
        field("rehearsal", language.say("Rehearsal"), _box(
            language.say("Only show the leads who would be asked"), settings["rehearsal"]), optional=True),
        context(language.say("Invite the bot to every channel named here: `/invite @cxbot`.")),
    ]  # fmt: skip
    return {
        "type": "modal",
        "callback_id": ids.TEAM_FORM,
        "private_metadata": "" if team is None else str(team.id),
        "title": words(language.say("Team")),
        "submit": words(language.say("Save")),
        "close": words(language.say("Close")),
        "blocks": blocks,
    }


def _text(value: str, example: str) -> Block:
    made: Block = {"type": "plain_text_input", "max_length": 300, "placeholder": words(example)}
    return {**made, "initial_value": value} if value else made


def _conversation(value: str | None) -> Block:
    made: Block = {"type": "conversations_select", "filter": CHANNELS}
    return {**made, "initial_conversation": value} if value else made


def _conversations(values: Sequence[str]) -> Block:
    made: Block = {"type": "multi_conversations_select", "filter": CHANNELS}
    return {**made, "initial_conversations": list(values)} if values else made


def _people(values: Sequence[str]) -> Block:
    made: Block = {"type": "multi_users_select"}
    people = [value for value in values if not value.startswith("S")]
    return {**made, "initial_users": people} if people else made


def _box(label: str, value: bool) -> Block:
    options = [option(label, "yes")]
    return {"type": "checkboxes", "options": options, **({"initial_options": options} if value else {})}


def entered(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a person entered, by name of the setting. `values` is the state of the submitted view."""
    settings: dict[str, Any] = {}
    for name, element in values.items():
        state = element.get(name) or {}
        kind = state.get("type")
        if kind == "plain_text_input":
            settings[name] = state.get("value") or ""
        elif kind == "static_select":
            settings[name] = (state.get("selected_option") or {}).get("value", "")
        elif kind == "conversations_select":
            settings[name] = state.get("selected_conversation") or ""
        elif kind == "multi_conversations_select":
            settings[name] = state.get("selected_conversations") or []
        elif kind == "multi_users_select":
            settings[name] = state.get("selected_users") or []
        elif kind == "checkboxes":
            settings[name] = bool(state.get("selected_options"))
    settings["members"] = [*settings.get("members", []), *settings.pop("groups", "").split()]
    return settings


def settings_of(team: Team) -> dict[str, Any]:
    """A team's settings as the form takes them."""
    return {**{name: getattr(team, name) for name in READERS}, "survey": team.survey.name}


def saved(language: Language) -> Block:
    """What replaces the form after it was saved."""
    return {
        "type": "modal",
        "title": words(language.say("Team")),
        "close": words(language.say("Close")),
        "blocks": [
            section(language.say("Saved.")),
            section(language.say("Invite the bot to every channel you named: `/invite @cxbot`.")),
        ],
    }
