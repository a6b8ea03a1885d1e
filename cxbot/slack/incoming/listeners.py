"""The table of contents: everything Slack can send, and the method that handles it."""

from __future__ import annotations

import re

from slack_bolt import App

from cxbot.slack.bot import SlackBot
from cxbot.slack.incoming.campaigns import Campaigns
from cxbot.slack.incoming.commands import A_MINUTE, Commands
from cxbot.slack.incoming.conversation_ends import ConversationEnds
from cxbot.slack.incoming.customer_answers import CustomerAnswers
from cxbot.slack.incoming.customer_choices import CustomerChoices
from cxbot.slack.incoming.onboarding import Onboarding
from cxbot.slack.incoming.team_buttons import TeamButtons
from cxbot.slack.incoming.workflow_steps import WorkflowSteps
from cxbot.slack.incoming.workspace_changes import WorkspaceChanges
from cxbot.slack.messages.parts import ids


def register(app: App, bot: SlackBot, commands_a_minute: int = A_MINUTE) -> None:
    """Register the handler of everything Slack can send. `commands_a_minute` are those that one person may type."""
    answers = CustomerAnswers(bot)
    app.action(re.compile(rf"^{ids.SCORE}:"))(answers.score)
    app.action(re.compile(rf"^{ids.REASON}:"))(answers.reason)
    app.action(ids.WRITE)(answers.write)
    app.action(ids.CONTACT)(answers.contact)
    app.action(ids.NOT_NOW)(answers.not_now)
    app.action(ids.OPT_OUT)(answers.opt_out)
    app.action(ids.OPT_IN)(answers.opt_in)
    app.view(ids.ANSWER_FORM)(answers.submit)

    commands = Commands(bot, commands_a_minute)
    for name in ("/nps", "/csat", "/ces"):
        app.command(name)(commands.report)
    app.command("/cx")(commands.cx)
    app.command("/survey")(commands.survey)

    ends = ConversationEnds(bot)
    app.event("reaction_added")(ends.reaction)
    app.event("reaction_removed")(ends.reaction)
    app.shortcut(ids.ASK_SHORTCUT)(ends.shortcut)
    app.event("message")(answers.message)
    app.event("function_executed")(WorkflowSteps(bot).executed)

    app.action(re.compile(rf"^{ids.CUSTOMER}:"))(CustomerChoices(bot).press)

    buttons = TeamButtons(bot)
    app.action(ids.CANCEL)(buttons.cancel)
    app.action(ids.TAKE)(buttons.take)
    app.action(ids.DONE)(buttons.done)
    app.action(ids.SHARE)(buttons.share)
    app.action(ids.EXPLAIN)(buttons.explain)
    app.action(ids.FUNNEL)(buttons.funnel)
    app.action(ids.PARTS)(buttons.parts)
    app.action(re.compile(rf"^{ids.TEAM_CHOICE}:"))(buttons.choose_team)
    app.view(ids.TEAM_FORM)(buttons.submit_team)

    campaigns = Campaigns(bot)
    app.action(ids.CAMPAIGN_PAUSE)(campaigns.pause)
    app.action(ids.CAMPAIGN_RESUME)(campaigns.resume)
    app.action(ids.CAMPAIGN_STOP)(campaigns.stop)
    app.view(ids.CAMPAIGN_FORM)(campaigns.submit)
    onboarding = Onboarding(bot)
    app.event("member_joined_channel")(onboarding.joined)
    app.action(ids.CHANNEL_SETUP)(onboarding.choose)
    app.view(ids.CHANNEL_FORM)(onboarding.submit)

    changes = WorkspaceChanges(bot)
    for name in (
        "user_change", "subteam_members_changed", "subteam_updated",
        "channel_shared", "channel_unshared", "channel_archive", "channel_unarchive",
    ):  # fmt: skip
        app.event(name)(changes.changed)
    app.event("channel_id_changed")(changes.channel_id)
    app.event("app_uninstalled")(changes.removed)
    app.event("tokens_revoked")(changes.removed)
