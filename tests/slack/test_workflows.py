"""The step *Ask for feedback* of Slack's Workflow Builder: whom it asks, when it ends, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Item
from cxbot.slack.messages.parts import ids
from cxbot.store.engine.statements import rows
from tests.desk import Desk
from tests.office import Office, labels
from tests.web.test_hooks import Desk as Told

STEP = ids.ASK_STEP


@pytest.fixture(params=[False, True], ids=["http", "socket"])
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    with Office(tmp_path, socket_mode=request.param) as made:
        if request.param:
            made.slack.wait_for(lambda: made.slack.sockets_connected)
        yield made


@pytest.fixture
def over_http(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def run(office: Office, **inputs: Any) -> str:
    """A workflow comes to the step, and the bot decides; the customer is Carla unless somebody else is named."""
    execution = office.slack.run_step(STEP, **{"customer": office.carla, **inputs})
    office.settle()
    return execution


def ended(office: Office, execution: str) -> tuple[str, dict[str, Any] | str]:
    """How a step stands, with its outputs without the invitation's id, or with the error."""
    step = office.slack.execution(execution)
    told = {name: value for name, value in step.outputs.items() if name != "invitation"}
    return step.state, step.error or told


def completions(office: Office) -> int:
    """How many calls have ended a step."""
    return sum(call.method.startswith("functions.") and call.result["ok"] for call in office.slack.calls)


def shown(office: Office, customer: str | None = None) -> list[dict[str, Any]]:
    """The surveys in a customer's direct message."""
    channel = office.slack.dm(customer or office.carla)
    return [each for each in office.slack.messages(channel) if "Don't ask me again" in labels(each)]


DONE = {"outcome": "sent", "answered": False}


# -- the step asks ------------------------------------------------------------------------------------------------


def test_a_step_ends_when_the_survey_is_sent(office: Office) -> None:
    execution = run(office, survey="ces", topic="Billing", touchpoint="Phone")
    assert ended(office, execution) == ("running", {})
    assert shown(office) == []
    office.pass_time(minutes=10)
    assert len(shown(office)) == 1
    assert ended(office, execution) == ("completed", DONE)
    [invitation] = office.invitations()
    assert office.slack.execution(execution).outputs["invitation"] == invitation["key"]
    assert (invitation["asked_via"], invitation["asked_by"], invitation["agent"]) == ("workflow", "automatic", "")
    assert (invitation["survey"], invitation["topic"], invitation["touchpoint"]) == ("ces", "Billing", "Phone")


def test_a_step_that_is_delivered_twice_asks_once_and_ends_once(office: Office) -> None:
    office.slack.faults.duplicate_events(1)
    execution = run(office)
    office.slack.send_step(execution)
    office.pass_time(minutes=10)
    office.slack.send_step(execution)
    office.settle()
    assert len(shown(office)) == len(office.invitations()) == 1
    assert ended(office, execution) == ("completed", DONE)
    assert completions(office) == 1


def test_two_executions_are_two_steps_and_the_persons_budget_holds(office: Office) -> None:
    first, second = run(office), run(office)
    assert ended(office, second) == ("completed", {"outcome": "throttled", "answered": False})
    office.pass_time(minutes=10)
    assert ended(office, first) == ("completed", DONE)
    assert len(shown(office)) == 1


def test_working_hours_hold(over_http: Office) -> None:
    over_http.pass_time(hours=12)
    execution = run(over_http)
    over_http.pass_time(hours=1)
    assert ended(over_http, execution) == ("running", {})
    over_http.pass_time(hours=12)
    assert ended(over_http, execution) == ("completed", DONE)


def test_other_steps_are_acknowledged_and_left_alone(over_http: Office) -> None:
    event = {"type": "function_executed", "function": {"callback_id": "another"}, "function_execution_id": "Fx1"}
    assert over_http.slack.send_event({**event, "inputs": {}}).ok
    over_http.settle()
    assert over_http.invitations() == []
    assert completions(over_http) == 0


