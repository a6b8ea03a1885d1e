"""Every report in every language with 0, 1, 4, 5, 9, 10 and 100 answers, and with equal answers only: what is shown
of few answers, what is left out, and the words for it. Sample data, imported, asked for with `/cx`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from cxbot.core.metrics.shipped import METRICS
from cxbot.language import LANGUAGES
from tests.desk import Desk
from tests.office import Office

CASES = {"0": 0, "1": 1, "4": 4, "5": 5, "9": 9, "10": 10, "100": 100, "12, all the same": 12}
MONDAYS = dict(zip(CASES, (date.fromisocalendar(2026, week, 1) for week in range(10, 42, 4)), strict=True))
"""The week of each case; the weeks before it are empty."""
WORDS = (
    "nps", "csat", "ces", "ces1", "fcr", "enps", "expectation", "promise", "still_solved", "rating", "goal",
    "strategy", "experience", "levels", "disciplines", "aht", "churn", "drivers nps", "journey csat", "outcomes nps",
)  # fmt: skip
ANSWERS = ("external_id", "metric", "score", "answered_at", "customer", "agent", "topic", "touchpoint", "team")
CONTACTS = ("external_id", "closed_at", "customer", "topic", "team", "handling_seconds")
CUSTOMERS = ("customer", "started_on", "lost_on", "complaints", "returns", "repeat_purchases", "money")
TOPICS, PLACES = ("login", "billing", "delivery"), ("Phone", "Shop")


def given(case: str) -> Iterator[tuple[datetime, str, int]]:
    """When each answer of a case came, from whom, and which it is."""
    for i in range(CASES[case]):
        moment = datetime.combine(MONDAYS[case], datetime.min.time(), UTC) + timedelta(hours=7, minutes=40 * i)
        yield moment, f"customer {case}.{i}", i


def answers() -> Iterator[Sequence[object]]:
    """An answer to every metric from each person of each case, spread over the scale."""
    yield ANSWERS
    for case in CASES:
        same = case.endswith("same")
        for moment, customer, i in given(case):
            for name, metric in METRICS.items():
                score = metric.high if same else metric.scale[-1 - (i * i) % len(metric.scale)]
                yield (f"{case}.{i}", name, score, moment.isoformat(), customer, f"U0AGENT{i % 2}", TOPICS[i % 3],
                       PLACES[i % 2], "Support")  # fmt: skip


def contacts() -> Iterator[Sequence[object]]:
    """A contact of each person, three to ten minutes long."""
    yield CONTACTS
    for case in CASES:
        for moment, customer, i in given(case):
            seconds = 300 if case.endswith("same") else 180 + 60 * (i % 8)
            yield f"contact {case}.{i}", moment.isoformat(), customer, TOPICS[i % 3], "Support", seconds


def customers() -> Iterator[Sequence[object]]:
    """Every fourth customer of a case was lost in its week, the others after it."""
    yield CUSTOMERS
    for case, monday in MONDAYS.items():
        for _, customer, i in given(case):
            lost = monday + timedelta(days=2 if i % 4 == 0 else 8)
            yield customer, monday - timedelta(days=30), lost, i % 2, 0, i % 3, 100 + 10 * (i % 5)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office")) as made:
        desk = Desk(made.path.parent)
        desk.run("import", desk.write(answers()))
        desk.run("import", desk.write(contacts(), "contacts.csv"))
        desk.run("import", "customers", desk.write(customers(), "customers.csv"))
        yield made


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("word", WORDS)
def test_a_report_of_any_number(office: Office, word: str, code: str, snapshot: SnapshotAssertion) -> None:
    office.change_team(locale=code)
    pages = []
    for case, monday in MONDAYS.items():
        said = office.command(office.leo, "/cx", f"{word} {monday:%G-W%V}")
        assert "-0" not in said.replace("2026-0", ""), said
        assert "nan" not in said.lower().split(), said
        pages.append(f"=== {case} ===\n{said}")
    assert "\n\n".join(pages) == snapshot
