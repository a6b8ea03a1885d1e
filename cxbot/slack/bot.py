"""What every listener works with: the bot, and its ways to reach Slack."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk import WebClient

from cxbot.chart_process import ChartProcess
from cxbot.service.bot import Bot
from cxbot.slack.web_api.directory import SlackDirectory
from cxbot.slack.workers import Workers


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in Slack. `scopes` is None where Slack didn't say."""

    user: str
    bot: str
    workspace: str
    scopes: frozenset[str] | None

    def has(self, *scopes: str) -> bool:
        """Whether all scopes are granted, as far as Slack said so."""
        return self.scopes is None or set(scopes) <= self.scopes


@dataclass(frozen=True, slots=True)
class SlackBot(Bot):
    """The running bot in its workspace.

    `client` is for calls that nobody waits for, `short_client` for those made while a person waits.
    """

    directory: SlackDirectory
    client: WebClient
    short_client: WebClient
    workers: Workers
    chart_process: ChartProcess
    identity: Identity
