"""Channels and people given by name on the command line: `#support`, `leo@example.com`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from cxbot.config import Settings
from cxbot.errors import N_, UsageError

CHANNELS = ("channel", "leads_channel", "source_channels")
PEOPLE = ("leads", "members")


def with_ids(given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Options with the ids of what is given by name. Slack is asked only if something is. Raises UsageError for names
    that Slack doesn't know."""
    named = [text for name in (*CHANNELS, *PEOPLE) for text in _texts(given.get(name, ())) if _is_name(text)]
    if not named:
        return dict(given)
    if not settings.bot_token:
        raise UsageError(
            N_("To find `%(text)s`, Slack has to be asked: set SLACK_BOT_TOKEN, or give the id."), text=named[0]
        )
    finder = importlib.import_module("cxbot.slack.web_api.found").Finder(settings.bot_token, settings.api_url)
    found = dict(given)
    for name in (*CHANNELS, *PEOPLE):
        if name in given:
            find = finder.channel if name in CHANNELS else finder.person
            ids = tuple(find(text) if _is_name(text) else text for text in _texts(given[name]))
            found[name] = ids[0] if isinstance(given[name], str) else ids
    return found


def _texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _is_name(text: str) -> bool:
    """Whether a text is a name to look up: a channel's with `#`, or an e-mail address; no mention."""
    return not text.startswith("<") and (text.startswith("#") or "@" in text[1:])
