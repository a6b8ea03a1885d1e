"""The Slack app manifest: the minimum that the bot needs, and optional features."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cxbot.errors import N_, UsageError
from cxbot.slack.messages.parts import ids
from cxbot.slack.web_api.workflow_steps import STEPS

BASE_SCOPES = (
    "chat:write", "commands", "im:write", "users:read", "channels:read", "groups:read", "reactions:read",
)  # fmt: skip
BASE_EVENTS = (
    "reaction_added", "reaction_removed", "user_change", "channel_archive", "channel_unarchive", "channel_id_changed",
    "channel_shared", "channel_unshared", "member_joined_channel", "app_uninstalled", "tokens_revoked",
)  # fmt: skip
BASE_COMMANDS = {
    "/nps": ("NPS of a period", "week | last month by:agent | 2026-W46 vs:2026-W45"),
    "/cx": ("Ask a customer, see digests, set up teams", "help | ask @customer | digest | team | pause"),
}
MORE_COMMANDS = {
    "/csat": ("CSAT of a period", "week | last month by:topic"),
    "/ces": ("CES of a period", "week | last month by:topic"),
    "/survey": ("Ask a customer", "@customer nps | csat | ces"),
}


@dataclass(frozen=True, slots=True)
class Feature:
    """An optional feature: its scopes, and why it needs them."""

    scopes: tuple[str, ...]
    events: tuple[str, ...]
    why: str


FEATURES = {
    "files": Feature(("files:write",), (), N_("Pictures: the digest's trend is shared in its thread.")),
    "messages": Feature(
        ("im:history",), ("message.im",), N_("Comments by plain message: what a customer writes after a score.")
    ),
    "history": Feature(
        ("channels:history", "groups:history", "im:history"), ("message.im", "message.channels", "message.groups"),
        N_("Reconciliation: after a dropped connection the bot looks whether its message arrived, also in direct "
           "messages, finds a thread's customer, tells who types a score there where to press, and sees when nobody "
           "writes there any more. It includes the feature messages."),
    ),
    "email": Feature(
        ("users:read.email",), (),
        N_("Look-up by e-mail: customers of whom a helpdesk tells only an address are asked in Slack, if they are in "
           "it."),
    ),
    "companies": Feature(
        ("team:read",), (),
        N_("Companies: the name of the organisation to which a person of another company belongs, also by domain."),
    ),
    "groups": Feature(
        ("usergroups:read",), ("subteam_members_changed", "subteam_updated"),
        N_("User groups: a team's members can be given as a group."),
    ),
    "commands": Feature((), (), N_("Further slash commands: /csat, /ces and /survey, which are also /cx words.")),
    "workflow": Feature(
        (), ("function_executed",),
        N_("A step of Workflow Builder, “Ask for feedback”. An app with it can't be distributed publicly."),
    ),
}  # fmt: skip


def scopes(features: Iterable[str]) -> list[str]:
    """The base scopes and those of the given features, each once."""
    return list(dict.fromkeys([*BASE_SCOPES, *(scope for name in features for scope in FEATURES[name].scopes)]))


def chosen(text: str) -> tuple[str, ...]:
    """The features named in a text, separated by commas. Raises UsageError for an unknown one."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in FEATURES:
            raise UsageError(N_("`%(name)s` is not a feature. Features: %(all)s."), name=name, all=", ".join(FEATURES))
    return names


def manifest(features: Iterable[str] = (), url: str = "") -> dict[str, Any]:
    """The manifest with the given features: for HTTP if `url` (https://…/slack/events) is given, else for Socket
    Mode."""
    features = tuple(features)
    commands = BASE_COMMANDS | (MORE_COMMANDS if "commands" in features else {})
    target = {"url": url} if url else {}
    request = {"request_url": url} if url else {}
    events = {*BASE_EVENTS, *(event for name in features for event in FEATURES[name].events)}
    has_step = "workflow" in features
    return {
        # In the second version, inputs and outputs of steps are JSON schemas.
        "_metadata": {"major_version": 2 if has_step else 1, "minor_version": 1},
        "display_information": {
            "name": "cxbot",
            "description": "Asks customers one small question after each interaction and tells the team what it means.",
            "background_color": "#0b5cad",
        },
        "features": {
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True,
                         "messages_tab_read_only_enabled": "message.im" not in events},
            "bot_user": {"display_name": "cxbot", "always_online": True},
            "slash_commands": [
                {"command": name, "description": about, "usage_hint": hint, "should_escape": True, **target}
                for name, (about, hint) in commands.items()
            ],
            "shortcuts": [
                {
                    "name": "Ask for feedback",
                    "type": "message",
                    "callback_id": ids.ASK_SHORTCUT,
                    "description": "Ask this conversation's customer one small question",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes(features)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": sorted(events)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": has_step,
            **({"function_runtime": "remote"} if has_step else {}),
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
        **({"functions": STEPS} if has_step else {}),
    }  # fmt: skip
