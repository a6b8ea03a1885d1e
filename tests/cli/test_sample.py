"""The demo's sample: repeatable, readable by the import on any date, and enough for the reports in a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cxbot.cli.sample.filing import put_on_file
from cxbot.cli.sample.history import ANSWERS, WEEKS, Cast, History, history
from cxbot.cli.sample.words import WORDS
from cxbot.core.csv_files.answers import table_of
from cxbot.core.csv_files.cells import Reading
from cxbot.core.csv_files.columns import Source
from cxbot.core.csv_files.customers import CUSTOMERS
from cxbot.core.csv_files.touchpoints import TOUCHPOINTS
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.language import LANGUAGES
from cxbot.store.engine.database import Database
from cxbot.store.files import imports
from tests.desk import Desk

ZONE = "Europe/Helsinki"
NOW = datetime(2026, 11, 26, 10, 0, tzinfo=ZoneInfo(ZONE))  # a Thursday
CAST = Cast(("U0AGENT001", "U0AGENT002", "U0AGENT003", "U0AGENT004"), "C0ACME0001")
DATES = (NOW, *(datetime(*day, 10, 0, tzinfo=ZoneInfo(ZONE)) for day in (
    (2026, 1, 1), (2027, 4, 1), (2027, 11, 4), (2028, 3, 2), (2032, 12, 30),
)))  # fmt: skip
"""Thursdays: the first of a year, just after the clocks were changed, after a leap day, in a week 53."""


def told(now: datetime = NOW, locale: str = "en") -> History:
    return history(WORDS[locale], CAST, now, ZONE)


def column(of: History, name: str) -> list[str]:
    return [cells[ANSWERS.index(name)] for _, cells in of.answers[1:]]


def test_it_is_the_same_at_every_start() -> None:
    assert told() == told()


@pytest.mark.parametrize("now", DATES, ids=lambda now: f"{now:%Y-%m-%d}")
def test_the_import_takes_it_on_any_date(now: datetime) -> None:
    made, reading = told(now), Reading(now=now)
    files = ((made.answers, table_of(SHIPPED)), (made.customers, CUSTOMERS), (made.touchpoints, TOUCHPOINTS))
    for rows, table in files:
        assert imports.check_file(Source("sample.csv", rows, reading), table) == len(rows) - 1
    assert column(made, "score") == column(told(), "score"), "only the dates depend on when the demo begins"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_comment_says_that_it_is_a_sample(locale: str) -> None:
    comments = [comment for comment in column(told(locale=locale), "comment") if comment]
    assert len(comments) > 500
    assert all(comment.startswith(WORDS[locale].mark) for comment in comments)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_is_told_in_every_language_alike(locale: str) -> None:
    made, words = told(locale=locale), WORDS[locale]
    assert column(made, "score") == column(told(), "score")
    assert set(column(made, "topic")) == {*words.topics, ""}
    assert set(column(made, "company")) == {*words.companies, ""}
    assert [cells[0] for _, cells in made.touchpoints[1:]] == [place.name for place in words.touchpoints]


def test_every_language_has_its_words() -> None:
    assert set(WORDS) == set(LANGUAGES)
    shapes = [{name: len(getattr(words, name)) for name in words.__slots__ if name not in ("locale", "support")
               and isinstance(getattr(words, name), tuple | dict)} for words in WORDS.values()]  # fmt: skip
    assert all(shape == shapes[0] for shape in shapes)


def test_weeks_have_as_many_answers_as_a_real_team_gets() -> None:
    made = told()
    weeks: dict[str, int] = {}
    for team, metric, score, at in zip(*(column(made, name) for name in ("team", "metric", "score", "answered_at")),
                                       strict=True):  # fmt: skip
        if team == "Support" and metric == "nps" and score:
            week = f"{datetime.fromisoformat(at):%G-W%V}"
            weeks[week] = weeks.get(week, 0) + 1
    assert len(weeks) == WEEKS + 1
    assert all(20 <= n <= 60 for n in weeks.values()), weeks


def test_a_language_that_there_is_not_is_refused(desk: Desk) -> None:
    assert "'tlh' is not one of 'en', 'fi', 'sv'" in desk.run("demo", "--locale", "tlh", code=2)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A terminal with the sample on file."""
    desk = Desk(tmp_path_factory.mktemp("sample"), CXBOT_TIMEZONE=ZONE)
    for team in ("Support", "Sales"):
        desk.run("team", "add", team, "--channel", f"C0{team.upper()}", "--survey", "nps")
    database = Database(desk.database)
    put_on_file(database, WORDS["en"], CAST, "U0ADA00001", NOW, ZONE)
    database.close()
    return desk


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("report nps last week team:Support", "from 40 answers"),
        ("report nps last month by:team", "• Sales: "),
        ("report drivers nps 90d", "Long wait: drag −"),
        ("report journey nps 90d", "Comparison site (indirect, not ours)"),
        ("report outcomes nps 365d", "Churn −"),
        ("report words nps 90d", "waited"),
        ("report aht last month", "Reopen rate"),
        ("report churn last month", "customers at the start"),
        ("report enps last month", "from 13 answers"),
        ("plan nps 10", "answers before the change"),
        ("compare nps since:2026-10-26 team:Support against:Sales", "more than noise"),
    ],
)
def test_the_reports_of_the_terminal_have_something_to_say(sampled: Desk, command: str, said: str) -> None:
    assert said in sampled.run(*command.split(), "--at", NOW.isoformat())


def test_the_registers_are_full(sampled: Desk) -> None:
    assert "sample outage" in sampled.run("incident", "list")
    assert len(sampled.run("touchpoint", "list").splitlines()) == len(WORDS["en"].touchpoints)
    assert "imported" in sampled.run("audit")
    assert "long_wait" in sampled.run("export", "answers")
    assert len(sampled.run("export", "interactions").splitlines()) > 5000


def test_agents_can_be_drawn(sampled: Desk) -> None:
    at = NOW - timedelta(days=1)
    sampled.run("report", "nps", "90d", "by:agent", "--picture", "agents.png", "--at", at.isoformat())
    assert Path(sampled.folder / "agents.png").stat().st_size > 10_000
