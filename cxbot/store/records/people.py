"""Customers as people: their addresses, what is on file about them, and forgetting it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cxbot.core import names as spelling
from cxbot.store.engine.connection import Connection, overwriting
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.times import stamp
from cxbot.store.records import (
    agents,
    attributions,
    cases,
    choices,
    colleagues,
    history,
    names,
    outbox,
    reminders,
    steps,
    teams,
)  # fmt: skip

CANCELLED, REACTION_REMOVED = "cancelled", "reaction removed"
"""Why a survey was withdrawn, if somebody of the team did it: it says by whom, until they are forgotten."""


def erased(db: Connection, address: str) -> str:
    """What stands for a person who was forgotten: a keyed hash of the address. Without the key of this installation
    nobody can guess the address from it."""
    spelled = spelling.spelled(spelling.key(address))
    return f"erased:{hmac.new(teams.secret(db), spelled.encode(), hashlib.sha256).hexdigest()}"


def of(db: Connection, address: str) -> int:
    """The id of the customer with an address, a Slack id or an e-mail address; `names.UNKNOWN` for nobody on file."""
    return names.find(db, "customer", address) or names.UNKNOWN


def are_apart(db: Connection, customer: str, told: Iterable[str]) -> bool:
    """Whether a customer is certainly somebody else than who is told of by these addresses; nobody is, if one of both
    is not known."""
    others = [of(db, who) for who in told if who]
    return bool(customer and others) and of(db, customer) not in others


def addresses(db: Connection, address: str) -> list[str]:
    """Every address of the person who has this one, this one first."""
    known = spelling.key(address)
    return [address, *(spelling.spelled(key) for key in names.spellings(db, "customer", address) if key != known)]


def known_as(db: Connection, told: Iterable[str]) -> list[str]:
    """By what people are known here: what was told, which may be an id at a tool (see `Interaction.contact`), and every
    address of theirs."""
    found: dict[str, None] = {}
    for each in told:
        kept = rows(
            db,
            "SELECT DISTINCT k.key FROM interactions AS i JOIN name_keys AS k ON k.name_id = i.customer "
            "WHERE i.contact = :contact AND i.contact != '' AND i.customer != 0 ORDER BY k.key",
            contact=each,
        )
        of_contact = (spelling.spelled(other["key"]) for other in kept)
        found |= dict.fromkeys(address for who in (each, *of_contact) for address in addresses(db, who))
    return list(found)


def in_audit(db: Connection, address: str) -> str:
    """What the audit log says of a person whom a deed is about: a hash of the address. The log is only added to, so it
    must not name somebody who may be forgotten."""
    return erased(db, address)[:24]


def keep(db: Connection, address: str, email: str, now: datetime) -> int:
    """The id of the customer who is reached at an address, which is added if it is new; 0 without one. If an e-mail
    address is told as well, it is theirs, too."""
    if address and email:
        link(db, address, email, now)
    return names.keep(db, "customer", address or email)


def link(db: Connection, one: str, other: str, now: datetime) -> bool:
    """Make two addresses one customer's, with everything that is on file under either.

    The Slack id stays the name that is shown, else the first address. Of two surveys that wait, the later one is not
    sent; False, and nothing is linked, if both are being sent at this moment.
    """
    both = [names.keep(db, "customer", address) for address in (one, other)]
    if both[0] == both[1]:
        return True
    if not _one_waiting(db, both, now):
        return False
    shown = names.texts(db, both)
    stays, gone = sorted(both, key=lambda each: "@" in shown[each])
    _merge(db, gone, stays)
    run(db, "UPDATE names SET given = 1, linked_at = :now WHERE id = :id", id=stays, now=stamp(now))
    return True


def _one_waiting(db: Connection, both: list[int], now: datetime) -> bool:
    """Of the surveys that wait for two customers let one wait; False if both are on their way."""
    one, other = both
    waiting = rows(
        db,
        "SELECT key, state FROM invitations WHERE customer IN (:one, :other) AND state IN ('due', 'sending') "
        "ORDER BY state, send_at DESC",
        one=one,
        other=other,
    )
    if len(waiting) < len(both):
        return True
    for each in waiting:
        if each["state"] == "due" or any(outbox.drop(db, kind, each["key"]) for kind in ("survey", "mail")):
            run(db, "UPDATE invitations SET state = 'refused', reason = 'waiting' WHERE key = :key", key=each["key"])
            history.note(db, each["key"], "refused", "waiting", now)
            return True
    return False


OF_CUSTOMER = " UNION ALL ".join(
    f"SELECT id FROM ratings WHERE customer = :customer AND customer != 0 AND {part}"
    for part in ("score IS NOT NULL", "score IS NULL AND closed_at IS NOT NULL", "score IS NULL AND closed_at IS NULL")
)
"""The rows of a customer's answers, surveys and closes: in three parts, because each has an index of its own."""


