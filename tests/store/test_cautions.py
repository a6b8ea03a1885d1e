"""The warnings of a report, from imported answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cxbot.core.reports.cautions import Background, Share, cautions
from tests.desk import Desk

HEADER = ("external_id", "metric", "score", "sent_at", "answered_at", "closed_at", "customer", "topic", "agent",
          "handling_seconds")  # fmt: skip
PERIOD = "2026-11-01..2026-11-14"
SENT, ANSWERED, CLOSED = "2026-11-05T10:00:00Z", "2026-11-05T11:00:00Z", "2026-11-05T09:00:00Z"

Row = tuple[object, ...]


def survey(
    i: int,
    *,
    answered: bool = True,
    score: int = 9,
    customer: str = "",
    topic: str = "",
    agent: str = "",
    seconds: int = 60,
) -> Row:
    given = (score, SENT, ANSWERED) if answered else ("", SENT, "")
    return (f"x{i}", "nps", *given, CLOSED, customer or f"c{i}", topic, agent, seconds)


def warnings(desk: Desk, rows: list[Row]) -> dict[str, dict[str, object]]:
    desk.run("import", desk.write([HEADER, *rows]))
    return {each["code"]: each for each in desk.report("nps", PERIOD)["warnings"]}


def test_few_customers_who_give_most_answers(desk: Desk) -> None:
    rows = [survey(i, customer="big" if i < 40 else f"c{i}") for i in range(60)]
    found = warnings(desk, rows)
    assert found == {"few_customers": {"code": "few_customers", "customers": 1, "share": pytest.approx(100 * 40 / 60)}}
    assert "⚠ 1 customer gave 67% of the answers." in desk.run("report", "nps", PERIOD)


def test_who_was_asked_and_who_answered_differ(desk: Desk) -> None:
    rows = [survey(i, topic="login" if i % 2 else "billing", answered=bool(i % 2) or i % 10 == 0) for i in range(200)]
    found = warnings(desk, rows)["answered_differently"]
    assert (found["dimension"], found["share"] in (100.0, 20.0), found["n"]) == ("topic", True, 100)


def test_long_interactions_answer_less(desk: Desk) -> None:
    rows = [survey(i, seconds=600 if i % 2 else 60, answered=i % 2 == 0 or i % 5 == 0) for i in range(200)]
    found = warnings(desk, rows)["answered_differently"]
    assert found["dimension"] == "handling time"


def test_an_agent_whose_interactions_are_asked_about_less(desk: Desk) -> None:
    rows: list[Row] = [survey(i, agent="Anna") for i in range(60)]
    rows += [(f"y{i}", "", "", "", "", CLOSED, f"d{i}", "", "Bo", 60) for i in range(40)]
    rows += [survey(100 + i, agent="Bo") for i in range(10)]
    found = warnings(desk, rows)["asked_less"]
    assert (found["value"], found["share"], found["rest"], found["n"]) == ("Bo", 20.0, 100.0, 50)


def test_the_response_rate_that_moves_with_the_score(desk: Desk) -> None:
    rows = [survey(i, score=10 if i % 5 else 3) for i in range(100)]
    before = [
        (f"p{i}", "nps", 2 if i % 3 == 0 else "", "2026-10-20T10:00:00Z",
         "2026-10-20T11:00:00Z" if i % 3 == 0 else "", "2026-10-20T09:00:00Z", f"e{i}", "", "", 60)
        for i in range(120)
    ]  # fmt: skip
    found = warnings(desk, [*rows, *before])["response_moved"]
    assert (found["rate"], found["previous"]) == (100.0, pytest.approx(100 / 3))


def test_an_even_team_gets_no_warning(desk: Desk) -> None:
    rows = [survey(i, topic=f"t{i % 4}", agent=f"a{i % 3}", seconds=60 + i, answered=i % 7 < 3) for i in range(252)]
    assert warnings(desk, rows) == {}


@pytest.mark.parametrize(
    "build",
    [
        lambda: Background(several=(10, 9)),
        lambda: Background(answered={"topic": {"a": Share(0, 10), "b": Share(10, 10)}}),
        lambda: Background(asked={"Anna": Share(0, 19), "Bo": Share(30, 30)}),
        lambda: Background(settled=Share(1, 10), settled_before=Share(9, 10)),
    ],
)
def test_small_numbers_are_no_reason_for_a_warning(build: Callable[[], Background]) -> None:
    assert cautions(19, build(), None) == ()
