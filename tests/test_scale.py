"""Figures that come from counts, indexes and memory equal a plain pass over the answers, whatever happened to the
file: imports that replace rows, one that is being staged, clicks, changed scores, late answers."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.core import periods, queries
from cxbot.core.queries import Query
from cxbot.core.reports import Facts
from cxbot.store import figures, transfers
from cxbot.store.database import Database, rows

ZONES = ("Europe/Helsinki", "America/New_York", "Asia/Kolkata", "UTC")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUESTIONS = ("last week", "last month", "2026-10-03..2026-10-17", "2026-W41 team:tuki", '30d agent:"agent 1"')
COLUMNS = ("external_id", "metric", "score", "sent_at", "answered_at", "team", "agent", "customer", "asked_by", "topic")


class World:
    """A file with answers over some months, and what a plain pass over it finds."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.database = Database(folder / "cxbot.db")
        self.chance = random.Random(seed)
        self.imports = 0

    def bring(self, n: int, *, campaigns: bool = True) -> None:
        """Import n rows, some of them under keys that are there already."""
        self.imports += 1
        path = self.folder / f"{self.imports}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            lines = csv.writer(out)
            lines.writerow(COLUMNS)
            lines.writerows(self._line(campaigns) for _ in range(n))
        transfers.import_file(self.database, path, NOW)

    def _line(self, campaigns: bool) -> tuple[object, ...]:
        chance = self.chance
        answered = NOW - timedelta(seconds=chance.randrange(300 * 86400))
        ways = ("automatic", "automatic", "hand-picked", "campaign" if campaigns else "automatic")
        team = chance.choice(("Tuki", "Sales", ""))
        return (
            f"x{chance.randrange(4000)}", "nps", chance.randrange(11), (answered - timedelta(hours=1)).isoformat(),
            answered.isoformat(), team, f"agent {chance.randrange(4)}",
            chance.choice((f"customer {chance.randrange(60)}", f"customer {chance.randrange(4000)}", "")),
            "hand-picked" if team == "Sales" else chance.choice(ways), chance.choice(("", "bill", "login")),
        )  # fmt: skip

    def ask(self, text: str, zone: str, now: datetime = NOW) -> tuple[Query, Facts]:
        """A question and the store's facts."""
        query = queries.parse("nps", text, now, zone)
        return query, figures.facts(self.database.reader, query, now)

    def visible(self, query: Query) -> list[dict[str, Any]]:
        """Every answer that a question is about, whenever it was given."""
        shown = transfers.published(self.database.reader)
        found = rows(
            self.database.reader,
            "SELECT * FROM ratings WHERE metric = 'nps' AND score IS NOT NULL AND late = 0 AND batch <= :shown "
            "AND until_batch > :shown ORDER BY answered_at, id",
            shown=shown,
        )
        return [
            each for each in found
            if all(each[name].casefold() == value.casefold() for name, value in query.filters.items())
        ]  # fmt: skip

    def automatic(self) -> set[str]:
        """The teams with automatic answers."""
        return {each["team"] for each in self.visible(queries.parse("nps", "", NOW, "UTC")) if
                each["asked_by"] == "automatic"}  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(tmp_path, getattr(request, "param", 1))
    yield made
    made.database.close()


def counting(world: World, answers: list[dict[str, Any]], campaigns: bool) -> list[dict[str, Any]]:
    """Those of a span's answers that count: about interactions, or the latest of each person in campaigns."""
    automatic = world.automatic()
    if not campaigns:
        return [
            each for each in answers
            if each["asked_by"] == "automatic" or (each["asked_by"] == "hand-picked" and each["team"] not in automatic)
        ]  # fmt: skip
    latest = {each["customer"] or each["id"]: each for each in answers if each["asked_by"] == "campaign"}
    return list(latest.values())


def plain_history(world: World, query: Query, kind: str) -> list[tuple[str, dict[int, int]]]:
    """The weeks before a period by a plain pass, without the leading empty ones."""
    answers = world.visible(query)
    by_week: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in answers:
        at = datetime.fromisoformat(each["answered_at"])
        by_week[periods.week_of(at, query.period.timezone).key].append(each)
    found: list[tuple[str, dict[int, int]]] = []
    for week in periods.last_weeks(78, query.period.start, query.period.timezone):
        counted = counting(world, by_week[week.key], kind == "campaign")
        if found or counted:
            found.append((week.key, dict(Counter(each["score"] for each in counted))))
    return found


@pytest.mark.parametrize("world", range(3), indirect=True)
def test_the_history_of_a_complete_period_equals_a_plain_count(world: World) -> None:
    for campaigns in (False, True):
        world.bring(2500, campaigns=campaigns)
        for zone in ZONES:
            for text in QUESTIONS:
                query, facts = world.ask(text, zone)
                found = [(week.key, dict(counts)) for week, counts in facts.history]
                assert found == plain_history(world, query, facts.kind), (zone, text)
                assert len(found) > 20


def test_an_unfinished_period_has_no_history(world: World) -> None:
    world.bring(300)
    assert world.ask("week", "UTC")[1].history == ()
