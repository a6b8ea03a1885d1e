"""Measures reports of a command that has just been started, with a million answers in the file, against plain SQL over
the same rows; and the file's size per answer."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import volume
from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.store.engine.connection import connect
from cxbot.store.engine.times import stamp

ANSWERS, ROUNDS = 1_000_000, 3
TEAMS = ("Support", *(f"Team {number}" for number in range(2, 33)))
ZONE = "Europe/Helsinki"
TIMES_PLAIN, MORE = 3, 0.3  # a report may take so many times as long as plain SQL, and so many seconds more
BYTES = 450
FEW = 1_000  # answers, which have every name that is asked about
MONTH, YEAR = "last month", "2025"
AGENT, TOPIC = "agent:agent 7", "topic:topic 3"
QUESTIONS = {
    "nps": ([MONTH], [MONTH, AGENT], [MONTH, "by:agent"], [YEAR], [YEAR, AGENT], [YEAR, "by:agent"],
            [YEAR, TOPIC, "by:team"]),
    "aht": ([MONTH], [MONTH, AGENT], [MONTH, "by:agent"], [YEAR], [YEAR, AGENT], [YEAR, "by:agent"]),
    "drivers": ([MONTH], [MONTH, AGENT], [YEAR], [YEAR, AGENT]),
    "journey": ([MONTH], [MONTH, AGENT], [YEAR], [YEAR, AGENT]),
    "outcomes": ([MONTH], [MONTH, AGENT], [YEAR], [YEAR, AGENT]),
}  # fmt: skip
_ANSWERS = "FROM ratings WHERE metric = 'nps' AND score IS NOT NULL AND late = 0 AND answered_at >= :start "
_ANSWERS += "AND answered_at < :end{filter}"
PLAIN = {
    "nps": f"SELECT {{by}}, score, COUNT(*) {_ANSWERS} GROUP BY 1, 2",
    # The time of each interaction, and when the same customer came back about the same topic.
    "aht": "SELECT part, AVG(handling_seconds), COUNT(following) FROM (SELECT {by} AS part, handling_seconds, "
    "LEAD(opened_at) OVER (PARTITION BY customer, topic ORDER BY opened_at) AS following FROM ratings "
    "WHERE closed_at >= :start AND closed_at < :end{filter}) AS contacts GROUP BY 1",
    "drivers": f"SELECT score, reasons, topic, channel, touchpoint, COUNT(*) {_ANSWERS} GROUP BY 1, 2, 3, 4, 5",
    "journey": f"SELECT touchpoint, score, COUNT(*) {_ANSWERS} GROUP BY 1, 2",
    "outcomes": "SELECT score, COUNT(*) FROM (SELECT score, ROW_NUMBER() OVER (PARTITION BY customer "
    f"ORDER BY answered_at DESC) AS place {_ANSWERS}) AS latest WHERE place = 1 GROUP BY 1",
}
WITH_PREVIOUS = ("nps", "aht", "journey")  # reports that read the period before, too
Result = tuple[str, str, str, str]


def measure() -> list[Result]:
    """The rows of the table of results."""
    with tempfile.TemporaryDirectory() as folder:
        path, few = (Path(folder) / f"{name}.db" for name in ("many", "few"))
        now = datetime.now(UTC)
        volume.build(path, ANSWERS, now, TEAMS)
        volume.build(few, FEW, now, TEAMS)
        size = path.stat().st_size / ANSWERS
        rows = [_row(path, few, word, question, now) for word, asked in QUESTIONS.items() for question in asked]
        return [("bytes an answer", f"{size:.0f}", str(BYTES), ""), *rows]


def _row(path: Path, few: Path, word: str, question: list[str], now: datetime) -> Result:
    """What the answers add to a command, beside the same one with hardly any."""
    more, plain = [], []
    for _ in range(ROUNDS):
        more.append(_command(path, word, question) - _command(few, word, question))
        plain.append(_plain(path, word, question, now))
    limit = TIMES_PLAIN * statistics.median(plain) + MORE
    shown = f"/{word} {' '.join(question)}, {ANSWERS:,} answers − {FEW:,}, cold"
    return (shown, f"{statistics.median(more):.2f} s", f"{limit:.2f} s", " ".join(f"{each:.2f}" for each in more))


def _command(path: Path, word: str, question: list[str]) -> float:
    command = [str(Path(sys.executable).with_name("cxbot")), "report", word, *question, "--json"]
    environment = {**os.environ, "CXBOT_DB": str(path), "CXBOT_TIMEZONE": ZONE}
    begun = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def _plain(path: Path, word: str, question: list[str], now: datetime) -> float:
    """Seconds of plain SQL over the rows that a report reads, by a new connection."""
    period = periods.parse_period(question[0], now, ZONE)
    spans: list[Period] = [period, period.previous()] if word in WITH_PREVIOUS else [period]
    by = next((part.removeprefix("by:") for part in question if part.startswith("by:")), "''")
    begun = time.perf_counter()
    db = connect(path)
    where = ""
    for part in question[1:]:
        kind, _, name = part.partition(":")
        if kind != "by":
            key = {"kind": kind, "key": name}
            [id_] = db.execute("SELECT name_id FROM name_keys WHERE kind = :kind AND key = :key", key).fetchone()
            where += f" AND {kind} = {id_}"
    for span in spans:
        values = {"start": stamp(span.start), "end": stamp(span.end)}
        db.execute(PLAIN[word].format(by=by, filter=where), values).fetchall()
    db.close()
    return time.perf_counter() - begun


if __name__ == "__main__":
    for line in measure():
        print(*line, sep=" | ")
