"""A workspace with an agent, a lead and a customer, and small real Bolt apps to test the sandbox with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from cxbot.sandbox import Sandbox, SandboxClock
from cxbot.web.server import Server

os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # urllib, under slack_sdk, would use a proxy of the environment

START = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)


@dataclass
class Team:
    """The people and places of the tests."""

    slack: Sandbox
    anna: str
    leo: str
    carla: str
    support: str

    @property
    def client(self) -> WebClient:
        return client_of(self.slack)


def client_of(slack: Sandbox, token: str | None = None) -> WebClient:
    client = WebClient(token or slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)
    client.proxy = None  # whatever the environment says: slack_sdk reads HTTP_PROXY itself
    return client


def populate(slack: Sandbox) -> Team:
    anna = slack.add_user("anna", real_name="Anna Agent")
    leo = slack.add_user("leo", real_name="Leo Lead", admin=True)
    carla = slack.add_user("carla", real_name="Carla Customer", external=True)
    support = slack.add_channel("support", members=[anna, leo, carla], shared=True)
    return Team(slack, anna, leo, carla, support)


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(START, frozen=True)


@pytest.fixture
def slack(clock: SandboxClock) -> Iterator[Sandbox]:
    with Sandbox(clock) as sandbox:
        yield sandbox


@pytest.fixture
def team(slack: Sandbox) -> Team:
    return populate(slack)


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves Flask apps on free ports until the test ends."""
    servers: list[Server] = []

    def start(app: Flask) -> str:
        servers.append(Server(app, "127.0.0.1"))
        servers[-1].start()
        return f"http://127.0.0.1:{servers[-1].port}"

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def bolt(slack: Sandbox, serve: Callable[[Flask], str]) -> App:
    """A Bolt app that gets its payloads over HTTP; the test adds the listeners."""
    app = App(
        client=client_of(slack),
        signing_secret=slack.signing_secret,
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )
    flask = Flask("app")
    handler = SlackRequestHandler(app)
    flask.post("/slack/events")(lambda: handler.handle(request))
    slack.events_url = serve(flask) + "/slack/events"
    return app


@dataclass
class Heard:
    """A listener that records headers and raw bodies, and answers as told."""

    requests: list[tuple[dict[str, str], bytes]]
    answers: list[Any]


@pytest.fixture
def heard(slack: Sandbox, serve: Callable[[Flask], str]) -> Heard:
    """A plain HTTP listener: keeps requests, answers 200 unless `answers` holds other statuses."""
    listener = Heard([], [])
    flask = Flask("listener")

    @flask.post("/slack/events")
    def listen() -> Any:
        listener.requests.append((dict(request.headers), request.get_data()))
        return listener.answers.pop(0) if listener.answers else ("", 200)

    slack.events_url = serve(flask) + "/slack/events"
    return listener
