"""Who was forgotten, as keyed hashes in a file beside the database: a restored back-up does not bring them back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cxbot.core import names
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import to_disk
from cxbot.store.engine.statements import rows
from cxbot.store.records import people

SUFFIX = ".erased"


def file_of(database: Path) -> Path:
    """The file beside a database. Its first line is a key, each other one the hash of an address."""
    real = database.resolve()
    return real.with_name(f"{real.name}{SUFFIX}")


def note(database: Path, addresses: Iterable[str]) -> None:
    """Note people before they are erased, for this user only. To note somebody twice does no harm."""
    path = file_of(database)
    key = _lines(path)[0] if path.exists() else secrets.token_hex(32)
    path.touch(mode=0o600)
    with path.open("a", encoding="ascii") as file:
        if not file.tell():
            file.write(f"{key}\n")
        file.writelines(f"{_hash(key, address)}\n" for address in addresses)
    to_disk(path)


def apply_again(db: Connection, database: Path, now: datetime) -> int:
    """Forget everybody again who is in the file and in the database; returns their number."""
    path = file_of(database)
    if not path.exists():
        return 0
    key, *known = _lines(path)
    noted = set(known)
    found = rows(
        db,
        "SELECT key FROM name_keys WHERE kind IN ('agent', 'customer') "
        "UNION SELECT contact FROM interactions WHERE contact != '' ORDER BY 1",
    )
    gone = [kept["key"] for kept in found if _hash(key, kept["key"]) in noted]
    people.erase(db, gone, now)
    return len(gone)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").split()


def _hash(key: str, address: str) -> str:
    return hmac.new(bytes.fromhex(key), names.key(address).encode(), hashlib.sha256).hexdigest()
