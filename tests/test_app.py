"""A running bot: its ticks, its health, its lock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxbot.app import TICK, RunningBot
from cxbot.cli.serve import made
from cxbot.errors import ConfigError
from cxbot.heartbeat import Heartbeat
from cxbot.store.engine.connection import connect
from cxbot.store.engine.sender_lock import SenderLock
from cxbot.store.engine.statements import rows, run
from tests.office import Office


class Quick(Office):
    """An office that ticks several times a second."""

    def serve(self) -> RunningBot:
        service = RunningBot(self.settings, clock=self.now, host="127.0.0.1", every=0.2)
        service.start()
        return service


def test_a_clock_that_is_set_back_does_not_stop_the_ticks(tmp_path: Path) -> None:
    """The scheduler then waits for a moment that lies ten minutes ahead."""
    with Quick(tmp_path) as office:
        scheduler = office.service._scheduler
        scheduler.modify_job(TICK, next_run_time=datetime.now(UTC) + timedelta(minutes=10))
        before = office.service._ticked
        office.slack.wait_for(lambda: office.service._ticked > before + 1)
        assert office.service.health()["tick"]


def test_health_knows_a_revoked_token_without_any_message_to_send(tmp_path: Path) -> None:
    with Quick(tmp_path) as office:
        office.service.check_every = 0.0
        office.slack.workspace.app.revoked = True
        office.slack.wait_for(lambda: not office.service.health()["slack"])
        office.slack.workspace.app.revoked = False
        office.slack.wait_for(lambda: office.service.health()["slack"])


def test_health_knows_a_commit_that_fails(office: Office) -> None:
    assert office.service.health()["writer"]
    office.database.write(lambda db: run(db, "PRAGMA max_page_count = 1"))
    with pytest.raises(Exception, match="full"):
        office.database.write(lambda db: run(db, "CREATE TABLE filler AS SELECT zeroblob(1000000) AS b"))
    assert not office.service.health()["writer"]
    office.database.write(lambda _: None)
    assert not office.service.health()["writer"], "a commit that writes nothing proves nothing"
    office.database.write(lambda db: run(db, "PRAGMA max_page_count = 1073741823"))
    assert office.service.health()["writer"]
    switches = {kept["name"] for kept in rows(office.database.reader, "SELECT name FROM switches")}
    assert switches == {"key", "retention_on"}, "the write that proves it leaves nothing"


def test_health_knows_a_writer_that_is_held_up(office: Office) -> None:
    """By a lock of another process, say. SQLite waits ten seconds for it."""
    office.database._heartbeat = Heartbeat(within=0.05)
    other = connect(office.path)
    other.execute("BEGIN IMMEDIATE")
    writing = threading.Thread(target=office.database.write, args=(lambda _: None,))
    writing.start()
    office.slack.wait_for(lambda: not office.service.health()["writer"])
    other.close()
    writing.join()
    office.slack.wait_for(lambda: office.service.health()["writer"])


def test_a_heart_beats_for_a_while_after_each_beat_and_rests() -> None:
    now = [100.0]
    heartbeat = Heartbeat(15, lambda: now[0])
    now[0] += 14.9
    assert heartbeat.alive
    heartbeat.beat()
    now[0] += 14.9
    assert heartbeat.alive
    now[0] += 0.2
    assert not heartbeat.alive
    heartbeat.rest()
    now[0] += 3600
    assert heartbeat.alive


def test_a_database_has_one_lock_by_whatever_name_it_is_opened(tmp_path: Path) -> None:
    connect(tmp_path / "cxbot.db").close()
    (tmp_path / "link.db").symlink_to(tmp_path / "cxbot.db")
    lock = SenderLock(tmp_path / "cxbot.db")
    with pytest.raises(ConfigError, match="Another cxbot is already sending"):
        SenderLock(tmp_path / "link.db")
    lock.release()
    SenderLock(tmp_path / "link.db").release()


def test_the_bot_waits_at_the_start_until_slack_answers(office: Office) -> None:
    office.service.stop()
    for kind in ("500", "drop_before", "rate_limited"):
        office.slack.faults.next("auth.test", kind)
    bot = made(office.serve, threading.Event(), pause=0)
    assert bot is not None
    office.service = bot
    assert office.service.health()["slack"]


def test_a_stop_ends_the_waiting(office: Office) -> None:
    office.service.stop()
    office.slack.faults.next("auth.test", "500")
    stop = threading.Event()
    stop.set()
    assert made(office.serve, stop) is None
    office.service = office.serve()
