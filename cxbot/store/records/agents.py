"""Agents of an interaction with their shares. Who did most is in the interaction's own row, too."""

from __future__ import annotations

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import rows, run, run_many
from cxbot.store.records import names

Shares = tuple[tuple[str, float], ...]


def of(db: Connection, interaction: int) -> Shares:
    """The agents of an interaction, with their shares, in the order in which they were told. Who was told in two
    spellings has both shares."""
    found = rows(
        db,
        "SELECT n.name, SUM(a.share) AS share FROM interaction_agents AS a JOIN names AS n ON n.id = a.agent "
        "WHERE a.interaction = :id AND a.agent != 0 GROUP BY n.id, n.name ORDER BY MIN(a.place)",
        id=interaction,
    )
    return tuple((each["name"], each["share"]) for each in found)


def keep(db: Connection, interaction: int, shares: Shares) -> None:
    """Store the agents of an interaction in the place of those who are stored."""
    run(db, "DELETE FROM interaction_agents WHERE interaction = :id", id=interaction)
    run_many(
        db,
        "INSERT INTO interaction_agents (interaction, place, agent, share) VALUES (:id, :place, :agent, :share)",
        [{"id": interaction, "place": place, "agent": names.keep(db, "agent", who), "share": share}
         for place, (who, share) in enumerate(shares)],
    )  # fmt: skip
