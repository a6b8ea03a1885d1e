"""The table of contents: what Slack can send, and the method that takes care of it."""

from __future__ import annotations

import re

from slack_bolt import App

from cxbot.slack.bot import Bot
from cxbot.slack.incoming.commands import Commands
from cxbot.slack.incoming.conversation_ends import Triggers
from cxbot.slack.incoming.customer_answers import Answers
from cxbot.slack.incoming.team_buttons import Actions
from cxbot.slack.incoming.workspace_changes import Changes
from cxbot.slack.messages.parts import ids


def register(app: App, bot: Bot) -> None:
    """Connect everything Slack can send to the method that takes care of it."""
    answers = Answers(bot)
    app.action(re.compile(rf"^{ids.SCORE}:"))(answers.score)
    app.action(re.compile(rf"^{ids.REASON}:"))(answers.reason)
    app.action(ids.WRITE)(answers.write)
    app.action(ids.CONTACT)(answers.contact)
    app.action(ids.NOT_NOW)(answers.not_now)
    app.action(ids.OPT_OUT)(answers.opt_out)
    app.action(ids.OPT_IN)(answers.opt_in)
    app.view(ids.ANSWER_FORM)(answers.submit)

    commands = Commands(bot)
    for name in ("/nps", "/csat", "/ces"):
        app.command(name)(commands.report)
    app.command("/cx")(commands.cx)
    app.command("/survey")(commands.survey)

    triggers = Triggers(bot)
    app.event("reaction_added")(triggers.reaction)
    app.event("reaction_removed")(triggers.reaction)
    app.shortcut(ids.ASK_SHORTCUT)(triggers.shortcut)
    app.event("message")(answers.message)

    actions = Actions(bot)
    app.action(ids.CANCEL)(actions.cancel)
    app.action(ids.TAKE)(actions.take)
    app.action(ids.DONE)(actions.done)
    app.action(ids.SHARE)(actions.share)
    app.action(ids.EXPLAIN)(actions.explain)
    app.action(re.compile(rf"^{ids.TEAM_CHOICE}:"))(actions.choose_team)
    app.view(ids.TEAM_FORM)(actions.submit_team)

    changes = Changes(bot)
    app.event("user_change")(changes.user)
    for name in ("channel_shared", "channel_unshared", "channel_archive", "channel_unarchive", "member_joined_channel"):
        app.event(name)(changes.channel)
    app.event("channel_id_changed")(changes.channel_id)
    app.event("app_uninstalled")(changes.removed)
    app.event("tokens_revoked")(changes.removed)
