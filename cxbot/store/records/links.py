"""Personal links to a survey's page. Only a hash of each is stored, so that the file tells none of them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row
from cxbot.store.engine.times import stamp
from cxbot.store.records import invitations

RANDOM_BYTES = 24


def make(db: Connection, invitation: Invitation, now: datetime) -> str:
    """A new token for an invitation. An invitation may have several: each mail has its own."""
    token = secrets.token_urlsafe(RANDOM_BYTES)
    insert(db, "links", {"hash": _hash(token), "invitation": invitation.key, "made_at": stamp(now)})
    return token


def find(db: Connection, token: str) -> Invitation | None:
    """The invitation of a token; None for any other text."""
    kept = row(db, "SELECT invitation FROM links WHERE hash = :hash", hash=_hash(token))
    return None if kept is None else invitations.by_key(db, kept["invitation"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
