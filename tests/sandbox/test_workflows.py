"""Workflow Builder of the local Slack: which steps it runs, and how it takes their end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from cxbot.sandbox import NotPossible, Sandbox, SandboxClock

from .conftest import Heard, Team, client_of
from .test_ui import do, state

TEXT, TRUTH = {"type": "string"}, {"type": "boolean"}
STEPS: dict[str, Any] = {
    "greet": {
        "title": "Greet",
        "description": "Greets somebody",
        "input_parameters": {
            "properties": {"who": {"type": "slack#/types/user_id"}, "aloud": TRUTH}, "required": ["who"],
        },
        "output_parameters": {
            "properties": {"said": TEXT, "times": {"type": "integer"}, "heard": TRUTH}, "required": ["said"],
        },
    }
}  # fmt: skip


@pytest.fixture
def slack(clock: SandboxClock) -> Iterator[Sandbox]:
    with Sandbox(clock, steps=STEPS) as sandbox:
        yield sandbox


def end(slack: Sandbox, method: str, execution: str, *, token: str | None = None, **told: Any) -> str:
    """Say how a step ended; returns the error, "" if Slack took it."""
    try:
        client_of(slack, token).api_call(f"functions.{method}", json={"function_execution_id": execution, **told})
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


def test_a_step_is_told_to_the_app_and_runs_until_the_app_says_how_it_ended(slack: Sandbox, heard: Heard) -> None:
    execution = slack.run_step("greet", who="U1", aloud=True)
    [(_, body)] = heard.requests
    for told in (b'"function_executed"', b'"callback_id": "greet"', b'"is_required": true', execution.encode()):
        assert told in body
    assert slack.execution(execution).state == "running"
    assert end(slack, "completeSuccess", execution, outputs={"said": "Hello", "times": 1, "heard": True}) == ""
    step = slack.execution(execution)
    assert (step.state, step.outputs) == ("completed", {"said": "Hello", "times": 1, "heard": True})


def test_a_step_ends_once(slack: Sandbox) -> None:
    execution = slack.run_step("greet", who="U1")
    assert end(slack, "completeError", execution, error="Nobody is there.") == ""
    assert slack.execution(execution).error == "Nobody is there."
    assert end(slack, "completeSuccess", execution, outputs={"said": "Hi"}) == "execution_not_in_running_state"
    assert end(slack, "completeError", execution, error="Again.") == "execution_not_in_running_state"
    assert slack.execution(execution).state == "failed"


@pytest.mark.parametrize(
    ("step", "inputs", "why"),
    [
        ("nothing", {"who": "U1"}, "no step"),
        ("greet", {}, "missing required parameter: who"),
        ("greet", {"who": ""}, "missing required parameter: who"),
        ("greet", {"who": "U1", "colour": "red"}, "unknown parameter: colour"),
        ("greet", {"who": "U1", "aloud": "yes"}, "aloud is no boolean"),
    ],
)
def test_no_step_begins_with_inputs_that_were_not_declared(
    slack: Sandbox, step: str, inputs: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotPossible, match=why):
        slack.run_step(step, **inputs)


@pytest.mark.parametrize(
    ("method", "told", "error"),
    [
        ("completeSuccess", {}, "invalid_arguments"),
        ("completeSuccess", {"outputs": ["said"]}, "invalid_arguments"),
        ("completeSuccess", {"outputs": {}}, "parameter_validation_failed"),
        ("completeSuccess", {"outputs": {"said": 7}}, "parameter_validation_failed"),
        ("completeSuccess", {"outputs": {"said": "Hi", "times": True}}, "parameter_validation_failed"),
        ("completeSuccess", {"outputs": {"said": "Hi", "colour": "red"}}, "parameter_validation_failed"),
        ("completeError", {}, "invalid_arguments"),
    ],
)
def test_a_wrong_end_leaves_the_step_running(slack: Sandbox, method: str, told: dict[str, Any], error: str) -> None:
    execution = slack.run_step("greet", who="U1")
    assert end(slack, method, execution, **told) == error
    assert slack.execution(execution).state == "running"


def test_unknown_steps_and_wrong_tokens_are_refused(slack: Sandbox) -> None:
    execution = slack.run_step("greet", who="U1")
    assert end(slack, "completeError", "Fx0", error="No.") == "function_execution_not_found"
    assert end(slack, "completeError", execution, token="xwfp-wrong", error="No.") == "invalid_auth"
    assert end(slack, "completeError", execution, token=slack.app_token, error="No.") == "not_allowed_token_type"


def test_the_token_of_a_step_ends_with_it(slack: Sandbox) -> None:
    execution = slack.run_step("greet", who="U1")
    token = slack.execution(execution).token
    assert end(slack, "completeSuccess", execution, token=token, outputs={"said": "Hi"}) == ""
    assert end(slack, "completeSuccess", execution, token=token, outputs={"said": "Hi"}) == "invalid_auth"


def test_an_app_without_the_event_hears_nothing(clock: SandboxClock) -> None:
    with Sandbox(clock, steps=STEPS, subscriptions=()) as slack:
        assert slack.execution(slack.run_step("greet", who="U1")).state == "running"


def test_the_page_runs_the_sample_workflow_and_shows_how_it_ends(team: Team) -> None:
    assert state(team, team.anna)["workflow"] is None
    assert do(team, "run_workflow")["error"] == "There is no workflow."
    team.slack.add_workflow("greet", who=team.carla, aloud=True)
    shown = state(team, team.anna)["workflow"]
    assert shown["inputs"] == {"who": "Carla Customer", "aloud": True}
    assert (shown["title"], shown["state"]) == ("Greet", "")
    execution = do(team, "run_workflow")["response"]["execution"]
    assert state(team, team.anna)["workflow"]["state"] == "running"
    assert end(team.slack, "completeSuccess", execution, outputs={"said": "Hello"}) == ""
    shown = state(team, team.anna)["workflow"]
    assert (shown["state"], shown["outputs"], shown["error"]) == ("completed", {"said": "Hello"}, "")
