"""Closed interactions, each of them once.

An interaction can have several rows, one for each question about it. The newest row says where it belongs, and the
newest handling time is the one that counts: an earlier one was corrected.
"""

from __future__ import annotations

from cxbot.store.counts.scope import Scope
from cxbot.store.records.published import VISIBLE

# In the inner statements the columns of VISIBLE are those of the other row.
NEWEST = (
    "NOT EXISTS (SELECT 1 FROM ratings AS newer WHERE newer.external_id = ratings.external_id "
    f"AND newer.id > ratings.id AND newer.closed_at IS NOT NULL AND {VISIBLE})"
)
SECONDS = (
    "COALESCE(handling_seconds, (SELECT other.handling_seconds FROM ratings AS other WHERE other.external_id = "
    "ratings.external_id AND other.closed_at IS NOT NULL AND other.handling_seconds IS NOT NULL "
    f"AND {VISIBLE} ORDER BY other.id DESC LIMIT 1))"
)
"""The handling time of an interaction, in seconds."""
OF_ANY_TEAM = "team IN (SELECT name_id FROM name_keys WHERE kind = 'team' UNION SELECT 0)"
"""True for every row. The index of closed interactions begins with the team."""


def closed(scope: Scope, start: str = ":start", end: str = ":end") -> str:
    """The SQL condition for the interactions of a scope that were closed in a span."""
    team = "" if "team" in scope.filters else f" AND {OF_ANY_TEAM}"
    where, _ = scope.where()
    return f"closed_at >= {start} AND closed_at < {end}{team}{where} AND {VISIBLE} AND {NEWEST}"
