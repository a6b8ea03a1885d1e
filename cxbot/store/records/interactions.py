"""Closed interactions, each of them once.

An interaction can have several rows, one for each question about it. The newest row says where it belongs, and the
newest handling time is the one that counts: an earlier one was corrected.
"""

from __future__ import annotations

from cxbot.store.records.published import VISIBLE


def newest(row: str = "ratings") -> str:
    """The SQL condition for the row of an interaction that says where it belongs."""
    return (
        # In an inner statement the columns of VISIBLE are those of the inner row.
        f"NOT EXISTS (SELECT 1 FROM ratings AS newer WHERE newer.external_id = {row}.external_id "
        f"AND newer.id > {row}.id AND newer.closed_at IS NOT NULL AND {VISIBLE})"
    )


SECONDS = (
    "COALESCE(handling_seconds, (SELECT other.handling_seconds FROM ratings AS other WHERE other.external_id = "
    "ratings.external_id AND other.closed_at IS NOT NULL AND other.handling_seconds IS NOT NULL "
    f"AND {VISIBLE} ORDER BY other.id DESC LIMIT 1))"
)
"""The handling time of an interaction, in seconds."""
_BEGAN, _NEXT_BEGAN = (f"COALESCE({row}.opened_at, {row}.closed_at)" for row in ("ratings", "next"))
FOLLOWING = (
    f"(SELECT MIN({_NEXT_BEGAN}) FROM ratings AS next WHERE next.customer = ratings.customer AND next.customer != 0 "
    f"AND next.topic = ratings.topic AND next.id != ratings.id AND next.closed_at >= {_BEGAN} "
    f"AND ({_NEXT_BEGAN}, next.id) > ({_BEGAN}, ratings.id) AND {_NEXT_BEGAN} < :soon AND {VISIBLE} "
    f"AND {newest('next')})"
)
"""When the customer's next contact about the same topic began, before `soon`; no matter which agent or team took it."""
OF_ANY_TEAM = "team IN (SELECT name_id FROM name_keys WHERE kind = 'team' UNION SELECT 0)"
"""True for every row. The index of closed interactions begins with the team."""
