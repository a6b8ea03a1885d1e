"""Whether a close of which a helpdesk or a file tells asks its customer, and how."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.companies import Company
from cxbot.core.invitations.eligibility import check_close
from cxbot.core.invitations.outcomes import outcome
from cxbot.core.invitations.rules import Invitation, check_customer, way
from cxbot.core.teams.conditions import Facts
from cxbot.errors import N_, Refused
from cxbot.service import companies
from cxbot.service.asking import invitation_of
from cxbot.service.bot import Bot
from cxbot.service.event_facts import About
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, limits, people, teams, waiting
from cxbot.store.records.conversations import Interaction


def decide(
    db: Connection, bot: Bot, about: About, interaction: Interaction, closed_at: datetime, via: str
) -> Invitation:
    """The invitation about a close, or the refusal, in the ledger either way."""
    team, now = about.team, bot.clock()
    delivery = _delivery(bot, about, interaction)
    close = Close(
        interaction.customer, interaction.agent, closed_at, via, channel=interaction.channel,
        thread_ts=about.thread_ts if delivery == "thread" else "", topic=interaction.topic,
        touchpoint=interaction.touchpoint, company=interaction.company, interaction=interaction.id,
    )  # fmt: skip
    invitation = invitation_of(team, close, about.survey, about.person, delivery)
    if delivery == "link":  # the helpdesk sends it, so it goes into the answer
        invitation = replace(invitation, send_at=now, reason="")
    try:
        _check_address(bot, interaction, delivery)
        if interaction.customer:
            known_as = people.addresses(db, interaction.customer)
            check_customer(about.person, known_as, about.served_by(interaction), about.staff, about.survey)
        name = f"{interaction.source}:{interaction.source_id}"  # of each close, too: nobody draws again
        company = companies.with_other_names(db, replace(about.company, name=interaction.company))
        check_close(team, via, _facts(interaction, company), company, name, teams.secret(db))
        return waiting.ask(db, invitation, team, now)
    except Refused as refusal:
        return waiting.refuse(db, invitation, refusal, now)


def _facts(interaction: Interaction, company: Company) -> Facts:
    """What conditions can be about an interaction."""
    return Facts(
        source=interaction.source, channel=interaction.channel, topic=interaction.topic,
        touchpoint=interaction.touchpoint, companies=company.names, tags=interaction.tags,
        agents=tuple(dict.fromkeys((*filter(None, [interaction.agent]), *(name for name, _ in interaction.agents)))),
        handling_seconds=interaction.handling_seconds,
    )  # fmt: skip


def _delivery(bot: Bot, about: About, interaction: Interaction) -> str:
    """How the customer is asked: in Slack as the team's `delivery` says, else by e-mail, or by a link to hand out."""
    if interaction.customer and "@" in interaction.customer:
        return "email" if bot.mails else "link"
    return way(about.team, about.survey, about.shared, about.thread_ts)


def _check_address(bot: Bot, interaction: Interaction, delivery: str) -> None:
    if not interaction.customer:
        raise Refused(N_("The helpdesk told no address of this customer."), code="no_address")
    if delivery == "link" and not bot.public_url:
        raise Refused(
            N_("There is no way to reach this customer: set CXBOT_PUBLIC_URL, and CXBOT_SMTP_URL for e-mail."),
            code="no_way",
        )


def outcome_of(db: Connection, invitation: Invitation) -> str:
    """The current outcome of the close that an invitation is about."""
    reply = answers.current(db, invitation)
    return outcome(
        invitation.state, invitation.reason,
        answered=bool(reply.given(invitation.survey)), commented=bool(reply.comment),
        paused=limits.held(db, invitation),
    )  # fmt: skip
