"""The sample helpdesk: what it tells an app, and what the page shows of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request

from cxbot.core.hooks import kinds
from cxbot.core.hooks.signatures import SignedRequest, verify
from cxbot.sandbox import SandboxClock

from .conftest import Team
from .test_ui import do, state

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DORA = {"name": "Dora (sample customer)", "email": "dora@sample.example"}


class Hook:
    """An app's hook: keeps what it is told, and answers in turn."""

    def __init__(self) -> None:
        self.told: list[tuple[SignedRequest, Any]] = []
        self.answers: list[tuple[Response, int]] = []
        self.web = Flask("hook")
        self.web.add_url_rule("/hooks/desk", "hook", self.take, methods=["POST"])

    def take(self) -> tuple[Response, int]:
        signed = SignedRequest("POST", request.url, dict(request.headers), request.get_data())
        self.told.append((signed, request.get_json()))
        return self.answers.pop(0) if self.answers else (jsonify(outcome="waiting"), 202)


@pytest.fixture(autouse=True)
def hook(team: Team, serve: Callable[[Flask], str]) -> Hook:
    made = Hook()
    team.slack.add_helpdesk(f"{serve(made.web)}/hooks/desk", SECRET, customer=DORA, topic="invoices")
    return made


def test_cases_are_closed_and_reopened_by_signed_deliveries(team: Team, hook: Hook, clock: SandboxClock) -> None:
    assert state(team, team.anna)["helpdesk"]["case"] == ""
    for doing in ("close_case", "reopen_case", "close_case", "close_case"):
        assert do(team, doing)["ok"]
        clock.advance(timedelta(minutes=1))
    assert [(body["type"], body["data"]["id"]) for _, body in hook.told] == [
        ("conversation.closed", "SAMPLE-1"), ("conversation.reopened", "SAMPLE-1"),
        ("conversation.closed", "SAMPLE-1"), ("conversation.closed", "SAMPLE-2"),
    ]  # fmt: skip
    assert hook.told[0][1]["data"] == {"id": "SAMPLE-1", "customer": DORA, "topic": "invoices"}
    scheme = kinds.shipped()["generic"].scheme()
    for signed, _ in hook.told:
        verify(scheme, [SECRET], signed, clock.now())
    assert len({signed.headers["Webhook-Id"] for signed, _ in hook.told}) == 4


def test_the_page_shows_the_case_and_the_answer(team: Team) -> None:
    do(team, "close_case")
    shown = state(team, team.anna)["helpdesk"]
    assert (shown["case"], shown["open"], shown["told"]) == ("SAMPLE-1", False, "conversation.closed")
    assert (shown["status"], shown["answer"]) == (202, {"outcome": "waiting"})
    do(team, "reopen_case")
    assert state(team, team.anna)["helpdesk"]["open"]


def test_what_is_not_closed_is_not_reopened(team: Team, hook: Hook) -> None:
    assert do(team, "reopen_case")["error"] == "There is no closed case."
    do(team, "close_case")
    do(team, "reopen_case")
    assert not do(team, "reopen_case")["ok"]
    assert len(hook.told) == 2


def test_a_refusal_and_an_app_that_is_away_are_shown(team: Team, hook: Hook) -> None:
    with hook.web.app_context():
        hook.answers.append((jsonify(error="The signature is not right."), 401))
    assert do(team, "close_case")["status"] == 401
    assert state(team, team.anna)["helpdesk"]["answer"] == {"error": "The signature is not right."}
    team.slack.add_helpdesk("http://127.0.0.1:9/hooks/desk", SECRET, customer=DORA)
    assert not do(team, "close_case")["ok"]
    shown = state(team, team.anna)["helpdesk"]
    assert shown["status"] == 0
    assert "ConnectionRefusedError" in shown["answer"]["error"]
