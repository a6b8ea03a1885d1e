"""Measures a signed click until its acknowledgement, with the answer on disk, against an empty Bolt listener and one
bare FULL commit."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.client import Signed, click_form
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.shipped import NPS
from cxbot.sandbox import Sandbox
from cxbot.store.engine.database import Database
from cxbot.store.records import endings, invitations

ROUNDS = 6
CLICKS = 500  # in a block; six blocks for each server make 3,000


def start(kind: str, database: Path, api: str, admin: str = "U0ADMIN") -> tuple[subprocess.Popen[str], int]:
    """Start a server as a process; returns it and its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.servers", kind, str(database), api, admin],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def stop(process: subprocess.Popen[str]) -> None:
    """End a server that `start` made."""
    assert process.stdin is not None
    process.stdin.close()
    process.wait(20)


def prepare(path: Path, n: int) -> list[str]:
    """Make a file with `n` surveys sent by direct message that have no answers yet."""
    database = Database(path)
    now = datetime.now(UTC)
    keys = [invitations.new_key() for _ in range(n)]

    def keep(db: Any) -> None:
        for number, key in enumerate(keys):
            invitation = Invitation(
                key=key, state="sending", reason="", survey=NPS, team_id=1, team="Support", agent="U0AGENT",
                customer=f"U0C{number:06}", channel="C0ACME", thread_ts="", trigger_ts="", delivery="dm", topic="",
                touchpoint="", asked_by="automatic", asked_via="command", timezone="Europe/Helsinki", locale="en",
                closed_at=now, send_at=now - timedelta(minutes=1),
            )  # fmt: skip
            invitations.keep(db, invitation, now)
            endings.sent(db, key, f"D0C{number:06}", f"{1763712345 + number}.000100", now)

    database.write(keep)
    database.close()
    return keys


def measure() -> tuple[float, list[float]]:
    """The ratio of the medians of 3,000 clicks, and the ratio in each round."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as slack:
        slack.workspace.app.bot_token = "xoxb-bench"
        keys = iter(prepare(Path(folder) / "cxbot.db", (ROUNDS + 1) * CLICKS))
        ours, port = start("cxbot", Path(folder) / "cxbot.db", slack.api_url)
        theirs, other = start("baseline", Path(folder) / "baseline.db", slack.api_url)
        bot, bare = Signed(port), Signed(other)
        try:
            number = 0
            times: dict[str, list[list[float]]] = {"bot": [], "bare": []}
            for _ in range(ROUNDS + 1):
                block = []
                for _ in range(CLICKS):
                    form = click_form(f"U0C{number:06}", f"D0C{number:06}", next(keys), 9, time.time())
                    block.append(bot.post(form)[0])
                    number += 1
                times["bot"].append(block)
                form = click_form("U0C", "D0C", "key-of-sixteen-c", 9, time.time())
                times["bare"].append([bare.post(form)[0] for _ in range(CLICKS)])
        finally:
            bot.close()
            bare.close()
            stop(ours)
            stop(theirs)
    # The first round warms up.
    ours_all = [time for block in times["bot"][1:] for time in block]
    bare_all = [time for block in times["bare"][1:] for time in block]
    rounds = [
        statistics.median(a) / statistics.median(b) for a, b in zip(times["bot"][1:], times["bare"][1:], strict=True)
    ]
    print(f"  (medians {1000 * statistics.median(ours_all):.2f} and {1000 * statistics.median(bare_all):.2f} ms here)")
    return statistics.median(ours_all) / statistics.median(bare_all), rounds


if __name__ == "__main__":
    print(measure())
