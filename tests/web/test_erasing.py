"""Whoever is to be forgotten is nowhere any more, whichever tool says so and by whichever id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.core.hooks import kinds
from cxbot.store.engine.statements import rows
from cxbot.store.records import erasures
from tests.core.hooks.signing import PLAIN, signed
from tests.desk import Desk as Terminal
from tests.office import REACTION
from tests.test_restore import back_up, start, stop
from tests.web.test_hooks import PUBLIC, Desk
from tests.web.visitor import post

EMAIL = "dora.sample@customer.example"
ABOUT = {"id": 291938, "number": 349, "primaryCustomer": {"id": 29418, "first": "Dora", "email": EMAIL}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook("helpscout", PLAIN, "helpscout")
        yield made


def tell(desk: Desk, event: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    content = json.dumps(body).encode()
    request = signed(kinds.shipped()["helpscout"].scheme(), PLAIN, content, desk.now())
    return desk.post(content, {**request.headers, "X-HelpScout-Event": event}, "helpscout")


def close(desk: Desk, **changes: Any) -> None:
    desk.clock.advance(timedelta(minutes=1))
    moment = desk.now().isoformat()
    body = {**ABOUT, "status": "closed", "userUpdatedAt": moment, "closedAt": moment, **changes}
    assert tell(desk, "convo.status", body)[0] == 202


def left(desk: Desk, *texts: str) -> list[tuple[str, str]]:
    """Where any of these texts is in the database's files or in a new back-up."""
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
    (desk.path.parent / "later.db").unlink(missing_ok=True)
    terminal.run("backup", "later.db")
    files = [each for each in desk.path.parent.iterdir() if each.name.startswith(("cxbot.db", "later.db"))]
    held = {each.name: each.read_bytes().lower() for each in files}
    return [(name, text) for name, content in held.items() for text in texts if text.casefold().encode() in content]


def test_a_tool_that_tells_only_its_own_id_has_its_customer_forgotten(desk: Desk) -> None:
    close(desk)
    assert left(desk, EMAIL, "helpscout:29418")
    assert tell(desk, "customer.deleted", {"id": 29418}) == (202, {"outcome": "erased"})
    assert left(desk, EMAIL, "helpscout:29418") == []
    assert [each["customer"] for each in desk.invitations()] == [""]
    audit = rows(desk.database.reader, "SELECT who, what FROM audit WHERE what = 'person erased'")
    assert audit == [{"who": "hook:helpscout", "what": "person erased"}]


def test_a_slack_id_goes_from_every_place_and_the_history_says_why(desk: Desk) -> None:
    desk.add_hook()
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
    desk.tell("conversation.closed", customer={"slack": desk.carla, "email": EMAIL})
    terminal.run("person", desk.carla)
    assert left(desk, desk.carla)
    desk.clock_seconds(60)
    assert desk.tell("person.erase", customer={"slack": desk.carla})[1]["outcome"] == "erased"
    desk.settle()
    assert left(desk, desk.carla, EMAIL) == []
    assert desk.why("C-1").splitlines()[-1].endswith("Withdrawn: the customer's data were erased.")
    terminal.run("erase", desk.carla, "--yes")  # told once more
    assert left(desk, desk.carla) == []


def test_the_reaction_on_a_message_of_theirs_keeps_nobody(desk: Desk) -> None:
    desk.close(desk.conversation())
    assert left(desk, desk.carla)
    Terminal(desk.path.parent, CXBOT_DB=str(desk.path)).run("erase", desk.carla, "--yes")
    desk.settle()
    assert left(desk, desk.carla) == []


