"""Closes of interactions as rows of the figures: for handling time, reopening and first contact."""

from __future__ import annotations

from cxbot.core.signals.control_charts import Group
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert
from cxbot.store.engine.times import day, stamp
from cxbot.store.records import answers, names, ways
from cxbot.store.records.conversations import Interaction


def add(db: Connection, interaction: Interaction) -> None:
    """Add the close of an interaction to the figures. Each close is one: what was reopened began anew at that moment,
    so that it counts as a contact that came back."""
    assert interaction.closed_at is not None
    ids = names.ids(db, {name: getattr(interaction, name, "") for name in names.KINDS})
    opened_at = interaction.reopened_at or interaction.opened_at
    closed_at = stamp(interaction.closed_at)
    insert(
        db,
        "ratings",
        {
            "external_id": f"{interaction.source}:{interaction.source_id}:{interaction.closes}",
            "metric": "",
            "asked_by": ways.AUTOMATIC,
            **ids,
            "opened_at": None if opened_at is None else stamp(min(opened_at, interaction.closed_at)),
            "closed_at": closed_at,
            "handling_seconds": interaction.handling_seconds,
            "sample": names.sample(db, ids["customer"]),
        },
    )
    if interaction.handling_seconds is not None:
        seconds = interaction.handling_seconds
        answers.count_handled(db, ids["team"], day(closed_at), Group(1, seconds, seconds * seconds), batch=0)
