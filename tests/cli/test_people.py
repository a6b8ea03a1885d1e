"""`cxbot person link`: two addresses are one customer, in figures and on file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk

SLACK, MAIL, WORK = "U0SAMPLE01", "dora@sample.example", "dora@work.example"
CAMPAIGN = [
    ["external_id", "metric", "score", "sent_at", "answered_at", "asked_by", "customer", "team"],
    *(
        [f"x{number}", "nps", score, f"2026-11-1{number}T09:00Z", f"2026-11-1{number}T10:00Z", "campaign", customer,
         "Support"]
        for number, (score, customer) in enumerate(
            [(10, SLACK), (0, MAIL), (9, "one@sample.example"), (8, "two@sample.example"), (3, "Dora@Work.example"),
             (10, "three@sample.example")]
        )
    ),
    ["x6", "nps", "", "2026-11-16T09:00:00Z", "", "campaign", MAIL, "Support"],
]  # fmt: skip
HANDLED = [
    ["external_id", "closed_at", "topic", "customer"],
    ["h1", "2026-11-10T10:00:00Z", "invoices", SLACK],
    ["h2", "2026-11-12T10:00:00Z", "invoices", MAIL],
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return made_in(tmp_path)


def made_in(folder: Path) -> Desk:
    desk = Desk(folder)
    desk.run("team", "add", "Support", "--channel", "C0000000001")
    return desk


def link(desk: Desk) -> None:
    assert desk.run("person", "link", MAIL, SLACK) == f"{MAIL}, {SLACK}\n"
    desk.run("person", "link", WORK, MAIL)


def brought(desk: Desk) -> None:
    desk.run("import", desk.write(CAMPAIGN))
    desk.run("import", desk.write(HANDLED))


def figures(desk: Desk) -> dict[str, Any]:
    shown = [("nps", "month"), ("nps", "month", "by:customer"), ("aht", "month"), ("nps", "month", f"customer:{WORK}")]
    return {" ".join(words): desk.report(*words) for words in shown}


@pytest.mark.parametrize("order", [(link, brought), (brought, link)])
def test_linked_addresses_are_one_customer_in_every_figure(
    desk: Desk, order: tuple[Callable[[Desk], None], ...]
) -> None:
    for step in order:
        step(desk)
    report = desk.report("nps", "month")
    assert (report["n"], report["value"]) == (4, pytest.approx(100 * (2 - 1) / 4)), "each person's latest answer"
    assert report["response"]["sent"] == 4, "people are counted, not surveys"
    [theirs] = [part for part in desk.report("nps", "month", "by:customer")["by"] if part["key"] == f"customer:{SLACK}"]
    assert (theirs["n"], theirs["value"]) == (1, -100)


def test_it_makes_no_difference_when_addresses_are_linked(tmp_path: Path) -> None:
    found = []
    for number, order in enumerate([(link, brought), (brought, link)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        desk = made_in(folder)
        for step in order:
            step(desk)
        found.append(figures(desk))
    assert found[0] == found[1]


def test_importing_again_after_a_link_changes_nothing(desk: Desk) -> None:
    brought(desk)
    link(desk)
    before = figures(desk)
    assert "7 unchanged" in desk.run("import", desk.write(CAMPAIGN))
    assert figures(desk) == before


def test_the_register_keeps_one_row_and_fills_it(desk: Desk) -> None:
    desk.run("import", "customers", desk.write([
        ["customer", "company", "started_on", "money"],
        [SLACK, "", "2025-03-01", ""], [MAIL, "Sample Ltd", "2026-01-01", "120"],
    ]))  # fmt: skip
    link(desk)
    held = json.loads(desk.run("person", WORK))
    [row] = held["customer"]
    assert (row["started_on"], row["money"]) == ("2025-03-01", 120)
    assert row["company"]
    assert sorted([held["who"], *held["also"]]) == sorted([SLACK, MAIL, WORK])


def test_an_erased_person_is_gone_under_every_address(desk: Desk) -> None:
    brought(desk)
    link(desk)
    assert "Erased" in desk.run("erase", WORK, "--yes")
    for address in (SLACK, MAIL, WORK):
        held = json.loads(desk.run("person", address))
        assert (held["also"], held["answers"], held["customer"]) == ([], [], [])
    assert desk.report("nps", "month")["n"] == 6, "the scores stay, and are nobody's"
    assert MAIL.encode() not in desk.database.read_bytes()


def test_what_a_colleague_answered_is_told_to_nobody_and_their_work_is(desk: Desk) -> None:
    header = ("external_id", "metric", "score", "answered_at", "customer", "agent")
    at = "2026-10-01T09:00Z"
    desk.run(
        "import", desk.write([header, ("E-1", "enps", 3, at, "U0ANNA", ""), ("E-2", "csat", 4, at, MAIL, "U0ANNA")])
    )
    held = json.loads(desk.run("person", "U0ANNA"))
    assert (held["answers"], held["confidential_answers"]) == ([], 1)
    assert [(each["metric"], each["score"]) for each in held["answers_about_their_work"]] == [("csat", 4)]
    assert MAIL not in str(held)
    theirs = json.loads(desk.run("person", MAIL))
    assert (theirs["answers"][0]["score"], theirs["answers_about_their_work"]) == (4, [])


def test_a_link_of_an_address_with_itself_changes_nothing(desk: Desk) -> None:
    brought(desk)
    before = figures(desk)
    desk.run("person", "link", MAIL, MAIL.upper())
    assert figures(desk) == before
