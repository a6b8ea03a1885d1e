"""Makes back-ups, and makes a database of one again."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cxbot.errors import N_, CxbotError, UsageError, system_fault
from cxbot.store.engine import copies
from cxbot.store.engine.connection import Connection, StoreError
from cxbot.store.engine.database import Database, to_disk
from cxbot.store.engine.sender_lock import SenderLock
from cxbot.store.engine.statements import row
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import cases, conversations, erasures, outbox, teams
from cxbot.store.records.published import VISIBLE, published

MADE_AT = "backed_up_at"  # the switch of a back-up that has the moment at which it was made
# Every moment that a file notes as its present. (Others, such as `send_at`, may be in the future.)
NOTED = """
    SELECT MAX(created_at) AS at FROM outbox UNION ALL SELECT MAX(tried_at) FROM outbox
    UNION ALL SELECT MAX(closed_at) FROM invitations UNION ALL SELECT MAX(sent_at) FROM invitations
    UNION ALL SELECT MAX(received_at) FROM answer_events UNION ALL SELECT MAX(at) FROM events_seen
    UNION ALL SELECT MAX(claimed_at) FROM digests UNION ALL SELECT MAX(started_at) FROM imports
    UNION ALL SELECT MAX(created_at) FROM teams UNION ALL SELECT MAX(since) FROM opt_outs
    UNION ALL SELECT MAX(since) FROM erased_opt_outs
    UNION ALL SELECT MAX(started_at) FROM campaigns
"""

CatchUp = Callable[[Database, datetime, datetime], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restored file has: the moment of the back-up, answers, invitations, messages to look up."""

    made_at: datetime
    answers: int
    invitations: int
    in_doubt: int


def series(target: Path) -> re.Pattern[str]:
    """The form of the names of back-ups that belong together: they differ in digits only, such as a date. Raises
    UsageError for a name without digits."""
    if not any(character.isdigit() for character in target.name):
        raise UsageError(N_("To keep several back-ups, put a date into the name, such as cxbot-2026-11-23.db."))
    return re.compile("".join(r"\d" if c.isdigit() else re.escape(c) for c in target.name))


def rotate(target: Path, keep: int) -> list[Path]:
    """Delete older back-ups beside a new one, so that the newest `keep` are left; returns the deleted ones."""
    form = series(target)
    same = sorted(path for path in target.parent.iterdir() if path.is_file() and form.fullmatch(path.name))
    older = same[:-keep]
    for path in older:
        path.unlink()
    return older


def backup(database: Database, target: Path, now: datetime) -> None:
    """Write a consistent copy of the whole file, also while a bot runs. Never replaces a file.

    The copy gets its name only after it was checked and is on disk, so that a back-up with this name is whole. `now` is
    stored in it: a restore looks in Slack for what was sent from then on.
    """
    taken = UsageError(N_("%(path)s exists already. Choose another name for the backup."), path=str(target))
    if target.exists():
        raise taken
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        database.copy_to(unfinished, lambda copy: teams.switch(copy, MADE_AT, stamp(now)))
        target.hardlink_to(unfinished)  # fails if a file of that name has appeared meanwhile
        to_disk(target.parent)
    except FileExistsError as error:
        raise UsageError(
            N_("%(path)s exists already. Choose another name for the backup."), path=str(target)
        ) from error
    except (StoreError, OSError) as error:
        raise CxbotError(
            N_("The backup could not be written to %(path)s (%(why)s)."), path=str(target), why=system_fault(error)
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def restore(copy: Path, path: Path, now: datetime, catch_up: CatchUp) -> Restored:
    """Make the database `path` from a back-up. Never replaces a file, and never changes the back-up.

    What the bot did since the back-up is not in it. So `catch_up` queues what has become due since, and then everything
    that is open counts as a message with an unknown outcome: the bot looks it up in Slack before it sends it.

    The file gets its name only when all of this is done and on disk. Raises CxbotError that says what to do.
    """
    target = path.resolve()
    if copy.exists() and target.exists() and copy.samefile(target):
        raise CxbotError(
            N_("%(copy)s is the database itself (CXBOT_DB). Name a back-up that `cxbot backup` wrote."), copy=str(copy)
        )
    lock = SenderLock(target)
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        _refuse_taken(target)
        copies.remove(unfinished)
        copies.take_over(copy, unfinished)
        restored = _brought_up_to_date(copy, unfinished, target, now, catch_up)
        to_disk(unfinished)
        target.hardlink_to(unfinished)  # fails if a file of that name has appeared meanwhile
        to_disk(target.parent)
    except FileExistsError as error:
        raise _taken(target) from error
    except (StoreError, OSError) as error:
        raise CxbotError(
            N_("Nothing was restored, because %(path)s can't be written (%(why)s). Make room on its disk, or set "
               "CXBOT_DB to a file elsewhere, and restore again."),
            path=str(target),
            why=system_fault(error),
        ) from error  # fmt: skip
    finally:
        copies.remove(unfinished)
        lock.release()
    return restored


def _refuse_taken(target: Path) -> None:
    """Raise CxbotError if there is a database already, or what SQLite would take for a part of it."""
    for path in (target, *copies.beside(target)):
        if path.exists():
            raise _taken(path)


def _taken(path: Path) -> CxbotError:
    return CxbotError(
        N_("%(path)s is still there, and a restore replaces nothing. Move it away, or set CXBOT_DB to another file, "
           "and restore again."),
        path=str(path),
    )  # fmt: skip


def _brought_up_to_date(copy: Path, path: Path, target: Path, now: datetime, catch_up: CatchUp) -> Restored:
    """Migrate a copied file, and make it one in which nothing is sent again. It is complete without its WAL then."""
    with closing(Database(path)) as database:
        made_at = min(_made_at(database.reader, copy), now)
        database.write(lambda db: erasures.apply_again(db, target, now))
        database.write(conversations.doubt)
        catch_up(database, made_at, now)
        restored = database.write(lambda db: _doubted(db, made_at, now))
    copies.refuse_unwritten(path)
    return restored


def _doubted(db: Connection, made_at: datetime, now: datetime) -> Restored:
    teams.switch(db, MADE_AT, None)  # else a plain copy of the new file would seem to be as old
    cases.renumber(db, now)
    return Restored(
        made_at=made_at,
        answers=_count(db, f"FROM ratings WHERE score IS NOT NULL AND {VISIBLE}", published=published(db).batch),
        invitations=_count(db, "FROM invitations"),
        in_doubt=outbox.doubt(db, made_at),
    )


def _count(db: Connection, what: str, **values: object) -> int:
    counted = row(db, f"SELECT COUNT(*) AS n {what}", **values)
    return 0 if counted is None else int(counted["n"])


def _made_at(db: Connection, copy: Path) -> datetime:
    """The moment from which on a copy does not know what was sent.

    A back-up says when it was made. Of any other file it is the last moment that the file notes, because what it calls
    unsent was sent later, or the time of the file if that is earlier: too early costs a longer look-up, too late would
    have messages sent twice.
    """
    if (made_at := moment(teams.switched(db, MADE_AT))) is not None:
        return made_at
    latest = row(db, f"SELECT MAX(at) AS at FROM ({NOTED}) AS noted")
    noted = None if latest is None else moment(latest["at"])
    written = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    return written if noted is None else min(noted, written)
