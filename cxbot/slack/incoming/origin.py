"""Whether a signed payload comes from where it says: this workspace, Slack's own addresses, and the present."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from cxbot.core.loopback import on_loopback
from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming import payloads
from cxbot.slack.incoming.payloads import Body, MalformedError

SLACK = ".slack.com"
AHEAD = timedelta(minutes=5)  # by which Slack's clock may be ahead of this machine's


def check(bot: SlackBot, body: Body) -> None:
    """Raise MalformedError unless a payload is well-formed and comes from where it says. To be called for every one,
    whichever way it comes, before Bolt sees it."""
    payloads.check(body)
    workspace = bot.identity.workspace
    named = {team for team in _workspaces(body) if team}
    if workspace and named and workspace not in named:
        raise MalformedError("the payload is of another workspace")
    if (url := body.get("response_url")) and not _of_slack(bot, str(url)):
        raise MalformedError("the response_url is not Slack's")
    latest = (bot.clock() + AHEAD).timestamp()
    if any(_seconds(at) > latest for at in _times(body)):
        raise MalformedError("the action is in the future")


def _workspaces(body: Body) -> Iterator[str]:
    """The workspace that a payload is for. In a shared channel the person's own one stands elsewhere; an event may be
    of another workspace, and says for which one it comes here."""
    view, team = body.get("view"), body.get("team")
    if body.get("type") == "view_submission" and isinstance(view, Mapping):
        yield str(view.get("app_installed_team_id") or view.get("team_id") or "")
        return
    if named := [str(each["team_id"]) for each in body.get("authorizations") or () if each.get("team_id")]:
        yield from named
        return
    if context := body.get("context_team_id"):
        yield str(context)
        return
    if isinstance(team, Mapping):
        yield str(team.get("id") or "")
    yield str(body.get("team_id") or "")


def _times(body: Body) -> Iterator[object]:
    """When somebody pressed something, by Slack's clock."""
    yield body.get("action_ts")
    for action in body.get("actions") or ():
        yield action.get("action_ts") if isinstance(action, Mapping) else None


def _of_slack(bot: SlackBot, url: str) -> bool:
    try:
        there, api = urlsplit(url), urlsplit(bot.client.base_url)
        host = there.hostname or ""
    except ValueError:
        return False
    if there.scheme == "https" and host.endswith(SLACK):
        return True
    known = api.hostname or ""
    below = host == known or host.endswith(f".{known}") or (on_loopback(host) and on_loopback(known))
    return there.scheme == api.scheme and below


def _seconds(at: object) -> float:
    try:
        return float(str(at or 0))
    except ValueError:
        return 0.0
