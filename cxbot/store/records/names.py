"""Names of teams, people and things: one row for each, whatever its spelling."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

from cxbot.core import names
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run, tables_of

KINDS = ("team", "agent", "customer", "company", "channel", "topic", "touchpoint")
"""The columns of answers that hold the id of a name; 0 is no name."""

HOLDERS = {
    "team": ("ratings.team", "incidents.team", "invitations.team", "interactions.team"),
    "agent": (
        "ratings.agent", "invitations.agent", "interactions.agent", "interaction_agents.agent", "attributions.old",
        "attributions.new",
    ),
    "company": ("ratings.company", "customers.company", "invitations.company", "interactions.company"),
    # besides answers and registers (see `people.py`)
    "customer": ("invitations.customer", "interactions.customer", "campaign_people.customer"),
    "channel": ("ratings.channel",),
    "topic": ("ratings.topic", "invitations.topic", "interactions.topic"),
    "touchpoint": ("ratings.touchpoint", "invitations.touchpoint", "interactions.touchpoint"),
}  # fmt: skip
"""By kind: every column that holds ids of its names."""
SUMS = {
    "daily_answers": ("n",),
    "daily_sent": ("sent", "delivered", "answered"),
    "daily_handled": ("n", "total", "squares"),
}

PEOPLE = ("agent", "customer")
Known = dict[tuple[str, str], int]

COMPARED = 5000  # names of a kind among which near ones are looked for, the newest first
UNKNOWN = -1
"""The id of a name that is nowhere on file."""


def find(db: Connection, kind: str, text: str) -> int:
    """The id of a name in any spelling; 0 for no name, `UNKNOWN` if it is nowhere on file."""
    key = names.key(text)
    if not key:
        return 0
    kept = row(db, "SELECT name_id FROM name_keys WHERE kind = :kind AND key = :key", kind=kind, key=key)
    return UNKNOWN if kept is None else int(kept["name_id"])


def keep(db: Connection, kind: str, text: str) -> int:
    """The id of a name that something comes with, which is added if it is new. From now on this spelling is shown,
    unless another one was given (see `give`), or a person is shown by their Slack id: messages are sent to it."""
    name, key = names.shown(text), names.key(text)
    if not key:
        return 0
    kept = row(
        db,
        "SELECT n.id, n.name, n.given FROM name_keys AS k JOIN names AS n ON n.id = k.name_id "
        "WHERE k.kind = :kind AND k.key = :key",
        kind=kind, key=key,
    )  # fmt: skip
    if kept is None:
        return _add(db, kind, name)
    by_id = kind in PEOPLE and names.SLACK_ID.fullmatch(kept["name"])
    if kept["name"] != name and not kept["given"] and not by_id:
        run(db, "UPDATE names SET name = :name WHERE id = :id", id=kept["id"], name=name)
    return int(kept["id"])


def give(db: Connection, kind: str, text: str) -> int:
    """The id of a name that somebody sets, such as a team's. It is shown in this spelling, whatever answers say."""
    known = keep(db, kind, text)
    run(db, "UPDATE names SET name = :name, given = 1 WHERE id = :id AND id != 0", id=known, name=names.shown(text))
    return known


def ids(db: Connection, values: Mapping[str, str], known: Known | None = None) -> dict[str, int]:
    """The ids of an answer's names by kind, as `keep` gives them. `known` saves look-ups between calls."""
    found = {} if known is None else known
    for kind in KINDS:
        if (kind, values[kind]) not in found:
            found[kind, values[kind]] = keep(db, kind, values[kind])
    return {kind: found[kind, values[kind]] for kind in KINDS}


def _add(db: Connection, kind: str, name: str) -> int:
    made = row(
        db,
        "INSERT INTO names (kind, name, sample) VALUES (:kind, :name, :sample) RETURNING id",
        kind=kind, name=name, sample=sample_of(name),
    )  # fmt: skip
    assert made is not None
    insert(db, "name_keys", {"kind": kind, "key": names.key(name), "name_id": made["id"]})
    return int(made["id"])


def sample_of(text: str) -> int:
    """A fixed number 0-999 for each customer, so that large slices can be sampled by whole customers."""
    return zlib.crc32(text.encode()) % 1000


def sample(db: Connection, customer: int) -> int:
    """The number of a customer by which their answers are sampled. It stays, whatever they are called."""
    kept = row(db, "SELECT sample FROM names WHERE id = :id", id=customer)
    assert kept is not None
    return int(kept["sample"])


def rename(db: Connection, name_id: int, text: str) -> None:
    """Show another name. What is stored under the old one stays, and the old one still finds it.

    If there was something under the new name, it is under the same id from now on.
    """
    kept = row(db, "SELECT kind FROM names WHERE id = :id", id=name_id)
    assert kept is not None
    other = find(db, kept["kind"], text)
    if other == UNKNOWN:
        insert(db, "name_keys", {"kind": kept["kind"], "key": names.key(text), "name_id": name_id})
    elif other != name_id:
        merge(db, kept["kind"], other, name_id)
    give(db, kept["kind"], text)


def several(db: Connection, kind: str) -> list[tuple[str, list[str]]]:
    """What is found under several names: the one that is shown, and the others as they are compared."""
    found: dict[str, list[str]] = {}
    for kept in rows(
        db,
        "SELECT n.name, k.key FROM name_keys AS k JOIN names AS n ON n.id = k.name_id WHERE k.kind = :kind AND "
        "k.name_id IN (SELECT name_id FROM name_keys WHERE kind = :kind GROUP BY name_id HAVING COUNT(*) > 1) "
        "ORDER BY n.name, k.key",
        kind=kind,
    ):
        others = found.setdefault(kept["name"], [])
        if kept["key"] != names.key(kept["name"]):
            others.append(kept["key"])
    return list(found.items())


