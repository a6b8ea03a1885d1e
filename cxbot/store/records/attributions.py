"""Who served a customer: corrections of the agent of a close. A correction is only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import cases, names
from cxbot.store.records.sources import BY_FILE, SLACK


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: when, by whom (a Slack id, or `terminal:` with the user of the machine), which agent the close
    had, which one it has now, and why."""

    at: datetime
    who: str
    old: str
    new: str
    why: str


def correct(db: Connection, invitation: Invitation, made: Correction) -> None:
    """Add a correction. From now on the close, and the answers about it, are the new agent's."""
    insert(
        db,
        "attributions",
        {
            "at": stamp(made.at),
            "who": made.who,
            "invitation": invitation.key,
            "old": names.keep(db, "agent", made.old),
            "new": names.keep(db, "agent", made.new),
            "why": made.why,
        },
    )
    give(db, invitation, made.new)
    cases.show_again(db, invitation.key, made.at)


def give(db: Connection, invitation: Invitation, agent: str) -> None:
    """Make a close an agent's: in the ledger, with its conversation if that was closed last by it, and in the figures.

    The database counts changes of older answers, so no remembered result outlives this. Counts by day have no agents.
    """
    number = names.keep(db, "agent", agent)
    run(db, "UPDATE invitations SET agent = :agent WHERE key = :key", key=invitation.key, agent=number)
    run(
        db,
        "UPDATE interactions SET agent = :agent WHERE id = :id AND closed_at = :closed",
        id=invitation.interaction,
        agent=number,
        closed=stamp(invitation.closed_at),
    )
    for external_id in _answers(db, invitation):
        run(db, "UPDATE ratings SET agent = :agent WHERE external_id = :id", agent=number, id=external_id)


def _answers(db: Connection, invitation: Invitation) -> list[str]:
    """The ids of the rows of the figures that are about a close: its own, and what an import brought."""
    sql = "SELECT source_id FROM interactions WHERE id = :id AND source != :slack"
    brought = rows(db, sql, id=invitation.interaction, slack=SLACK)
    return [invitation.key, *(each["source_id"] for each in brought)]


def of_invitation(db: Connection, key: str) -> list[Correction]:
    """The corrections of a close, oldest first."""
    found = rows(db, "SELECT at, who, old, new, why FROM attributions WHERE invitation = :key ORDER BY id", key=key)
    shown = names.texts(db, (each[column] for each in found for column in ("old", "new")))
    return [Correction(at, kept["who"], shown[kept["old"]], shown[kept["new"]], kept["why"])
            for kept in found if (at := moment(kept["at"])) is not None]  # fmt: skip


def of_answers(db: Connection, external_ids: Sequence[str]) -> dict[str, int]:
    """The ids of the agents to whom answers of a file were given by hand, by the ids of its rows: a file that is
    imported again does not undo that."""
    if row(db, "SELECT 1 AS one FROM attributions LIMIT 1") is None:
        return {}
    slots = ", ".join(f":id{number}" for number in range(len(external_ids)))
    found = rows(
        db,
        f"SELECT a.id, a.invitation AS of_row, a.new FROM attributions AS a WHERE a.invitation IN ({slots}) "
        "UNION ALL SELECT a.id, i.source_id AS of_row, a.new FROM interactions AS i "
        "JOIN invitations AS v ON v.interaction = i.id AND v.interaction != 0 "
        "JOIN attributions AS a ON a.invitation = v.key "
        f"WHERE i.source IN {BY_FILE} AND i.source_id IN ({slots}) ORDER BY id",
        **{f"id{number}": external_id for number, external_id in enumerate(external_ids)},
    )
    return {each["of_row"]: each["new"] for each in found}


def agents_of(db: Connection, team_id: int) -> list[str]:
    """Everybody whom closes of a team are about, or have been."""
    found = rows(
        db,
        "SELECT name FROM names WHERE id != 0 AND id IN (SELECT agent FROM invitations WHERE team_id = :team "
        "UNION SELECT a.old FROM attributions AS a JOIN invitations AS i ON i.key = a.invitation "
        "WHERE i.team_id = :team) ORDER BY name",
        team=team_id,
    )
    return [each["name"] for each in found]


def forget_words(db: Connection, key: str) -> None:
    """Delete what was written about why: the customer of the close was forgotten."""
    run(db, "UPDATE attributions SET why = '' WHERE invitation = :key", key=key)
