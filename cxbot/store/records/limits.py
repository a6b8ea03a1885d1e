"""What keeps a customer from being asked now: earlier surveys, their own wish, pauses and incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cxbot.core.invitations.eligibility import CAMPAIGN
from cxbot.core.invitations.rules import History, Invitation
from cxbot.core.teams.team import Team
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import row
from cxbot.store.engine.times import moment
from cxbot.store.records import incidents, names, people, teams


def history(db: Connection, invitation: Invitation, team: Team) -> History:
    """The facts that the budgets check, such as the last survey to this customer. The invitation itself is left out."""
    customer, but = people.of(db, invitation.customer), invitation.key
    of_person: dict[str, Any] = {"where": "customer = :customer", "but": but, "customer": customer}
    waiting = row(
        db,
        "SELECT send_at FROM invitations WHERE customer = :customer AND state IN ('due', 'sending') AND key != :but",
        customer=customer,
        but=but,
    )
    company = names.find(db, "company", invitation.company) if invitation.company else 0
    of_company: dict[str, Any] = {"where": "company = :company AND company != 0", "but": but, "company": company}
    relationship = invitation.asked_via == CAMPAIGN
    of_company_sent = [_last_sent(db, **of_company), _on_its_way(db, company, but)] if team.company_days else []
    return History(
        opted_out=opted_out(db, invitation.customer),
        last_sent_at=_last_sent(db, **of_person),
        waiting_until=moment(waiting["send_at"]) if waiting else None,
        paused=paused(db, team),
        incident=incidents.on(db, team, invitation.closed_at),
        company_sent_at=max((at for at in of_company_sent if at is not None), default=None),
        asked_at=_last_sent(db, **of_person, via=CAMPAIGN) if relationship else None,
        company_asked_at=_last_sent(db, **of_company, via=CAMPAIGN) if relationship else None,
    )


def _last_sent(db: Connection, where: str, **values: object) -> datetime | None:
    """When a survey was last sent to the people of a condition; with `via` only those that were asked this way."""
    of_kind = " AND asked_via = :via" if "via" in values else ""
    last = row(
        db,
        f"SELECT MAX(sent_at) AS at FROM invitations WHERE {where}{of_kind} AND key != :but "
        "AND state != 'undeliverable'",
        **values,
    )
    return None if last is None else moment(last["at"])


def _on_its_way(db: Connection, company: int, but: str) -> datetime | None:
    """When the newest survey to somebody of a company was due that is being sent at this moment; None if none is."""
    last = row(
        db,
        "SELECT MAX(send_at) AS at FROM invitations WHERE company = :company AND company != 0 AND sent_at IS NULL "
        "AND state = 'sending' AND key != :but",
        company=company,
        but=but,
    )
    return None if last is None else moment(last["at"])


def opted_out(db: Connection, customer: str) -> bool:
    """Whether a customer does not want to be asked, also if they have been forgotten since."""
    sql = (
        "SELECT 1 AS one FROM opt_outs WHERE customer = :customer "
        "UNION SELECT 1 FROM erased_opt_outs WHERE person = :erased"
    )
    return row(db, sql, customer=people.of(db, customer), erased=people.erased(db, customer)) is not None


def paused(db: Connection, team: Team | None) -> bool:
    """Whether a team, or everything, is paused."""
    return teams.switched(db, "paused") is not None or (team is not None and team.paused)


def held(db: Connection, invitation: Invitation) -> bool:
    """Whether a survey waits because its team, or everything, is paused."""
    return row(db, f"SELECT 1 AS one FROM invitations AS i WHERE key = :key AND {HELD}", key=invitation.key) is not None


HELD = (
    "(i.state = 'due' AND (EXISTS (SELECT 1 FROM switches WHERE name = 'paused') "
    "OR EXISTS (SELECT 1 FROM teams AS t WHERE t.id = i.team_id AND t.paused = 1)))"
)
"""Whether an invitation `i` is held by a pause."""