@pytest.mark.parametrize(
    "broken",
    [{"function": None}, {"function": {}}, {"function_execution_id": None}, {"inputs": []}, {"inputs": {"topic": 7}}],
    ids=["no function", "no name", "no execution", "inputs are no object", "an input is no text"],
)
def test_what_is_no_step_is_refused_at_the_door(over_http: Office, broken: dict[str, Any]) -> None:
    event: dict[str, Any] = {"type": "function_executed", "function": {"callback_id": STEP}, "inputs": {}}
    reply = over_http.slack.send_event({**event, "function_execution_id": "Fx1", **broken})
    assert reply.status == 400
    assert over_http.invitations() == []


# -- rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"sampling": "0"}, "sampled out"),
        ({"rehearsal": True, "delay_minutes": "0"}, "rehearsed"),
    ],
)
def test_a_rule_of_the_team_is_an_outcome(office: Office, given: dict[str, Any], outcome: str) -> None:
    office.change_team(**given)
    execution = run(office)
    assert ended(office, execution) == ("completed", {"outcome": outcome, "answered": False})
    [invitation] = office.invitations()
    assert office.slack.execution(execution).outputs["invitation"] == invitation["key"]
    assert shown(office) == []


def test_a_wish_a_pause_and_the_team_itself_are_outcomes(over_http: Office) -> None:
    office = over_http
    execution = run(office, customer=office.anna)
    assert ended(office, execution) == ("completed", {"outcome": "not eligible", "answered": False})
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "Don't ask me again")
    assert ended(office, run(office))[1] == {"outcome": "opted out", "answered": False}
    office.command(office.leo, "/cx", "pause")
    assert ended(office, run(office))[1] == {"outcome": "paused", "answered": False}


def test_a_wish_that_comes_while_the_survey_waits_withdraws_it(over_http: Office) -> None:
    office = over_http
    office.change_team(throttle_days="0")
    channel, ts = office.ask()
    execution = run(office)
    office.click(office.carla, channel, ts, "Don't ask me again")
    assert ended(office, execution) == ("completed", {"outcome": "withdrawn", "answered": False})
    office.pass_time(minutes=10)
    assert len(shown(office)) == 0


def test_the_budgets_are_checked_again_when_the_survey_is_due(over_http: Office) -> None:
    office = over_http
    execution = run(office)
    office.change_team(throttle_days="30")
    office.command(office.ada, "/cx", "pause all")
    office.pass_time(days=8)
    assert ended(office, execution) == ("running", {})
    office.command(office.ada, "/cx", "resume all")
    office.pass_time(minutes=1)
    assert ended(office, execution) == ("completed", {"outcome": "not eligible", "answered": False})


def test_a_survey_that_cannot_be_delivered_is_an_outcome(over_http: Office) -> None:
    office = over_http
    execution = run(office)
    office.slack.faults.next("chat.postMessage", "error", code="user_disabled")
    office.pass_time(minutes=10)
    assert ended(office, execution) == ("completed", {"outcome": "undeliverable", "answered": False})


def test_who_is_forgotten_ends_the_step(tmp_path: Path) -> None:
    with Told(tmp_path) as office:
        office.add_hook()
        execution = run(office)
        office.tell("person.erase", customer={"slack": office.carla})
        office.settle()
        assert ended(office, execution) == ("completed", {"outcome": "withdrawn", "answered": False})
        left = rows(office.database.reader, "SELECT details FROM outbox")
        assert left
        assert not any(office.carla in each["details"] for each in left)


def test_a_team_that_is_gone_ends_the_step(tmp_path: Path) -> None:
    with Office(tmp_path, start=datetime.now(UTC), hours="always") as office:
        execution = run(office)
        Desk(tmp_path).run("team", "remove", "Support")
        office.pass_time(minutes=1)
        assert ended(office, execution) == ("completed", {"outcome": "withdrawn", "answered": False})


