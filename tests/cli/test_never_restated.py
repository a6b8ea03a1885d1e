"""A result about colleagues stays as it was published, whatever is imported, erased or kept no longer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cxbot import jobs
from cxbot.core.retention import Retention
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from tests.desk import Desk

HEADER = ("external_id", "metric", "score", "answered_at", "customer", "team")
Lines = list[tuple[object, ...]]


def quarter(months: tuple[str, ...] = ("2025-01", "2025-02", "2025-03")) -> Lines:
    """Seven colleagues answer every month, and say something else each time."""
    return [
        (f"{month}-{person}", "enps", (person * 3 + number * 4) % 11, f"{month}-15T09:00Z", f"U0SAMPLE0{person}", "A")
        for number, month in enumerate(months)
        for person in range(1, 8)
    ]


def published(desk: Desk) -> list[list[Any]]:
    """The results of every period in which somebody answered."""
    periods = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-Q1", "2025-Q2", "2025")
    found = [desk.report("enps", period, *team, at=NOW) for period in periods for team in ((), ("team:A",))]
    return [[each[name] for name in ("n", "value", "low", "high")] for each in found]


NOW = "2026-02-10T12:00Z"


@pytest.fixture
def told(desk: Desk) -> list[list[Any]]:
    """What is published once a first file is imported."""
    desk.run("import", desk.write([HEADER, *quarter()]))
    found = published(desk)
    assert len({value for _, value, *_ in found}) > 3
    return found


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("changed", [
    [("late", "enps", 0, "2025-02-20T09:00Z", "U0SAMPLE09", "A")],
    [("2025-02-1", "enps", 0, "2025-02-15T09:00Z", "U0SAMPLE01", "A")],
    [("2025-02-1", "enps", 7, "2025-02-15T09:00Z", "U0SAMPLE01", "B")],
    [("2025-02-1", "enps", 7, "2025-04-15T09:00Z", "U0SAMPLE01", "A")],
])  # fmt: skip
def test_an_import_restates_nothing(desk: Desk, changed: Lines) -> None:
    before = published(desk)
    said = desk.run("import", desk.write([HEADER, *quarter(), *changed], "more.csv"), "--last-wins", code=2)
    assert "never restated" in said
    assert "2025-02-" in said
    assert published(desk) == before
    assert desk.run("import", desk.write([HEADER, *quarter()])) == "0 added, 0 updated, 21 unchanged.\n"


@pytest.mark.usefixtures("told")
def test_what_an_import_may_still_add(desk: Desk) -> None:
    csat = ("C1", "csat", 5, "2025-02-20T09:00Z", "U0SAMPLE09", "A")
    later = [(f"new-{person}", "enps", 9, "2026-02-05T09:00Z", f"U0SAMPLE1{person}", "A") for person in range(7)]
    earlier = [(f"old-{person}", "enps", 9, "2024-02-05T09:00Z", f"U0SAMPLE1{person}", "A") for person in range(7)]
    before = published(desk)
    desk.run("import", desk.write([HEADER, csat, *later, *earlier]))
    assert published(desk) == before
    assert desk.report("enps", "2024-02", at=NOW)["n"] == 7


def test_who_leaves_is_forgotten_and_still_one_person(desk: Desk, told: list[list[Any]]) -> None:
    assert "Erased" in desk.run("erase", "U0SAMPLE03", "--yes")
    assert published(desk) == told
    assert people(desk) == [f"U0SAMPLE0{number}" for number in (1, 2, 4, 5, 6, 7)]


@pytest.mark.parametrize(("today", "months", "known"), [
    (datetime(2027, 2, 14, tzinfo=UTC), 24, []),  # the year is over, so it goes as a whole
    (datetime(2027, 2, 14, tzinfo=UTC), 26, [1, 2, 3, 4, 5, 6, 7]),
    (datetime(2025, 3, 20, tzinfo=UTC), 1, [1, 2, 3, 4, 5, 6, 7]),  # February is over, the quarter is not
])  # fmt: skip
def test_who_answered_goes_and_results_stay(
    desk: Desk, told: list[list[Any]], today: datetime, months: int, known: list[int]
) -> None:
    database = Database(desk.database)
    keeper = jobs.Keeper(Retention(0, months, 0), "UTC")
    while keeper.tick(database, today):
        pass
    left = rows(database.reader, "SELECT MIN(answered_at) AS first FROM ratings JOIN name_keys ON name_id = customer")
    database.close()
    assert people(desk) == [f"U0SAMPLE0{number}" for number in known]
    assert published(desk)[:6] == told[:6]
    if today.year == 2025:
        assert left[0]["first"].startswith("202503")
    else:
        assert published(desk) == told


def people(desk: Desk) -> list[str]:
    """The colleagues whose answers can be told."""
    database = Database(desk.database)
    sql = "SELECT DISTINCT n.name FROM ratings AS r JOIN names AS n ON n.id = r.customer WHERE n.name != '' ORDER BY 1"
    found = [each["name"] for each in rows(database.reader, sql)]
    database.close()
    return found