def _merge(db: Connection, gone: int, stays: int) -> None:
    """Make two customers one. If both are in the register, the row of the one that stays stays, and takes from the
    other one only the company and the money that it lacks."""
    run(
        db,
        f"UPDATE ratings SET customer = :stays, sample = :sample WHERE id IN ({OF_CUSTOMER})",
        customer=gone,
        stays=stays,
        sample=names.sample(db, stays),
    )
    for kept in rows(db, "DELETE FROM customers WHERE customer = :gone RETURNING *", gone=gone):
        insert(db, "customers", {**kept, "customer": stays}, LACKING)
    for wish in rows(db, "DELETE FROM opt_outs WHERE customer = :gone RETURNING since", gone=gone):
        insert(db, "opt_outs", {"customer": stays, **wish}, "ON CONFLICT (customer) DO NOTHING")
    names.merge(db, "customer", gone, stays)


LACKING = (
    "ON CONFLICT (customer) DO UPDATE SET money = COALESCE(customers.money, excluded.money), "
    "company = CASE customers.company WHEN 0 THEN excluded.company ELSE customers.company END"
)


def held(db: Connection, address: str) -> dict[str, Any]:
    """Everything that is on file about a person who has an address. Of what they answered as a colleague only how
    often: they were promised that nobody is shown it."""
    who = of(db, address)
    slots, confidential = colleagues.metrics(db)
    told = row(
        db,
        f"SELECT COUNT(*) AS n FROM ratings WHERE id IN ({OF_CUSTOMER}) AND score IS NOT NULL AND metric IN ({slots})",
        customer=who,
        **confidential,
    )
    return {
        "who": address,
        "also": addresses(db, address)[1:],
        "opted_out": row(db, "SELECT since FROM opt_outs WHERE customer = :who", who=who),
        "interactions": [
            {**each, "agents": json.dumps(agents.of(db, each["id"]))}
            for each in _told(db, ("agent",), "SELECT * FROM interactions WHERE customer = :who ORDER BY id", who=who)
        ],
        "invitations": _told(
            db, ("agent",), "SELECT * FROM invitations WHERE customer = :who ORDER BY closed_at, key", who=who
        ),
        "corrections": _told(
            db,
            ("old", "new"),
            "SELECT a.* FROM attributions AS a JOIN invitations AS i ON i.key = a.invitation WHERE i.customer = :who "
            "ORDER BY a.id",
            who=who,
        ),
        "answers": rows(
            db,
            "SELECT metric, score, reasons, comment, contact, sent_at, answered_at, closed_at FROM ratings "
            f"WHERE id IN ({OF_CUSTOMER}) AND metric NOT IN ({slots}) ORDER BY id",
            customer=who,
            **confidential,
        ),
        "confidential_answers": 0 if told is None else told["n"],
        "customer": rows(db, "SELECT * FROM customers WHERE customer = :who", who=who),
        "campaigns": rows(
            db,
            "SELECT c.name, p.address, p.email, p.company, p.locale, p.timezone, p.due_at, p.left_out, p.invitation "
            "FROM campaign_people AS p JOIN campaigns AS c ON c.id = p.campaign WHERE p.customer = :who "
            "ORDER BY c.started_at",
            who=who,
        ),
        **_served(db, names.find(db, "agent", address)),
    }


def _served(db: Connection, agent: int) -> dict[str, Any]:
    """What is on file about the same person as an agent: closes and answers, without those who gave them."""
    if agent == names.UNKNOWN:
        return {"served": [], "answers_about_their_work": []}
    return {
        "served": rows(
            db,
            "SELECT key, (SELECT name FROM names WHERE id = i.team) AS team, closed_at, state FROM invitations AS i "
            "WHERE agent = :agent AND agent != 0 ORDER BY closed_at, key",
            agent=agent,
        ),
        "answers_about_their_work": rows(
            db,
            "SELECT metric, score, answered_at, closed_at FROM ratings WHERE agent = :agent AND agent != 0 ORDER BY id",
            agent=agent,
        ),
    }


