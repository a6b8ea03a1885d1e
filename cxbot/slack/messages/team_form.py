"""The modal in which admins set up teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cxbot.core.calendar.hours import DEFAULT_DIGEST, OFF
from cxbot.core.surveys.survey import Survey
from cxbot.core.surveys.translations import LOCALES
from cxbot.core.teams.settings import HOUR_WORDED, READERS
from cxbot.core.teams.team import AGENT_VIEWS, DEFAULT_HOURS, DELIVERIES, REACTION_MEANINGS, Team
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Block, actions, button, context, option, section, words
from cxbot.slack.messages.parts.fields import LOCALE_NAMES, LONGEST_LINE, LONGEST_TEXT, field, select, text

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
TEXTS: Mapping[str, tuple[str, str]] = {
    "name": (N_("Name"), "Support"),
    "reaction": (N_("Reaction that ends a conversation"), "white_check_mark"),
    "silence": (N_("Working hours of silence that end a thread (4h, or off)"), "4h"),
    "conditions": (N_("Only these closes (topic:billing handling>=2m -tag:internal); empty: all"), N_("topic:billing")),
    "surveys": (N_("Other surveys for some sources (desk=ces), with commas between"), "desk=ces"),
    "sampling": (N_("Per cent of closed conversations to ask about"), "100"),
    "delay_minutes": (N_("Minutes to wait before asking"), "10"),
    "quiet": (N_("How long nobody may have written in a thread before it is asked about (30m, or off)"), "30m"),
    "throttle_days": (N_("Days between two surveys for one person"), "30"),
    "relationship_days": (N_("Days between two relationship questions for one person"), "90"),
    "company_days": (N_("Days between two surveys for one company (0: no limit)"), "0"),
    "never_companies": (
        N_("Companies that are never asked, with commas between"),
        N_("Names, or domains such as example.com"),
    ),
    "hours": (N_("Hours for asking (mon-fri 8-18, or always)"), DEFAULT_HOURS),
    "holidays": (N_("Days without surveys (FI, DE-BY, 2026-12-24, or off), with commas between"), "FI, 2026-12-24"),
    "reminder_days": (N_("Days after which somebody who has not answered is reminded once (2, or off)"), "2"),
    "digest": (N_("Digest (mon 09:00; monthly for a roll-up over all teams; or off)"), DEFAULT_DIGEST),
    "timezone": (N_("Time zone"), "Europe/Helsinki"),
}
"""The settings that are texts: their labels and examples."""
CHOICES: Mapping[str, tuple[str, Sequence[str], Mapping[str, str]]] = {
    "reaction_means": (N_("What the reaction means"), REACTION_MEANINGS, MEANING_NAMES),
    "delivery": (N_("Where to ask"), DELIVERIES, DELIVERY_NAMES),
    "locale": (N_("Language"), LOCALES, LOCALE_NAMES),
    "agents": (N_("Agents' figures"), AGENT_VIEWS, AGENT_NAMES),
}
"""The settings with a few values: their labels, values, and the names of these."""
ORDER = (
    "reaction", "reaction_means", "silence", "conditions", "surveys", "sampling", "delay_minutes", "quiet",
    "throttle_days", "relationship_days", "company_days", "never_companies", "hours", "holidays", "delivery",
    "reminder_days", "digest", "timezone", "locale", "agents",
)  # fmt: skip
LISTS = ("never_companies", "surveys")
OPTIONAL = (*LISTS, "conditions", "holidays")
FIELDS = frozenset((
    "name", "channel", "leads_channel", "leads", "members", "source_channels", "survey", "rehearsal", *ORDER,
))  # fmt: skip
"""What `entered` finds in every form."""


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
        _setting("name", settings.get("name", ""), language),
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
            text(" ".join(principal for principal in settings["members"] if principal.startswith("S")), "S0123ABCD"),
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
        *(_setting(name, settings[name], language) for name in ORDER),
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


def _setting(name: str, value: Any, language: Language) -> Block:
    """The field of a setting in one of the tables."""
    if name in CHOICES:
        label, values, named = CHOICES[name]
        return field(name, language.say(label), select([(language.say(named[each]), each) for each in values], value))
    label, example = TEXTS[name]
    shown = language.hours(example) if name in HOUR_WORDED else language.say(example)
    written = text(_written(name, value, language), shown, LONGEST_TEXT if name in OPTIONAL else LONGEST_LINE)
    return field(name, language.say(label), written, optional=name in OPTIONAL)


def _written(name: str, value: Any, language: Language) -> str:
    """A setting as people write it."""
    if name in LISTS:
        return ", ".join(value)
    if name == "conditions":
        return language.conditions(value)
    if name == "reminder_days" and not value:
        return language.hours(OFF)
    return language.hours(str(value)) if name in HOUR_WORDED or value == OFF else str(value)


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
    settings = {name: getattr(team, name) for name in READERS}
    by_source = [f"{source}={survey.name}" for source, survey in team.surveys]
    return {**settings, "survey": team.survey.name, "surveys": by_source}


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