def test_what_slack_cannot_say_for_a_week_is_an_error(over_http: Office) -> None:
    office = over_http
    office.slack.faults.next("users.info", "500", times=10_000)
    execution = run(office)
    for _ in range(8):
        office.pass_time(days=1)
    assert ended(office, execution) == ("failed", "Slack could not say for a week who that is, so nobody was asked.")
    assert office.invitations() == []
    assert office.told(office.ada) == []


# -- wrong inputs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"survey": "cset"}, "`cset` is not a survey. Surveys: csat"),
        ({"team": "Suport"}, "There is no team “Suport”. Teams: Support."),
        ({"customer": "carla"}, "The step got no person as the customer. Choose one in the workflow."),
        ({"customer": "U0NOBODY00"}, "Slack does not know this person, so nobody was asked."),
    ],
)
def test_a_wrong_input_is_an_error_in_plain_words(office: Office, inputs: dict[str, Any], error: str) -> None:
    state, said = ended(office, run(office, **inputs))
    assert state == "failed"
    assert isinstance(said, str)
    assert said.startswith(error)
    assert shown(office) == []


def test_a_bot_is_no_customer(over_http: Office) -> None:
    robot = over_http.slack.add_user("robot", bot=True)
    assert ended(over_http, run(over_http, customer=robot)) == (
        "failed", "That is a bot or an app; only people are asked.",
    )  # fmt: skip


def test_of_several_teams_one_has_to_be_named(over_http: Office) -> None:
    office = over_http
    office.add_team(name="Sales", channel=office.team_channel, leads=[office.leo])
    _, said = ended(office, run(office))
    assert said == "There are several teams. Name the one that asks in the workflow: Sales, Support."
    execution = run(office, team="sales")
    office.pass_time(minutes=10)
    assert ended(office, execution) == ("completed", DONE)
    assert [each["team"] for each in office.invitations()] == ["Sales"]


def test_errors_are_in_the_teams_language(over_http: Office) -> None:
    over_http.change_team(locale="fi")
    state, said = ended(over_http, run(over_http, survey="nsp"))
    assert (state, said) == ("failed", "`nsp` ei ole kysely. Kyselyt: nps, enps.")


def test_names_of_surveys_may_be_finnish(over_http: Office) -> None:
    execution = run(over_http, survey="kokemus")
    over_http.pass_time(minutes=10)
    assert ended(over_http, execution) == ("completed", DONE)
    assert [each["survey"] for each in over_http.invitations()] == ["experience"]


def test_why_says_that_a_workflow_asked(over_http: Office) -> None:
    execution = run(over_http)
    said = over_http.command(over_http.leo, "/cx", f"why {execution}")
    assert f"workflow {execution}" in said
    assert "A workflow asked." in said
    over_http.change_team(locale="fi")
    assert "Työnkulku kysyi." in over_http.command(over_http.leo, "/cx", f"why {execution}")


# -- waiting for the answer ---------------------------------------------------------------------------------------


def waiting(office: Office, **inputs: Any) -> tuple[str, str, str]:
    """A step that waits for the answer to a survey that is there; with the survey's channel and timestamp."""
    execution = run(office, wait_for_answer=True, **inputs)
    office.pass_time(minutes=10)
    assert ended(office, execution) == ("running", {})
    customer = inputs.get("customer", office.carla)
    return execution, office.slack.dm(customer), str(shown(office, customer)[-1]["ts"])


def tap(office: Office, channel: str, ts: str, item: Item) -> None:
    """Answer an item of the survey *experience* with its best score."""
    office.slack.click(office.carla, channel, ts, ids.score(SURVEYS["experience"], item, item.high))
    office.settle()