@pytest.mark.parametrize("answered", [False, True])
def test_a_survey_of_somebody_who_was_forgotten_is_over(desk: Desk, answered: bool) -> None:
    desk.add_hook()
    link = desk.close_case("C-1", EMAIL)["link"].removeprefix(PUBLIC)
    if answered:
        post(desk, link, {"a": "5"})
    desk.clock_seconds(60)
    desk.tell("person.erase", customer={"email": EMAIL})
    desk.settle()
    assert post(desk, link, {"a": "1"}).status == 410
    first, *_, last = desk.why("C-1").splitlines()
    assert first.endswith("answered." if answered else "over without an answer.")
    assert last.endswith("Withdrawn: the customer's data were erased.")
    desk.pass_time(days=8)
    assert desk.why("C-1").splitlines()[-1] == last
    assert desk.response()["response"]["sent"] == 0  # of this week
    terminal = Terminal(desk.path.parent)
    found = terminal.report("csat", "last 30 days", at=desk.now().isoformat())
    assert (found["response"]["sent"], found["n"]) == (1, int(answered)), "the figures stay"


def test_an_id_at_another_tool_is_another_persons(desk: Desk) -> None:
    desk.add_hook("helpscout", PLAIN, "other")
    close(desk)
    content = json.dumps({"id": 29418}).encode()
    request = signed(kinds.shipped()["helpscout"].scheme(), PLAIN, content, desk.now())
    assert desk.post(content, {**request.headers, "X-HelpScout-Event": "customer.deleted"}, "other")[0] == 202
    assert left(desk, EMAIL)


def test_an_id_without_an_address_goes_as_well(desk: Desk) -> None:
    close(desk, primaryCustomer={"id": 29418})
    close(desk, id=2)
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
    terminal.run("erase", EMAIL, "--yes")
    assert left(desk, EMAIL, "helpscout:29418") == []


def test_a_restored_back_up_forgets_an_id_again(desk: Desk) -> None:
    close(desk)
    close(desk, id=2, primaryCustomer={"id": 7})
    terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
    back_up(desk, terminal)
    assert tell(desk, "customer.deleted", {"id": 29418})[0] == 202
    assert tell(desk, "customer.deleted", {"id": 7})[0] == 202
    known = erasures.file_of(desk.path).read_text()
    stop(desk)
    erasures.file_of(desk.path).write_text(known)
    start(desk, terminal)
    assert left(desk, EMAIL, "helpscout:29418", "helpscout:7") == []


def test_the_leads_card_in_slack_forgets_name_and_words(desk: Desk) -> None:
    desk.add_hook()
    link = desk.close_case("C-1", EMAIL)["link"].removeprefix(PUBLIC)
    post(desk, link, {"a": "1"})
    post(desk, f"{link}/thanks", {"comment": "Nobody called me back.", "contact": "yes"})
    desk.settle()
    assert EMAIL in str(desk.notices())
    assert desk.tell("person.erase", customer={"email": EMAIL})[1]["outcome"] == "erased"
    desk.settle()
    [card] = desk.notices()
    assert card["text"].startswith("A customer who was forgotten asks to be contacted.")
    assert EMAIL not in str(card)
    assert "called me back" not in str(card)


@pytest.mark.parametrize("taken_back", [False, True])
def test_what_was_decided_and_what_was_typed_name_nobody_afterwards(tmp_path: Path, taken_back: bool) -> None:
    """A customer's id in what a reaction and a message in a thread had to decide, and a name in a command."""
    with Desk(tmp_path, silence="4h") as desk:
        desk.slack.faults.next("users.info", "500", times=4 if taken_back else 0)
        thread = desk.conversation()
        desk.close(thread)
        desk.slack.unreact(desk.anna, desk.acme, thread, REACTION)
        desk.command(desk.leo, "/cx", f"attribute C-7 <@{desk.leo}> because of Dora Sample")
        desk.pass_time(minutes=20)
        terminal = Terminal(desk.path.parent, CXBOT_DB=str(desk.path))
        terminal.run("erase", "--yes", desk.carla)
        kept = {table: rows(desk.database.reader, f"SELECT * FROM {table}") for table in ("outbox", "events_seen")}
        assert [each for each in kept["outbox"] if desk.carla in each["details"]] == []
        assert "Dora" not in str(kept["events_seen"])
