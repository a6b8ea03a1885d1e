"""The bot with its ways to reach Slack: every listener and every kind of task works with it."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk import WebClient

from cxbot.chart_process import ChartProcess
from cxbot.service.bot import Bot
from cxbot.slack.web_api.directory import SlackDirectory
from cxbot.slack.workers import Workers


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's identity in Slack. `scopes` is None if Slack did not name them."""

    user: str
    bot: str
    workspace: str
    scopes: frozenset[str] | None

    def has(self, *scopes: str) -> bool:
        """Whether all these scopes are granted, or unknown."""
        return self.scopes is None or set(scopes) <= self.scopes


@dataclass(frozen=True, slots=True)
class SlackBot(Bot):
    """The running bot in its workspace. `client` is for calls that nobody waits for, `short_client` for calls while a
    person waits."""

    directory: SlackDirectory
    client: WebClient
    short_client: WebClient
    workers: Workers
    chart_process: ChartProcess
    identity: Identity
