"""SIGKILL under load, again and again: nothing acknowledged is lost, nothing is there twice, nothing stays undone."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.processes.bot import START_WITHIN, Bot, chance, doubles, kept, on_file
from tests.processes.crowd import Crowd

pytestmark = pytest.mark.processes

KILLS = int(os.environ.get("CXBOT_KILLS", "100"))
CALLS = 100_000  # more than there will be
SLACK_TAKES = 0.05  # seconds for a call that is carried out already, so that kills fall into calls


def test_kills_under_load_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    source = chance()
    with Bot(tmp_path, channels=8) as bot:
        bot.serve()
        crowd = Crowd(bot, source)
        bot.slack.faults.next("*", "slow", times=CALLS, seconds=SLACK_TAKES)
        crowd.start()
        began = time.monotonic()
        for _ in range(KILLS):
            kill_some_time(bot, source)
        seconds = time.monotonic() - began
        bot.serve()
        crowd.finish()
        bot.stop()
        bot.slack.faults.clear()
        bot.look_ups()
        check_answers(bot, crowd)
        check_messages(bot)
        check_events(bot, crowd)
        check_digests(bot)
        bot.wait_for(lambda: not left_behind(tmp_path), 10)
        print(f"{KILLS} kills in {seconds:.0f} s; acknowledged: {len(kept(crowd.surveys))} answers, "
              f"{len(crowd.closes)} closes, {len(crowd.notes)} direct messages; {endings(bot)}")  # fmt: skip


def kill_some_time(bot: Bot, source: random.Random) -> None:
    """Kill the process while it works or, one time in five, while it starts; and start it again."""
    if bot.process is None:
        bot.begin()
    if source.random() < 0.2:
        time.sleep(source.uniform(0.1, 1.2))
    else:
        bot.wait_for(lambda: bot.health()["status"], START_WITHIN)
        time.sleep(source.uniform(0.0, 1.2))
    bot.kill()


def check_answers(bot: Bot, crowd: Crowd) -> None:
    """The acknowledged answers are on file, and the figures agree with the log of clicks."""
    assert bot.is_whole()
    assert kept(crowd.surveys) <= on_file(bot.database)
    last = bot.rows(
        "SELECT invitation, value, MAX(action_ts) AS at FROM answer_events WHERE kind = 'score' GROUP BY invitation"
    )
    ratings = bot.rows(
        "SELECT external_id, score, action_ts FROM ratings WHERE score IS NOT NULL AND external_id IN "
        "(SELECT key FROM invitations)"
    )
    assert {(each["invitation"], int(each["value"]), each["at"]) for each in last} == {
        (each["external_id"], each["score"], each["action_ts"]) for each in ratings
    }
    support = "SELECT name_id FROM name_keys WHERE kind = 'team' AND key = 'support'"
    [counted] = bot.rows(f"SELECT SUM(n) AS n FROM daily_answers WHERE team = ({support})")
    assert counted["n"] == len(ratings)


def check_messages(bot: Bot) -> None:
    """Nothing is there twice or left undone, and an admin knows what was given up."""
    assert not doubles(bot.slack, asker=bot.leo)
    assert not bot.left()
    assert not bot.rows("SELECT * FROM invitations WHERE state IN ('due', 'sending')")
    shown = Counter(each["ts"] for channel in bot.slack.workspace.world.channels for each in bot.surveys(channel))
    for invitation in bot.rows("SELECT * FROM invitations WHERE state = 'sent'"):
        assert invitation["message_ts"]
    sent = bot.rows("SELECT ts FROM outbox WHERE kind = 'survey' AND state = 'sent' AND error = ''")
    assert set(shown) <= {each["ts"] for each in sent}
    if dead := bot.rows("SELECT kind, error FROM outbox WHERE state = 'dead'"):
        told = [each["text"] for each in bot.slack.messages(bot.slack.dm(bot.ada)) if each.get("bot_id")]
        assert any("I gave up" in text for text in told), dead


def check_events(bot: Bot, crowd: Crowd) -> None:
    """Every close was decided once, however often Slack sent it; every direct message was answered once."""
    triggers = Counter((each["channel"], each["trigger_ts"]) for each in bot.rows("SELECT * FROM invitations"))
    assert {triggers[close] for close in crowd.closes} <= {1}
    answered = bot.rows("SELECT key, state FROM outbox WHERE kind = 'say'")
    by_key = {each["key"]: each["state"] for each in answered}
    assert not [note for note in crowd.notes if by_key.get(f"say:{note[0]}:{note[1]}") != "sent"]
    seen = Counter(each["id"] for each in bot.rows("SELECT id FROM events_seen WHERE id LIKE 'message %'"))
    assert len(seen) == len(crowd.notes)


def check_digests(bot: Bot) -> None:
    """A digest that was claimed is posted, with its details."""
    claimed = bot.rows("SELECT * FROM digests")
    done = Counter(each["kind"] for each in bot.rows("SELECT kind FROM outbox WHERE state = 'sent'"))
    assert claimed
    assert done["digest"] == done["digest_details"] == len(claimed)


def endings(bot: Bot) -> str:
    """How tasks ended that were being sent at a kill."""
    tasks = bot.rows("SELECT state, error FROM outbox WHERE error != ''")
    return ", ".join(
        f"{n} × {state} ({error})" for (state, error), n in Counter((t["state"], t["error"]) for t in tasks).items()
    )


def left_behind(folder: Path) -> list[str]:
    """The processes in a folder that have outlived the bot, such as one that draws."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                if (process / "cwd").readlink() == folder:
                    found.append(process.name)
            except OSError:
                continue
    return found
