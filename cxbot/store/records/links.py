"""Personal links to a survey's page. Only a hash of each is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from cxbot.core.invitations.rules import Invitation
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row
from cxbot.store.engine.times import stamp
from cxbot.store.records import invitations, teams

RANDOM_BYTES = 24


def make(db: Connection, invitation: Invitation, now: datetime) -> str:
    """A new token for an invitation. An invitation may have several: each mail has its own."""
    token = secrets.token_urlsafe(RANDOM_BYTES)
    insert(db, "links", {"hash": _hash(token), "invitation": invitation.key, "made_at": stamp(now)})
    return token


def of(db: Connection, invitation: Invitation, now: datetime) -> str:
    """The token of an invitation's mail, or of the answer to a helpdesk: the same at every attempt, so that what is
    sent again has the same links. It is derived from the invitation and the key of this installation; only its hash is
    stored."""
    derived = hmac.digest(teams.secret(db), f"link:{invitation.key}".encode(), "sha256")[:RANDOM_BYTES]
    token = base64.urlsafe_b64encode(derived).decode()
    values = {"hash": _hash(token), "invitation": invitation.key, "made_at": stamp(now)}
    insert(db, "links", values, "ON CONFLICT (hash) DO NOTHING")
    return token


def find(db: Connection, token: str) -> Invitation | None:
    """The invitation of a token; None for any other text."""
    kept = row(db, "SELECT invitation FROM links WHERE hash = :hash", hash=_hash(token))
    return None if kept is None else invitations.by_key(db, kept["invitation"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
