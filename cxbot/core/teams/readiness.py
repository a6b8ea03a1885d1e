"""What ends a team's conversations, and what is still missing before it can ask and be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cxbot.core.calendar.hours import OFF
from cxbot.core.teams.team import Team

ENDINGS = ("reaction", "silence", "helpdesk")
DEFAULT_SILENCE = "4h"


def ended_by(ending: str, silence: str = OFF) -> dict[str, Any]:
    """The settings of a team whose conversations end by one of the `ENDINGS`; `silence` is the team's present one."""
    settings: Mapping[str, dict[str, Any]] = {
        "reaction": {"reaction_means": "close", "silence": OFF},
        "silence": {"silence": DEFAULT_SILENCE if silence == OFF else silence},
        # The helpdesk tells of every conversation, so that a reaction is somebody's choice.
        "helpdesk": {"reaction_means": "ask", "silence": OFF},
    }
    return settings[ending]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a team's settings depend on: the `channels` in which the bot can write, the names of the team's `hooks`,
    whether there is a `public_url`, whether the bot sends `mails`, and whether it `reads` channels (the feature
    history)."""

    channels: frozenset[str]
    hooks: tuple[str, ...]
    public_url: bool
    mails: bool
    reads: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing: `why` says what, `about` which channel or hook."""

    why: str
    about: str = ""


def gaps(team: Team, around: Surroundings) -> list[Gap]:
    """What is missing for a team; what should be done first comes first."""
    return list(_gaps(team, around))


def _gaps(team: Team, around: Surroundings) -> Iterator[Gap]:
    if not (team.source_channels or around.hooks):
        yield Gap("no_source")
    for channel in dict.fromkeys((*team.source_channels, team.channel, team.leads_channel)):
        if channel and channel not in around.channels:
            yield Gap("not_in", channel)
    if not (team.members or team.leads):
        yield Gap("nobody")
    if team.silence != OFF and not around.reads:
        yield Gap("deaf")
    if around.hooks and not around.public_url:
        yield Gap("no_url", around.hooks[0])
    if around.hooks and not around.mails:
        yield Gap("no_mail", around.hooks[0])
    if not team.leads:
        yield Gap("no_leads")
    if team.reaction_means == "ask" and team.silence == OFF and not around.hooks:
        yield Gap("by_hand")
