"""What is on file about a person, and forgetting it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import names, outbox, teams


def erased(db: Connection, address: str) -> str:
    """What stands for a person who was forgotten: a keyed hash of the address. Without the key of this installation
    nobody can guess the address from it."""
    return f"erased:{hmac.new(teams.secret(db), address.encode(), hashlib.sha256).hexdigest()}"


def held(db: Connection, address: str) -> dict[str, Any]:
    """Everything that is on file about a person, by Slack id or e-mail address."""
    customer = names.find(db, "customer", address)
    return {
        "who": address,
        "opted_out": row(db, "SELECT since FROM opt_outs WHERE customer = :who", who=address),
        "interactions": rows(db, "SELECT * FROM interactions WHERE customer = :who OR email = :who", who=address),
        "invitations": rows(db, "SELECT * FROM invitations WHERE customer = :who ORDER BY closed_at", who=address),
        "answers": rows(
            db,
            "SELECT metric, score, reasons, comment, contact, sent_at, answered_at, closed_at FROM ratings "
            "WHERE customer = :customer AND customer != 0 ORDER BY id",
            customer=customer,
        ),
        "customer": rows(db, "SELECT * FROM customers WHERE customer = :customer AND customer != 0", customer=customer),
    }


def erase(db: Connection, addresses: Iterable[str], now: datetime) -> int:
    """Forget people: names, addresses and comments go; the score stays, and is nobody's. A wish not to be asked stays
    as a hash. Returns the number of invitations that were somebody's."""
    return sum([_erase(db, address, now) for address in addresses])


def _erase(db: Connection, address: str, now: datetime) -> int:
    gone = erased(db, address)
    customer = names.find(db, "customer", address)
    keys = [kept["key"] for kept in rows(db, "SELECT key FROM invitations WHERE customer = :who", who=address)]
    for key in keys:
        outbox.put(db, "survey_delete", key, now)
        run(db, "UPDATE answer_events SET value = '' WHERE invitation = :key AND kind = 'comment'", key=key)
        run(db, "DELETE FROM links WHERE invitation = :key", key=key)
        run(db, "DELETE FROM outbox WHERE subject = :key AND state IN ('sent', 'dead')", key=key)
    run(
        db,
        "UPDATE invitations SET state = 'withdrawn', reason = 'erased' WHERE customer = :who AND state = 'due'",
        who=address,
    )
    run(db, "UPDATE invitations SET customer = :erased WHERE customer = :who", who=address, erased=gone)
    run(
        db,
        "UPDATE interactions SET customer = '', email = '' WHERE customer = :who OR email = :who",
        who=address,
    )
    if customer > 0:
        run(
            db,
            "UPDATE ratings SET comment = '', customer = 0, sample = 0 WHERE customer = :customer",
            customer=customer,
        )
        run(db, "DELETE FROM customers WHERE customer = :customer", customer=customer)
        run(db, "DELETE FROM name_keys WHERE name_id = :customer", customer=customer)
        run(db, "DELETE FROM names WHERE id = :customer", customer=customer)
    if row(db, "SELECT 1 AS one FROM opt_outs WHERE customer = :who", who=address):
        run(db, "DELETE FROM opt_outs WHERE customer = :who", who=address)
        insert(
            db,
            "opt_outs",
            {"customer": gone, "since": stamp(now)},
            "ON CONFLICT (customer) DO NOTHING",
        )
    return len(keys)
