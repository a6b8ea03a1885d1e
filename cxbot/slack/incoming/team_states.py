"""What is set up for a team and what is missing, as Slack and the settings say now."""

from __future__ import annotations

from cxbot.core.teams.readiness import Surroundings, gaps
from cxbot.core.teams.team import Team
from cxbot.language import Language
from cxbot.service.directory import NotKnownError
from cxbot.slack.bot import SlackBot
from cxbot.slack.messages import team_state
from cxbot.slack.web_api import manifest
from cxbot.store.records import hooks

MOST = 10  # teams in one message


def lines(bot: SlackBot, team: Team, language: Language) -> list[str]:
    """A team: what is set up, what is missing, and the next step."""
    around = _around(bot, team)
    return team_state.lines(team, around, gaps(team, around), language)


def listing(bot: SlackBot, teams: list[Team], language: Language) -> list[str]:
    """Teams one below the other, and the features that are off."""
    told = ["\n".join(lines(bot, team, language)) for team in teams[:MOST]]
    if len(teams) > MOST:
        told.append(language.say("For another team: `/cx team NAME`."))
    off = [name for name, feature in manifest.FEATURES.items() if not bot.identity.has(*feature.scopes)]
    return [*told, team_state.features_off(off, language)] if off else told


def _around(bot: SlackBot, team: Team) -> Surroundings:
    channels = {each for each in (team.channel, team.leads_channel, *team.source_channels) if each}
    return Surroundings(
        channels=frozenset(channel for channel in channels if _can_write(bot, channel)),
        hooks=tuple(hook.name for hook in hooks.every(bot.database.reader) if hook.team_id == team.id),
        public_url=bool(bot.public_url),
        mails=bot.mails,
        reads=bot.identity.has(*manifest.FEATURES["history"].scopes),
    )


def _can_write(bot: SlackBot, channel: str) -> bool:
    try:
        known = bot.directory.channel(channel)
    except NotKnownError:
        return False
    return known.member and not known.archived