def split(db: Connection, kind: str, text: str) -> int:
    """Give an earlier name of something to something else that is new; returns the id of the new one."""
    run(db, "DELETE FROM name_keys WHERE kind = :kind AND key = :key", kind=kind, key=names.key(text))
    return _add(db, kind, names.shown(text))


def merge(db: Connection, kind: str, gone: int, stays: int) -> None:
    """What was stored under one id is stored under another, which every spelling of both finds from now on."""
    run(db, "UPDATE name_keys SET name_id = :stays WHERE name_id = :gone", stays=stays, gone=gone)
    _move(db, kind, gone, stays)
    if kind == "team":
        for table, sums in SUMS.items():
            _merge_sums(db, table, sums, gone, stays)
    run(db, "DELETE FROM names WHERE id = :gone", gone=gone)


def _move(db: Connection, kind: str, gone: int, stays: int) -> None:
    for table, column in (holder.split(".") for holder in HOLDERS[kind]):
        where = f"{column} = :gone AND {column} != 0"  # some indexes leave out what is nobody's
        run(db, f"UPDATE {table} SET {column} = :stays WHERE {where}", stays=stays, gone=gone)


def erase(db: Connection, kind: str, text: str) -> None:
    """Forget a name, however it is spelled: what was stored under it stays, and is nobody's."""
    known = find(db, kind, text)
    if known not in (0, UNKNOWN):
        run(db, "DELETE FROM name_keys WHERE name_id = :id", id=known)
        _move(db, kind, known, 0)
        run(db, "DELETE FROM names WHERE id = :id", id=known)


def _merge_sums(db: Connection, table: str, sums: tuple[str, ...], gone: int, stays: int) -> None:
    for day in rows(db, f"SELECT * FROM {table} WHERE team = :gone", gone=gone):
        key = [name for name in day if name not in sums]
        more = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
        insert(db, table, {**day, "team": stays}, f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {more}")
    run(db, f"DELETE FROM {table} WHERE team = :gone", gone=gone)


def spellings(db: Connection, kind: str, text: str) -> tuple[str, ...]:
    """Every spelling under which a name is found, as spellings are compared; none if it is nowhere on file."""
    sql = "SELECT key FROM name_keys WHERE kind = :kind AND name_id = :id ORDER BY key"
    return tuple(kept["key"] for kept in rows(db, sql, kind=kind, id=find(db, kind, text)))


def filters(db: Connection, given: Mapping[str, str]) -> dict[str, int | str]:
    """Filters of a query by id; those by stage or survey by the word that is stored."""
    return {name: find(db, name, value) if name in KINDS else names.key(value) for name, value in given.items()}


def near(db: Connection, kind: str, text: str, team: int | None = None) -> list[str]:
    """Up to three names of a kind that look most like a text, the nearest first; with `team` those of its answers."""
    assert kind in KINDS
    of_team = "" if team is None else f" AND n.id IN (SELECT {kind} FROM ratings WHERE team = :team)"
    known = {
        kept["key"]: kept["name"]
        for kept in rows(
            db,
            "SELECT k.key, n.name FROM name_keys AS k JOIN names AS n ON n.id = k.name_id WHERE k.kind = :kind"
            f"{of_team} ORDER BY n.id DESC LIMIT {COMPARED}",
            kind=kind, **({} if team is None else {"team": team}),
        )
    }  # fmt: skip
    return list(dict.fromkeys(known[key] for key in names.nearest(text, known)))


def used(db: Connection, kind: str, name_id: int, team: int) -> bool:
    """Whether a team has surveys, answers or closes with a name."""
    assert kind in KINDS
    sql = f"SELECT 1 AS one FROM ratings WHERE team = :team AND {kind} = :name LIMIT 1"
    return row(db, sql, team=team, name=name_id) is not None


def words(db: Connection, column: str) -> list[str]:
    """The stages or surveys that answers have. It looks at every answer: ask only about words that are in no list."""
    assert column in ("stage", "survey")
    found = rows(db, f"SELECT DISTINCT {column} AS word FROM ratings WHERE {column} != '' ORDER BY {column}")
    return [kept["word"] for kept in found]


def merged(db: Connection) -> list[tuple[str, str, int]]:
    """Kind, name and number of spellings of what became one name when the file was brought up to date, until `told`."""
    several = "SELECT kind, name, spellings FROM names WHERE spellings > 1 ORDER BY kind, name"
    return [(kept["kind"], kept["name"], kept["spellings"]) for kept in rows(db, several)]


def told(db: Connection) -> None:
    """Somebody was told which names became one."""
    run(db, "UPDATE names SET spellings = 1 WHERE spellings > 1")


def of(db: Connection, dimension: str, found: Iterable[object]) -> dict[object, str]:
    """The names to show for values of a column; words and 0 stand for themselves and no name."""
    if dimension in KINDS:
        return texts(db, found)
    return {value: str(value) for value in found}


def texts(db: Connection, found: Iterable[object]) -> dict[object, str]:
    """The names with these ids, of any kind; "" for 0."""
    wanted = [value for value in dict.fromkeys(found) if value]
    shown: dict[object, str] = {0: "", "": ""}
    for start in range(0, len(wanted), 500):
        tables, slots = tables_of({"wanted(id)": [(value,) for value in wanted[start : start + 500]]})
        sql = f"{tables} SELECT id, name FROM names WHERE id IN (SELECT id FROM wanted)"
        shown.update({kept["id"]: kept["name"] for kept in rows(db, sql, **slots)})
    return shown
