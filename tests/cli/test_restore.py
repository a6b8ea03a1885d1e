"""`cxbot restore`: what it refuses, and that a file gets its name only when it is whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cxbot.store.engine.connection import connect
from cxbot.store.engine.sender_lock import SenderLock
from cxbot.store.engine.statements import insert, rows
from tests.cli.test_transfer import answer_rows
from tests.desk import CXBOT, Desk
from tests.store.test_migrations import FILES, SHIPPED, lay

KILLED_BEFORE_THE_NAME = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cxbot.store.files import backups
from cxbot.store.records import teams

def die(database, *_):
    database.write(lambda db: teams.switch(db, "paused", "yes"))
    os.kill(os.getpid(), signal.SIGKILL)

backups.restore(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC), die)
"""


@pytest.fixture
def copied(desk: Desk) -> Desk:
    """A terminal with a back-up, whose database is gone."""
    desk.run("import", desk.write(answer_rows([9, 8, 2])))
    desk.run("backup", "copy.db")
    for path in desk.folder.glob("cxbot.db*"):
        path.unlink()
    return desk


def refused(desk: Desk, copy: str = "copy.db", **env: str) -> str:
    """The one sentence with which a restore is refused; nothing was made."""
    before = {path: path.read_bytes() for path in desk.folder.iterdir() if path.is_file() and path.suffix != ".lock"}
    said = desk.run("restore", copy, code=1, **env)
    assert len(said.strip().splitlines()) == 1
    after = {path: path.read_bytes() for path in desk.folder.iterdir() if path.is_file() and path.suffix != ".lock"}
    assert after == before
    return said


def names(desk: Desk) -> list[str]:
    return sorted(path.name for path in desk.folder.iterdir() if path.suffix not in (".lock", ".csv"))


def test_a_restored_file_is_the_back_up_again(copied: Desk) -> None:
    before = (copied.folder / "copy.db").read_bytes()
    said = copied.run("restore", "copy.db")
    assert said.splitlines()[1:] == [
        "It has 3 answers and 0 invitations.",
        "Nothing was waiting to be sent, so there is nothing to look up in Slack.",
        "Next: `cxbot serve`.",
    ]
    assert "from copy.db, which knows everything up to 20" in said
    assert names(copied) == ["copy.db", "cxbot.db"]
    assert (copied.folder / "copy.db").read_bytes() == before
    assert copied.report("nps", "2026-W46")["n"] == 3


def test_a_database_is_never_replaced(copied: Desk) -> None:
    copied.run("restore", "copy.db")
    said = refused(copied)
    assert "cxbot.db is still there, and a restore replaces nothing. Move it away, or set CXBOT_DB" in said
    assert "edelleen paikallaan" in refused(copied, CXBOT_LOCALE="fi")


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_sqlite_would_take_for_a_part_of_the_file_is_refused(copied: Desk, ending: str) -> None:
    (copied.folder / f"cxbot.db{ending}").write_bytes(b"left by the lost file")
    assert f"cxbot.db{ending} is still there" in refused(copied)


def test_a_file_behind_a_symlink_is_refused_or_written(copied: Desk) -> None:
    (copied.folder / "kept").mkdir()
    copied.database.symlink_to(copied.folder / "kept" / "real.db")
    (copied.folder / "kept" / "real.db-wal").write_bytes(b"left")
    assert "real.db-wal is still there" in copied.run("restore", "copy.db", code=1)
    (copied.folder / "kept" / "real.db-wal").unlink()
    copied.run("restore", "copy.db")
    assert copied.database.is_symlink()
    assert copied.report("nps", "2026-W46")["n"] == 3


def test_a_running_bot_is_not_disturbed(copied: Desk) -> None:
    lock = SenderLock(copied.database)
    assert "Another cxbot is already sending from" in refused(copied)
    lock.release()
    copied.run("restore", "copy.db")


