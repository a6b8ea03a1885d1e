"""The customer is who asked for help, whoever began the thread; if that is unclear, the agent says who it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxbot.sandbox import ALL_SCOPES, payloads
from cxbot.store.engine.statements import rows
from tests.desk import Desk
from tests.office import REACTION, Office, buttons, labels

BASE = tuple(scope for scope in ALL_SCOPES if not scope.endswith("history"))


@pytest.fixture
def dora(office: Office) -> str:
    return person(office, "dora")


def person(office: Office, name: str, **kind: Any) -> str:
    user = office.slack.add_user(name, **(kind or {"external": True}))
    office.slack.join(office.acme, user)
    return user


def thread_of(office: Office, *users: str) -> str:
    """A thread in which these people write, one after the other; the first one begins it."""
    thread = office.slack.post(users[0], office.acme, "Maintenance tonight.")
    for user in users[1:]:
        office.slack.post(user, office.acme, "…", thread_ts=thread)
    return thread


def questions(office: Office, agent: str | None = None) -> list[dict[str, Any]]:
    """The questions to an agent that still have buttons."""
    shown = office.slack.ephemerals(office.acme, agent or office.anna)
    return [each for each in shown if labels(each) and labels(each)[0].startswith(("@", "1."))]


def customers(office: Office) -> list[str]:
    """Who is asked, or was to be."""
    return [each["customer"] for each in office.invitations() if each["customer"]]


def why(office: Office, thread: str) -> str:
    return office.command(
        office.leo, "/cx", f"why https://sample.slack.com/archives/{office.acme}/p{thread.replace('.', '')}"
    )


def press(office: Office, label: str, agent: str | None = None) -> None:
    office.click(agent or office.anna, office.acme, questions(office, agent)[-1]["ts"], label)


# -- who it is ------------------------------------------------------------------------------------------------


def test_who_began_is_asked_whoever_else_writes(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.carla, office.anna, dora))
    assert customers(office) == [office.carla]


def test_who_began_is_asked_if_colleagues_ask_each_other(office: Office) -> None:
    """Teams that serve colleagues have customers inside."""
    ben, cleo = person(office, "ben", admin=False), person(office, "cleo", admin=False)
    office.close(thread_of(office, ben, office.anna, cleo))
    assert customers(office) == [ben]


def test_in_a_thread_the_agent_began_the_one_customer_is_asked(office: Office) -> None:
    ben = person(office, "ben", admin=False)
    office.close(thread_of(office, office.anna, office.leo, ben, office.carla))
    assert customers(office) == [office.carla]


def test_of_a_message_that_a_colleague_forwards_the_author_is_asked_if_they_take_part(
    office: Office, dora: str
) -> None:
    ben = person(office, "ben", admin=False)
    asked = office.slack.post(office.carla, office.acme, "Our export does not work.")
    thread = office.slack.forward(ben, office.acme, asked, office.acme, "Can somebody help?")
    for user in (office.anna, dora, office.carla):
        office.slack.post(user, office.acme, "…", thread_ts=thread)
    office.close(thread)
    assert customers(office) == [office.carla]


def test_the_author_of_a_forwarded_message_who_does_not_take_part_is_not_asked(office: Office, dora: str) -> None:
    ben = person(office, "ben", admin=False)
    asked = office.slack.post(office.carla, office.acme, "Our export does not work.")
    thread = office.slack.forward(ben, office.acme, asked, office.acme, "Can somebody help?")
    office.slack.post(dora, office.acme, "The same here.", thread_ts=thread)
    office.close(thread)
    assert customers(office) == []
    assert labels(questions(office)[-1]) == ["@dora", "@ben"]


def test_never_a_bot_staff_or_oneself(office: Office) -> None:
    robot = office.slack.add_user("robot", bot=True)
    office.slack.join(office.acme, robot)
    ada = office.ada_in(office.acme)
    office.close_as(ada, thread_of(office, ada, robot, office.leo, office.anna))
    assert "I see no customer in this conversation" in office.whispers(ada)[-1]
    assert questions(office, ada) == []
    assert customers(office) == []


# -- the question ---------------------------------------------------------------------------------------------


def test_two_customers_in_a_thread_the_agent_began_are_shown_to_the_agent_alone(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora, dora))
    [shown] = questions(office)
    assert labels(shown) == ["@dora", "@carla"]  # who wrote more comes first
    assert f"<@{dora}> or <@{office.carla}>" in shown["text"]
    assert dora not in str([each["value"] for each in buttons(shown)])
    for other in (office.leo, office.carla, dora):
        assert office.whispers(other) == []
    office.pass_time(minutes=30)
    assert customers(office) == []


@pytest.mark.parametrize("scopes", [ALL_SCOPES, BASE], ids=["history", "base"])
def test_the_survey_follows_the_press(tmp_path: Path, scopes: Any) -> None:
    with Office(tmp_path, scopes=scopes) as office:
        dora = person(office, "dora")
        thread = thread_of(office, office.anna, office.carla, dora)
        office.close(thread)
        press(office, "@dora")
        [invitation] = office.invitations()
        assert (invitation["customer"], invitation["agent"], invitation["thread_ts"]) == (dora, office.anna, thread)
        assert (invitation["asked_via"], invitation["trigger_ts"]) == ("reaction", thread)
        shown = office.whispers(office.anna)
        assert f"It was <@{dora}>." in shown
        assert "will be asked in the thread" in shown[-1]
        office.pass_time(minutes=10)
        assert len([each for each in office.slack.messages(office.acme, thread) if "Not now" in labels(each)]) == 1


def test_a_colleague_who_brought_a_customers_question_may_be_either(office: Office) -> None:
    ben = person(office, "ben", admin=False)
    office.close(thread_of(office, ben, office.anna, office.carla))
    assert labels(questions(office)[-1]) == ["@carla", "@ben"]
    press(office, "@ben")
    assert customers(office) == [ben]


def test_the_moment_of_the_close_is_that_of_the_reaction(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    office.pass_time(minutes=7)
    press(office, "@carla")
    [invitation] = office.invitations()
    assert invitation["closed_at"].startswith("2026-11-18T08:00:00")
    assert invitation["send_at"].startswith("2026-11-18T08:10:00")


def test_pressing_twice_does_nothing_more(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    old = office.slack.click_payload(office.anna, office.acme, questions(office)[-1]["ts"], label="@carla")
    press(office, "@dora")
    assert questions(office) == []
    assert office.slack.send_action(old).status == 200
    office.settle()
    assert customers(office) == [dora]
    assert any("That is decided already" in each for each in office.whispers(office.anna))


def test_both_buttons_at_once_decide_once(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    ts = questions(office)[-1]["ts"]
    both = [office.slack.click_payload(office.anna, office.acme, ts, label=label) for label in ("@carla", "@dora")]
    for payload in both:
        office.slack.send_action(payload)
    office.settle()
    assert customers(office) == [office.carla]


def test_a_press_that_comes_too_late_does_nothing(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    old = office.slack.click_payload(office.anna, office.acme, questions(office)[-1]["ts"], label="@carla")
    office.pass_time(days=7, minutes=1)
    office.slack.send_action(old)
    office.settle()
    assert customers(office) == []
    assert rows(office.database.reader, "SELECT * FROM choices") == []


def test_only_the_agent_who_closed_can_answer(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    payload = office.slack.click_payload(office.anna, office.acme, questions(office)[-1]["ts"], label="@dora")
    office.slack.send_action({**payload, "user": {**payload["user"], "id": dora}})
    office.settle()
    assert customers(office) == []
    press(office, "@carla")
    assert customers(office) == [office.carla]


def test_a_reaction_taken_back_ends_the_question(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.close(thread)
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.settle()
    press(office, "@carla")
    assert customers(office) == []
    assert any("That is decided already" in each for each in office.whispers(office.anna))
    assert [each["state"] for each in office.invitations()] == ["withdrawn"]


def test_a_reaction_taken_back_after_the_press_withdraws_the_survey(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.close(thread)
    press(office, "@carla")
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.settle()
    assert [each["state"] for each in office.invitations()] == ["withdrawn"]


def test_a_reaction_put_again_asks_again_and_the_old_buttons_are_dead(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.close(thread)
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.pass_time(minutes=1)
    office.close(thread)
    old, new = questions(office)
    office.click(office.anna, office.acme, old["ts"], "@carla")
    assert customers(office) == []
    office.click(office.anna, office.acme, new["ts"], "@dora")
    assert customers(office) == [dora]


@pytest.mark.parametrize("shortcut", [False, True])
def test_the_ledger_tells_of_the_close_from_the_question_to_the_answer(
    office: Office, dora: str, shortcut: bool
) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    if shortcut:
        office.slack.shortcut(office.anna, office.acme, thread, "ask_for_feedback")
        office.settle()
    else:
        office.close(thread)
    assert "not asked: a rule excludes it" in why(office, thread)
    assert "it is unclear who of two people was helped" in why(office, thread)
    press(office, "@dora")
    office.pass_time(minutes=10)
    told = why(office, thread)
    assert told.index("it is unclear who of two people") < told.index("Asked in the thread.")
    assert len(office.invitations()) == 1
    lines = Desk(office.path.parent).run("export", "ledger").splitlines()
    assert len(lines) == 2, lines


def test_a_close_that_stays_unclear_has_one_outcome(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.close(thread)
    office.close_as(office.leo, thread)
    office.pass_time(days=8)
    assert [(each["state"], each["reason"]) for each in office.invitations()] == [("refused", "unclear")]
    report = json.loads(Desk(office.path.parent).run("report", "csat", "2026-W47", "--json"))
    assert (report["funnel"]["closed"], report["funnel"]["eligible"]) == (1, 0)


def test_a_second_agent_may_clear_it_up(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.close(thread)
    office.close_as(office.leo, thread)
    press(office, "@carla", office.leo)
    assert [(each["customer"], each["state"]) for each in office.invitations()] == [(office.carla, "due")]
    press(office, "@carla")
    assert customers(office) == [office.carla]


def test_the_shortcut_asks_too_and_the_survey_follows_at_once(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.slack.shortcut(office.anna, office.acme, thread, "ask_for_feedback")
    office.settle()
    press(office, "@dora")
    [invitation] = office.invitations()
    assert (invitation["customer"], invitation["asked_via"], invitation["state"]) == (dora, "shortcut", "sent")
    assert "is being asked in the thread now" in office.whispers(office.anna)[-1]


def test_a_shortcut_that_is_told_twice_asks_once(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    workspace = office.slack.workspace
    user, message = workspace.world.users[office.anna], workspace.world.find(office.acme, thread)
    assert message is not None
    used = payloads.message_shortcut(workspace, user, message, "ask_for_feedback")
    for _ in range(2):
        office.slack.send_action(used)
    office.settle()
    assert len(questions(office)) == 1
    press(office, "@dora")
    assert customers(office) == [dora]


def test_a_shortcut_that_is_decided_later_asks_too(office: Office, dora: str) -> None:
    thread = thread_of(office, office.anna, office.carla, dora)
    office.service.bot.directory.forget(dora)
    office.slack.faults.next("users.info", "500", times=1)
    office.slack.shortcut(office.anna, office.acme, thread, "ask_for_feedback")
    office.settle()
    office.pass_time(seconds=30)
    press(office, "@dora")
    assert customers(office) == [dora]
    assert office.invitations()[0]["asked_via"] == "shortcut"


@pytest.mark.parametrize(
    "refuse",
    [
        lambda office: office.command(office.leo, "/cx", "pause"),
        lambda office: office.change_team(leads=[office.leo], members=[office.anna, office.carla]),
    ],
    ids=["paused", "now of the team"],
)
def test_the_rules_decide_after_the_press_as_ever(
    office: Office, dora: str, refuse: Callable[[Office], object]
) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    refuse(office)
    press(office, "@carla")
    assert [each["state"] for each in office.invitations()] == ["refused"]


def test_slack_may_fail_after_the_press(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    office.service.bot.directory.forget(office.carla)
    office.slack.faults.next("users.info", "500", times=1)
    press(office, "@carla")
    office.pass_time(seconds=30)
    assert customers(office) == [office.carla]


def test_the_bot_may_be_restarted_before_the_press(office: Office, dora: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    office.restart()
    press(office, "@carla")
    assert customers(office) == [office.carla]


@pytest.mark.parametrize("who", ["dora", "anna"])
def test_who_is_erased_is_in_no_question(office: Office, dora: str, desk: Desk, who: str) -> None:
    office.close(thread_of(office, office.anna, office.carla, dora))
    desk.run("erase", dora if who == "dora" else office.anna, "--yes", CXBOT_DB=str(office.path))
    assert rows(office.database.reader, "SELECT * FROM choices") == []


def test_people_of_one_name_are_told_apart(office: Office) -> None:
    one, other = person(office, "sam"), person(office, "sam")
    office.close(thread_of(office, office.anna, one, other))
    assert labels(questions(office)[-1]) == ["1. @sam", "2. @sam"]
    press(office, "2. @sam")
    assert customers(office) == [other]
