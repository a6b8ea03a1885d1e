"""What the bot asks whoever invites it to a channel: for which team it is, and what ends a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cxbot.core.teams.readiness import DEFAULT_SILENCE, ENDINGS
from cxbot.core.teams.team import Team
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Block, Message, actions, button, escape, message, section, words
from cxbot.slack.messages.parts.fields import LOCALE_NAMES, field, select

NEW, SAME = "new", "same"
ENDING_NAMES = {
    "reaction": N_("The team's reaction on a message"),
    "silence": N_("Silence: nobody writes in the thread for a while (%(hours)s)"),
    "helpdesk": N_("A helpdesk tells"),
}


def invited(channel: str, here: Team | None, at_home: Team | None, language: Language) -> Message:
    """To an admin who invited the bot. `here` is the team that serves customers in the channel, `at_home` one that
    gets its digest or its notices there."""
    shown = f"<#{channel}>"
    if here is None and at_home is not None:
        text = language.say(
            "Thank you for inviting me to %(channel)s: what is for %(team)s comes here. `/cx team` shows what is still "
            "missing.",
            channel=shown, team=escape(at_home.name),
        )  # fmt: skip
        return message(text, [section(text)])
    if here is not None:
        text = language.say(
            "Thank you for inviting me to %(channel)s, where %(team)s serves its customers. You can choose anew for "
            "which team and language it is, and what ends a conversation.",
            channel=shown, team=escape(here.name),
        )  # fmt: skip
    else:
        text = language.say(
            "Thank you for inviting me to %(channel)s. Before I ask anybody here: for which team and language is it, "
            "and what ends a conversation?",
            channel=shown,
        )  # fmt: skip
    return message(text, [section(text), actions(button(language.say("Choose…"), ids.CHANNEL_SETUP, channel))])


def ask_admins(channel: str, admins: Iterable[str], language: Language) -> Message:
    """To somebody who invited the bot and may not set up teams: who can."""
    people = ", ".join(f"<@{admin}>" for admin in admins)
    if people:
        text = language.say(
            "Thank you for inviting me to %(channel)s. For which team I ask here is chosen by an admin: %(people)s. "
            "Please tell one of them to type `/cx team`.",
            channel=f"<#{channel}>", people=people,
        )  # fmt: skip
    else:
        text = language.say(
            "Thank you for inviting me to %(channel)s. For which team I ask here is chosen by an admin, and there is "
            "none yet: whoever runs me names admins in CXBOT_ADMINS.",
            channel=f"<#{channel}>",
        )  # fmt: skip
    return message(text, [section(text)])


def form(channel: str, teams: Sequence[Team], here: Team | None, language: Language) -> Block:
    """The form about a channel; `here` is the team that serves customers in it."""
    only = teams[0] if len(teams) == 1 else None
    first = here or only
    own = [(team.name, str(team.id)) for team in teams[:90]]
    languages = [(language.say("As the team has it"), SAME), *((name, code) for code, name in LOCALE_NAMES.items())]
    endings = [(language.say(ENDING_NAMES[each], hours=language.hours(DEFAULT_SILENCE)), each) for each in ENDINGS]
    return {
        "type": "modal",
        "callback_id": ids.CHANNEL_FORM,
        "private_metadata": channel,
        "title": words(language.say("Channel")),
        "submit": words(language.say("Save")),
        "close": words(language.say("Close")),
        "blocks": [
            section(language.say("It is about %(channel)s.", channel=f"<#{channel}>")),
            field("team", language.say("For which team?"),
                  select([*own, (language.say("New team…"), NEW)], str(first.id) if first else "")),
            field("locale", language.say("In which language?"), select(languages, SAME)),
            field("ending", language.say("What ends a conversation of the team?"), select(endings)),
        ],
    }  # fmt: skip


def chosen(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What a person chose, by name of the field. `values` is the state of the submitted view."""
    found = {name: (element.get(name) or {}).get("selected_option") or {} for name, element in values.items()}
    return {name: str(option.get("value", "")) for name, option in found.items()}


def saved(lines: Sequence[str], language: Language) -> Block:
    """What replaces the form: what holds now, and the next step."""
    return {
        "type": "modal",
        "title": words(language.say("Channel")),
        "close": words(language.say("Close")),
        "blocks": [section(language.say("Saved.")), *(section(line) for line in lines)],
    }