@pytest.mark.parametrize("link", [False, True])
def test_the_database_itself_is_no_copy(copied: Desk, link: bool) -> None:
    copied.run("restore", "copy.db")
    if link:
        (copied.folder / "link.db").symlink_to(copied.database)
    said = refused(copied, "link.db" if link else "cxbot.db")
    assert "is the database itself (CXBOT_DB). Name a back-up" in said


def test_a_missing_an_empty_and_a_foreign_file(copied: Desk) -> None:
    assert "There is no file missing.db. Name a back-up that `cxbot backup` wrote." in refused(copied, "missing.db")
    (copied.folder / "folder").mkdir()
    assert "There is no file folder." in refused(copied, "folder")
    (copied.folder / "empty.db").touch()
    assert "empty.db is empty. Restore another back-up." in refused(copied, "empty.db")
    (copied.folder / "text.db").write_text("not a database\n" * 1000, encoding="utf-8")
    assert "text.db is not a database. Name a back-up" in refused(copied, "text.db")
    other = connect(copied.folder / "other.db")
    other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    assert "other.db is a database, but not one of cxbot's. Name a back-up" in refused(copied, "other.db")


@pytest.mark.parametrize("where", ["end", "middle", "header"])
def test_a_damaged_copy(copied: Desk, where: str) -> None:
    copy = copied.folder / "copy.db"
    whole = copy.read_bytes()
    size = len(whole)
    torn = {
        "end": whole[: size // 2],
        "middle": whole[: size // 2] + b"\xff" * 8192 + whole[size // 2 + 8192 :],
        "header": whole[:16] + b"\0" * 84 + whole[100:],
    }
    copy.write_bytes(torn[where])
    said = refused(copied)
    assert "copy.db is damaged (" in said
    assert "Restore another back-up." in said


def test_a_copy_of_a_newer_version_and_of_none(copied: Desk) -> None:
    shutil.copyfile(copied.folder / "copy.db", copied.folder / "newer.db")
    newer = connect(copied.folder / "newer.db")
    row = {"migration_set": "cxbot", "name": "m999_later", "applied_at": "2027-01-01"}
    insert(newer, "_sqlite_migrations", row, "ON CONFLICT DO NOTHING")
    newer.close()
    assert "newer.db was made by a newer version of cxbot (m999_later). Update cxbot, or" in refused(copied, "newer.db")
    never = connect(copied.folder / "copy.db")
    never.execute("ALTER TABLE invitations DROP COLUMN topic")
    never.close()
    assert "never released (it lacks invitations.topic). Restore another back-up." in refused(copied)


@pytest.mark.parametrize("version", SHIPPED)
def test_a_copy_of_an_older_version_is_migrated(desk: Desk, version: str) -> None:
    assert FILES.is_dir()
    lay(version, desk.folder / "old.db")
    said = desk.run("restore", "old.db")
    assert "61 answers and " in said or "62 answers and " in said
    assert "messages may have been sent since then" in said
    assert "Support" in desk.run("team", "list")
    db = connect(desk.database)
    states = {row["state"] for row in rows(db, "SELECT state FROM outbox")}
    db.close()
    assert not states & {"due", "sending"}


def test_a_copy_with_a_wal_is_restored_with_it(copied: Desk) -> None:
    """A plain copy of the files of a bot that was killed."""
    copied.run("restore", "copy.db")
    db = connect(copied.database)
    db.execute("PRAGMA wal_autocheckpoint=0")
    db.execute("INSERT INTO switches VALUES ('paused', 'yes')")
    for ending in ("", "-wal"):
        shutil.copyfile(f"{copied.database}{ending}", copied.folder / f"plain.db{ending}")
    db.close()
    for path in copied.folder.glob("cxbot.db*"):
        path.unlink()
    copied.run("restore", "plain.db")
    assert names(copied) == ["copy.db", "cxbot.db", "plain.db", "plain.db-wal"]
    db = connect(copied.database)
    assert [row["name"] for row in rows(db, "SELECT name FROM switches ORDER BY name")] == [
        "cases_after",
        "key",
        "paused",
    ]
    db.close()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_the_file_is_for_this_user_only_whatever_the_mode_of_the_copy(copied: Desk, mode: int) -> None:
    (copied.folder / "copy.db").chmod(mode)
    copied.run("restore", "copy.db")
    assert stat.S_IMODE(copied.database.stat().st_mode) == 0o600


def test_a_killed_restore_leaves_no_database(copied: Desk) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", KILLED_BEFORE_THE_NAME, "copy.db", str(copied.database)],
        env=copied.env, cwd=copied.folder, check=False, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not copied.database.exists()
    assert (copied.folder / ".cxbot.db.unfinished").exists()
    copied.run("restore", "copy.db")
    assert names(copied) == ["copy.db", "cxbot.db"]
    assert copied.report("nps", "2026-W46")["n"] == 3
    db = connect(copied.database)
    assert not rows(db, "SELECT * FROM switches WHERE name = 'paused'"), "nothing of the killed one is left"
    db.close()


def test_a_full_disk_leaves_no_database(copied: Desk) -> None:
    """The shell lets no file grow beyond a few blocks."""
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 64; exec "$@"', "sh", *CXBOT, "restore", "copy.db"],
        env={**copied.env, "PYTHONDONTWRITEBYTECODE": "1"}, cwd=copied.folder, check=False, capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    [said] = done.stderr.decode().splitlines()
    assert "Nothing was restored, because" in said
    assert "(File too large). Make room on its disk, or set CXBOT_DB to a file elsewhere, and restore again." in said
    assert names(copied) == ["copy.db"]


def test_a_folder_that_can_t_be_written(copied: Desk) -> None:
    assert "cannot be written" in refused(copied, CXBOT_DB=str(copied.folder / "missing" / "cxbot.db"))
    if os.getuid():  # the superuser may write anywhere
        kept = copied.folder / "kept"
        kept.mkdir(mode=0o500)
        assert "cannot be written" in refused(copied, CXBOT_DB=str(kept / "cxbot.db"))


def test_a_back_up_says_when_it_was_made(copied: Desk) -> None:
    copied.run("restore", "copy.db")
    copied.run("backup", "later.db", "--at", "2026-11-20T09:30+02:00")
    copied.database.unlink()
    assert "later.db, which knows everything up to 2026-11-20 07:30 UTC." in copied.run("restore", "later.db")
    plain = Path(copied.folder / "plain.db")
    shutil.copyfile(copied.database, plain)
    os.utime(plain, (1_790_000_000, 1_790_000_000))
    copied.database.unlink()
    assert "everything up to 2026-09-21 14:13 UTC." in copied.run("restore", "plain.db"), "when the file was written"


def test_who_was_forgotten_is_not_brought_back(desk: Desk) -> None:
    header = "metric,score,answered_at,customer,comment\n"
    (desk.folder / "answers.csv").write_text(header + "nps,9,2026-11-02T10:00:00Z,carla@sample.example,Very quick\n")
    desk.run("import", "answers.csv")
    desk.run("backup", "copy.db")
    assert "Erased" in desk.run("erase", "Carla@sample.example", "--yes")
    secret = b"carla@sample.example"
    for path in desk.folder.glob("cxbot.db*"):
        assert secret not in path.read_bytes().lower(), path
        assert b"Very quick" not in path.read_bytes(), path
        assert path.stat().st_mode & 0o077 == 0
    for path in (desk.database, *desk.folder.glob("cxbot.db-*")):
        path.unlink(missing_ok=True)
    desk.run("restore", "copy.db")
    assert json.loads(desk.run("person", "carla@sample.example"))["answers"] == []
    assert secret not in desk.database.read_bytes().lower()
    assert json.loads(desk.run("report", "nps", "2026-11", "--json"))["n"] == 1
