"""Reads the digests in a local Slack."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.office import Office


def digests(office: Office, channel: str | None = None) -> list[dict[str, Any]]:
    """The digests in a channel, without their threads."""
    found = office.slack.messages(channel or office.team_channel)
    return [each for each in found if each.get("bot_id") and each.get("thread_ts", each["ts"]) == each["ts"]]


def thread(office: Office, channel: str | None = None) -> list[dict[str, Any]]:
    where = channel or office.team_channel
    return office.slack.messages(where, digests(office, where)[-1]["ts"])[1:]


def until(office: Office, moment: datetime) -> None:
    """Move the clock to a moment, and have the bot tick."""
    office.clock.advance(moment - office.clock.now())
    office.service.tick()
    office.settle()
