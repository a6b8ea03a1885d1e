"""A file and a helpdesk tell of the same conversation: each of its closes counts once, and asks once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk as Terminal
from tests.web.test_hooks import Desk

HEADER = ("external_id", "closed_at", "customer", "team", "handling_seconds")
CARLA = "carla@customer.example"
MAIL = {"CXBOT_PUBLIC_URL": "https://cx.example.com", "CXBOT_SMTP_URL": "smtp://127.0.0.1:2525",
        "CXBOT_MAIL_FROM": "Support <us@sample.example>"}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path, hours="always") as made:
        made.add_hook()
        yield made


def bring(desk: Desk, *lines: tuple[object, ...], header: tuple[str, ...] = HEADER, ask: bool = False) -> str:
    terminal = Terminal(desk.path.parent, **MAIL)
    file = terminal.write([header, *([str(each) for each in line] for line in lines)])
    return terminal.run("import", file, *(["--ask"] if ask else []))


def interactions(desk: Desk) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Terminal(desk.path.parent).run("export", "interactions"))))


def handling(desk: Desk, after: timedelta = timedelta(0)) -> dict[str, Any]:
    at = (desk.now() + after).isoformat()
    found = Terminal(desk.path.parent).report("aht", "last 30 days", at=at)
    return {"n": found["n"], "mean": found["value"]}


def ledger(desk: Desk) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Terminal(desk.path.parent).run("export", "ledger"))))


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("away", [timedelta(0), timedelta(hours=-14)], ids=["to the second", "knows days only"])
def test_a_file_fills_what_a_helpdesk_did_not_tell(desk: Desk, away: timedelta, answered: bool) -> None:
    desk.close_case("C-1", CARLA, agent="Anna", topic="login")
    if answered:
        desk.settle()
    [before] = interactions(desk)
    assert "1 added" in bring(desk, ("C-1", desk.now() + away, CARLA, "Support", 600))
    assert interactions(desk) == [{**before, "handling_seconds": "600.0"}]
    assert handling(desk, timedelta(days=1)) == {"n": 1, "mean": 600}
    assert "0 added, 0 updated, 1 unchanged" in bring(desk, ("C-1", desk.now() + away, CARLA, "Support", 600))
    assert "1 updated" in bring(desk, ("C-1", desk.now() + away, CARLA, "Support", 900))
    assert handling(desk, timedelta(days=1)) == {"n": 1, "mean": 900}


def test_a_file_with_nothing_new_changes_nothing(desk: Desk) -> None:
    desk.close_case("C-1", CARLA, handling_seconds=600)
    assert "0 added, 0 updated, 1 unchanged" in bring(desk, ("C-1", desk.now(), CARLA, "Support", 600))
    assert handling(desk, timedelta(days=1)) == {"n": 1, "mean": 600}


def test_answers_of_another_tool_stay_apart_from_the_close(desk: Desk) -> None:
    desk.close_case("C-1", CARLA)
    header = ("external_id", "closed_at", "metric", "score", "answered_at", "first_contact_resolution", "team",
              "handling_seconds")  # fmt: skip
    bring(desk, ("C-1", desk.now(), "csat", 5, desk.now(), "yes", "Support", 60), header=header)
    bring(desk, ("C-1", desk.now(), "ces", 7, desk.now(), "yes", "Support", 60), header=header)
    assert handling(desk, timedelta(days=1)) == {"n": 1, "mean": 60}
    terminal, at = Terminal(desk.path.parent), (desk.now() + timedelta(days=1)).isoformat()
    assert [terminal.report(metric, "last 30 days", at=at)["n"] for metric in ("csat", "ces", "fcr")] == [1, 1, 1]


@pytest.mark.parametrize(
    "line",
    [("C-2", timedelta(0), CARLA), ("C-1", timedelta(days=-2), CARLA), ("C-1", timedelta(0), "dora@other.example")],
    ids=["another id", "another day", "another customer"],
)
def test_what_is_another_close_counts_apart(desk: Desk, line: tuple[str, timedelta, str]) -> None:
    desk.close_case("C-1", CARLA, handling_seconds=60)
    case, away, customer = line
    bring(desk, (case, desk.now() + away, customer, "Support", 120))
    assert handling(desk, timedelta(days=1)) == {"n": 2, "mean": 90}


def test_of_several_closes_the_nearest_is_filled(desk: Desk) -> None:
    first = desk.now()
    desk.close_case("C-1", CARLA)
    desk.pass_time(hours=2)
    desk.tell("conversation.reopened", id="C-1")
    desk.pass_time(hours=2)
    desk.close_case("C-1", CARLA)
    bring(desk, ("C-1", first, CARLA, "Support", 60))
    found = {each["closed_at"][:19]: each["handling_seconds"] for each in interactions(desk)}
    assert len(found) == 2
    assert found[first.isoformat()[:19]] == "60.0"


def test_a_close_that_came_with_a_file_is_not_counted_again_when_it_is_told(desk: Desk) -> None:
    first: datetime = desk.now()
    bring(desk, ("C-1", first, CARLA, "Support", 60))
    desk.pass_time(hours=1)
    desk.close_case("C-1", CARLA, closed_at=first.isoformat())
    assert len(interactions(desk)) == 1
    desk.settle()
    desk.pass_time(hours=2)
    desk.tell("conversation.reopened", id="C-1")
    desk.pass_time(hours=2)
    desk.close_case("C-1", CARLA)
    assert len(interactions(desk)) == 2
    assert "0 added, 0 updated, 1 unchanged" in bring(desk, ("C-1", first, CARLA, "Support", 60))


def test_what_a_helpdesk_has_told_is_not_asked_about_again(desk: Desk) -> None:
    desk.change_team(throttle_days="0")
    desk.close_case("C-1", CARLA)
    bring(desk, ("C-1", desk.now(), CARLA, "Support", 60), ask=True)
    assert [(each["source"], each["id"]) for each in ledger(desk)] == [("desk", "C-1")]


def test_a_helpdesk_goes_on_with_what_came_with_a_file(tmp_path: Path) -> None:
    with Desk(tmp_path, start=datetime.now(UTC), hours="always") as desk:  # `--ask` knows no other time
        desk.add_hook()
        desk.change_team(delay_minutes="120")
        bring(
            desk,
            ("C-1", desk.now(), CARLA, "Support", 60),
            ("C-2", desk.now(), "dora@x.example", "Support", 60),
            ask=True,
        )
        desk.clock_seconds(60)
        assert desk.tell("conversation.closed", id="C-1", customer={"email": CARLA})[0] == 200
        assert {(each["source"], each["id"]) for each in ledger(desk)} == {("desk", "C-1"), ("import", "C-2")}
        desk.clock_seconds(60)
        desk.tell("conversation.reopened", id="C-1", customer={"email": CARLA})
        assert {each["id"]: each["outcome"] for each in ledger(desk)}["C-1"] == "withdrawn"
        desk.tell("conversation.opened", id="C-2", customer={"email": "another@y.example"})
        assert {(each["source"], each["id"]) for each in ledger(desk)} == {("desk", "C-1"), ("import", "C-2")}


def test_the_same_id_of_another_customer_is_another_conversation(tmp_path: Path) -> None:
    with Desk(tmp_path, start=datetime.now(UTC), hours="always") as desk:
        desk.add_hook()
        desk.close_case("5", CARLA)
        desk.clock_seconds(60)
        bring(desk, ("5", desk.now(), "dora@x.example", "Support", 60), ask=True)
        told = [(each["source"], each["customer"], each["outcome"]) for each in ledger(desk)]
        assert told == [("desk", CARLA, "sent"), ("import", "dora@x.example", "waiting")]
        desk.clock_seconds(60)
        desk.tell("conversation.reopened", id="5", customer={"email": CARLA})
        assert {each["source"]: each["outcome"] for each in ledger(desk)} == {"desk": "withdrawn", "import": "waiting"}


def test_a_file_need_not_tell_again_who_the_customer_is(tmp_path: Path) -> None:
    with Desk(tmp_path, start=datetime.now(UTC), hours="always") as desk:
        desk.add_hook()
        desk.tell("conversation.opened", id="5", customer={"email": CARLA, "locale": "fi"}, agent="Anna")
        desk.clock_seconds(60)
        bring(desk, ("5", desk.now(), "", "Support", 60), ask=True)
        assert [(each["customer"], each["outcome"]) for each in ledger(desk)] == [(CARLA, "waiting")]
        assert [each["locale"] for each in desk.invitations()] == ["fi"]