def _told(db: Connection, columns: Sequence[str], sql: str, **values: Any) -> list[Row]:
    """The rows of a query, with the names of agents in these columns."""
    found = rows(db, sql, **values)
    shown = names.texts(db, (each[column] for each in found for column in columns))
    return [each | {column: shown[each[column]] for column in columns} for each in found]


def erase(db: Connection, known: Iterable[str], now: datetime) -> int:
    """Forget people under all of their addresses, as customers and as agents: names, addresses and comments go; the
    score stays, and is nobody's. A wish not to be asked stays as a hash. A person may also be known by an id at a tool.
    Returns the number of invitations that were a customer's."""
    every = known_as(db, known)
    found = dict.fromkeys(of(db, address) for address in every)
    with overwriting(db):
        for address in every:
            choices.forget_person(db, address)  # also of somebody who was never asked
            names.erase(db, "agent", address)
            _forget_deeds(db, address)
            outbox.forget(db, address)
            run(db, "UPDATE interactions SET contact = '' WHERE contact = :who AND contact != ''", who=address)
        return sum([_erase(db, customer, now) for customer in found if customer != names.UNKNOWN])


def _forget_deeds(db: Connection, who: str) -> None:
    for table in ("invitations", "ledger"):
        for why in (CANCELLED, REACTION_REMOVED):
            run(db, f"UPDATE {table} SET reason = :why WHERE reason = :told", why=why, told=f"{why} by {who}")


def _erase(db: Connection, customer: int, now: datetime) -> int:
    every = rows(db, "SELECT key FROM name_keys WHERE name_id = :customer", customer=customer)
    hashes = [erased(db, each["key"]) for each in every]
    keys = [
        kept["key"] for kept in rows(db, "SELECT key FROM invitations WHERE customer = :customer", customer=customer)
    ]
    for key in keys:
        for kind in ("survey", "mail"):
            outbox.drop(db, kind, key)
        reminders.over(db, key, now)
        outbox.put(db, "survey_delete", key, now)
        cases.show_again(db, key, now)  # the leads' card has a name and words
        run(db, "UPDATE answer_events SET value = '' WHERE invitation = :key AND kind = 'comment'", key=key)
        run(db, "DELETE FROM links WHERE invitation = :key", key=key)
        attributions.forget_words(db, key)
        run(db, "DELETE FROM outbox WHERE subject = :key AND state IN ('sent', 'dead')", key=key)
        steps.give_up(db, key, now)
    for ended in rows(
        db,
        "UPDATE invitations SET state = CASE WHEN state IN ('due', 'sending') THEN 'withdrawn' ELSE 'expired' END, "
        "reason = 'erased' WHERE customer = :customer AND state IN ('due', 'sending', 'sent', 'declined') "
        "RETURNING key, state",
        customer=customer,
    ):
        history.note(db, ended["key"], ended["state"], "erased", now)
    run(db, "UPDATE invitations SET customer = 0, address = '' WHERE customer = :customer", customer=customer)
    run(
        db,
        "UPDATE interactions SET contact = '' WHERE contact != '' "
        "AND contact IN (SELECT contact FROM interactions WHERE customer = :customer)",
        customer=customer,
    )
    run(
        db,
        "UPDATE interactions SET customer = 0, address = '', email = '' WHERE customer = :customer",
        customer=customer,
    )
    run(
        db,
        "UPDATE campaign_people SET customer = 0, address = '', email = '', company = '', locale = '', timezone = '', "
        "left_out = CASE WHEN due_at IS NULL THEN left_out ELSE 'erased' END, due_at = NULL WHERE customer = :customer",
        customer=customer,
    )
    colleagues.forget(db, customer)
    run(db, f"UPDATE ratings SET comment = '', customer = 0, sample = 0 WHERE id IN ({OF_CUSTOMER})", customer=customer)
    run(db, "DELETE FROM customers WHERE customer = :customer", customer=customer)
    if run(db, "DELETE FROM opt_outs WHERE customer = :customer", customer=customer):
        for gone in hashes:
            insert(db, "erased_opt_outs", {"person": gone, "since": stamp(now)}, "ON CONFLICT (person) DO NOTHING")
    run(db, "DELETE FROM name_keys WHERE name_id = :customer", customer=customer)
    run(db, "DELETE FROM names WHERE id = :customer", customer=customer)
    return len(keys)