def test_a_step_that_waits_ends_with_the_answer_and_never_tells_it(office: Office) -> None:
    execution, channel, ts = waiting(office, survey="csat")
    office.click(office.carla, channel, ts, "2")
    assert ended(office, execution) == ("completed", {"outcome": "answered", "answered": True})
    office.click(office.carla, channel, ts, "Tone")
    assert completions(office) == 1
    calls = [call.args for call in office.slack.calls if call.method.startswith("functions.")]
    assert [sorted(call["outputs"]) for call in calls] == [["answered", "invitation", "outcome"]]


def test_a_survey_of_several_items_is_answered_with_the_last(over_http: Office) -> None:
    office = over_http
    execution, channel, ts = waiting(office, survey="experience")
    goal, ease, feeling = SURVEYS["experience"].items
    for item in (goal, ease):
        tap(office, channel, ts, item)
    assert ended(office, execution) == ("running", {})
    tap(office, channel, ts, feeling)
    assert ended(office, execution) == ("completed", {"outcome": "answered", "answered": True})


def test_without_an_answer_a_step_ends_with_the_survey(over_http: Office) -> None:
    execution, _, _ = waiting(over_http)
    over_http.pass_time(days=7)
    assert ended(over_http, execution) == ("completed", {"outcome": "expired", "answered": False})


def test_part_of_an_answer_is_told_when_the_survey_is_over(over_http: Office) -> None:
    office = over_http
    execution, channel, ts = waiting(office, survey="experience")
    tap(office, channel, ts, SURVEYS["experience"].first)
    office.pass_time(days=7)
    assert ended(office, execution) == ("completed", {"outcome": "answered", "answered": True})


def test_not_now_ends_a_step_that_waits(over_http: Office) -> None:
    execution, channel, ts = waiting(over_http)
    over_http.click(over_http.carla, channel, ts, "Not now")
    assert ended(over_http, execution) == ("completed", {"outcome": "declined", "answered": False})


def test_a_step_does_not_wait_for_the_answer_of_a_colleague(over_http: Office) -> None:
    """When somebody has answered could be compared with how the figures change."""
    office = over_http
    kim = office.slack.add_user("kim")
    execution = run(office, customer=kim, survey="enps", wait_for_answer=True)
    office.pass_time(minutes=10)
    assert ended(office, execution) == ("completed", DONE)
    office.click(kim, office.slack.dm(kim), str(shown(office, kim)[-1]["ts"]), "3")
    assert completions(office) == 1


# -- faults -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500", "rate_limited", "half_body"])
def test_an_end_whose_fate_is_unknown_is_told_again(over_http: Office, kind: Any) -> None:
    office = over_http
    execution = run(office)
    office.slack.faults.next("functions.completeSuccess", kind)
    office.pass_time(minutes=10)
    office.pass_time(minutes=10)
    assert ended(office, execution) == ("completed", DONE)
    assert office.told(office.ada) == []
    assert rows(office.database.reader, "SELECT state FROM outbox WHERE kind = 'step_done'") == [{"state": "sent"}]


def test_a_step_whose_workflow_was_ended_by_hand_needs_nothing_more(over_http: Office) -> None:
    office = over_http
    execution = run(office)
    step = office.slack.execution(execution)
    step.state = "failed"
    office.pass_time(minutes=10)
    assert office.told(office.ada) == []
    assert len(shown(office)) == 1


def test_what_slack_cannot_say_now_is_decided_later(over_http: Office) -> None:
    office = over_http
    office.slack.faults.next("users.info", "500", times=4)
    execution = run(office)
    assert office.invitations() == []
    office.slack.faults.clear()
    office.pass_time(minutes=1)
    office.pass_time(minutes=10)
    assert ended(office, execution) == ("completed", DONE)


def test_a_restart_between_survey_and_answer_loses_nothing(over_http: Office) -> None:
    office = over_http
    execution, channel, ts = waiting(office)
    office.restart()
    office.click(office.carla, channel, ts, "5")
    assert ended(office, execution) == ("completed", {"outcome": "answered", "answered": True})
