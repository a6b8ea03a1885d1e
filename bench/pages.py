"""Measures an answer on the survey's page against a click in Slack, on one server."""

from __future__ import annotations

import http.client
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.clicks import CLICKS, prepare, start, stop
from bench.client import Signed, click_form
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.shipped import NPS
from cxbot.sandbox import Sandbox
from cxbot.store.engine.database import Database
from cxbot.store.records import endings, invitations, links

ROUNDS = 4


def measure() -> tuple[float, list[float]]:
    """The ratio of the medians of 2,000 answers each way, and the ratio in each round."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as slack:
        slack.workspace.app.bot_token = "xoxb-bench"
        path = Path(folder) / "cxbot.db"
        keys = iter(prepare(path, (ROUNDS + 1) * CLICKS))
        tokens = iter(_links(path, (ROUNDS + 1) * CLICKS))
        server, port = start("cxbot", path, slack.api_url)
        bot, page = Signed(port), http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        clicked, posted = [], []
        try:
            number = 0
            for _ in range(ROUNDS + 1):
                block = []
                for _ in range(CLICKS):
                    form = click_form(f"U0C{number:06}", f"D0C{number:06}", next(keys), 9, time.time())
                    block.append(bot.post(form)[0])
                    number += 1
                clicked.append(block)
                posted.append([_post(page, next(tokens)) for _ in range(CLICKS)])
        finally:
            bot.close()
            page.close()
            stop(server)
    rounds = [statistics.median(a) / statistics.median(b) for a, b in zip(posted[1:], clicked[1:], strict=True)]
    medians = (statistics.median(time for block in blocks[1:] for time in block) for blocks in (posted, clicked))
    answer, click = medians
    print(f"  (medians {1000 * answer:.2f} and {1000 * click:.2f} ms here)")
    return answer / click, rounds


def _links(path: Path, n: int) -> list[str]:
    """The tokens of as many surveys that were sent by e-mail and have no answers yet."""
    database, now = Database(path), datetime.now(UTC)

    def keep(db: Any) -> list[str]:
        tokens = []
        for number in range(n):
            made = Invitation(
                key=invitations.new_key(), state="sending", reason="", survey=NPS, team_id=1, team="Support", agent="",
                customer=f"p{number}@customer.example", channel="", thread_ts="", trigger_ts="", delivery="email",
                topic="", touchpoint="", asked_by="automatic", asked_via="hook", timezone="Europe/Helsinki",
                locale="en", closed_at=now, send_at=now,
            )  # fmt: skip
            invitations.keep(db, made, now)
            endings.sent(db, made.key, "", "", now)
            tokens.append(links.make(db, made, now))
        return tokens

    tokens = database.write(keep)
    database.close()
    return tokens


def _post(page: http.client.HTTPConnection, token: str) -> float:
    """Seconds until the answer to a form was read. Raises unless it leads to the thanks."""
    start = time.perf_counter()
    page.request("POST", f"/s/{token}", "a=9", {"Content-Type": "application/x-www-form-urlencoded"})
    response = page.getresponse()
    response.read()
    seconds = time.perf_counter() - start
    if response.status != 303:
        raise RuntimeError(f"status {response.status}")
    return seconds


if __name__ == "__main__":
    print(measure())
