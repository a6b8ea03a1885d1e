"""What is on file about a person, and forgetting it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cxbot.store.engine.connection import Connection, overwriting
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import attributions, choices, names, outbox, steps, teams


def erased(db: Connection, address: str) -> str:
    """What stands for a person who was forgotten: a keyed hash of the address. Without the key of this installation
    nobody can guess the address from it."""
    return f"erased:{hmac.new(teams.secret(db), address.encode(), hashlib.sha256).hexdigest()}"


def addresses(db: Connection, address: str) -> list[str]:
    """Every address of the person who has this one, this one first: a Slack id and e-mail addresses can be linked."""
    linked = rows(
        db,
        "SELECT address FROM people WHERE person = (SELECT person FROM people WHERE address = :address) "
        "AND address != :address ORDER BY address",
        address=address,
    )
    return [address, *(each["address"] for each in linked)]


def slots(db: Connection, address: str) -> tuple[str, dict[str, str]]:
    """The addresses of a person for `IN (…)`: the named parameters, and their values."""
    values = {f"own{number}": each for number, each in enumerate(addresses(db, address))}
    return ", ".join(f":{name}" for name in values), values


def link(db: Connection, one: str, other: str) -> None:
    """Note that two addresses are one person's: budgets, wishes and erasure then hold for both."""
    if one == other or other in addresses(db, one):
        return
    numbers = [
        row(db, "SELECT person FROM people WHERE address = :address", address=address) for address in (one, other)
    ]
    known = [number["person"] for number in numbers if number is not None]
    if known:
        person = min(known)
    else:
        latest = row(db, "SELECT COALESCE(MAX(person), 0) AS person FROM people")
        assert latest is not None
        person = latest["person"] + 1
    for number in known:
        run(db, "UPDATE people SET person = :person WHERE person = :number", person=person, number=number)
    for address in (one, other):
        insert(
            db, "people", {"address": address, "person": person},
            "ON CONFLICT (address) DO UPDATE SET person = excluded.person",
        )  # fmt: skip


def held(db: Connection, address: str) -> dict[str, Any]:
    """Everything that is on file about a person under an address."""
    customer = names.find(db, "customer", address)
    return {
        "who": address,
        "also": addresses(db, address)[1:],
        "opted_out": row(db, "SELECT since FROM opt_outs WHERE customer = :who", who=address),
        "interactions": rows(db, "SELECT * FROM interactions WHERE customer = :who OR email = :who", who=address),
        "invitations": rows(db, "SELECT * FROM invitations WHERE customer = :who ORDER BY closed_at", who=address),
        "corrections": rows(
            db,
            "SELECT a.* FROM attributions AS a JOIN invitations AS i ON i.key = a.invitation WHERE i.customer = :who "
            "ORDER BY a.id",
            who=address,
        ),
        "answers": rows(
            db,
            "SELECT metric, score, reasons, comment, contact, sent_at, answered_at, closed_at FROM ratings "
            "WHERE customer = :customer AND customer != 0 ORDER BY id",
            customer=customer,
        ),
        "customer": rows(db, "SELECT * FROM customers WHERE customer = :customer AND customer != 0", customer=customer),
    }


def erase(db: Connection, known: Iterable[str], now: datetime) -> int:
    """Forget people under all of their addresses: names, addresses and comments go; the score stays, and is nobody's. A
    wish not to be asked stays as a hash. Returns the number of invitations that were somebody's."""
    every = dict.fromkeys(each for address in known for each in addresses(db, address))
    with overwriting(db):
        return sum([_erase(db, address, now) for address in every])


def _erase(db: Connection, address: str, now: datetime) -> int:
    gone = erased(db, address)
    customer = names.find(db, "customer", address)
    keys = [kept["key"] for kept in rows(db, "SELECT key FROM invitations WHERE customer = :who", who=address)]
    for key in keys:
        for kind in ("survey", "mail"):
            outbox.drop(db, kind, key)
        outbox.put(db, "survey_delete", key, now)
        run(db, "UPDATE answer_events SET value = '' WHERE invitation = :key AND kind = 'comment'", key=key)
        run(db, "DELETE FROM links WHERE invitation = :key", key=key)
        attributions.forget_words(db, key)
        run(db, "DELETE FROM outbox WHERE subject = :key AND state IN ('sent', 'dead')", key=key)
        steps.give_up(db, key, now)
    run(
        db,
        "UPDATE invitations SET state = 'withdrawn', reason = 'erased' WHERE customer = :who "
        "AND state IN ('due', 'sending')",
        who=address,
    )
    run(db, "UPDATE invitations SET customer = :erased WHERE customer = :who", who=address, erased=gone)
    run(
        db,
        "UPDATE interactions SET customer = '', email = '' WHERE customer = :who OR email = :who",
        who=address,
    )
    run(db, "DELETE FROM people WHERE address = :who", who=address)
    choices.forget_person(db, address)
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
