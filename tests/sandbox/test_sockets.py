"""Socket Mode on the wire, by a plain WebSocket client."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from .conftest import Team, client_of


def link(team: Team) -> str:
    opener = client_of(team.slack, team.slack.app_token)
    return str(opener.apps_connections_open(app_token=team.slack.app_token)["url"])


def open_socket(url: str) -> ClientConnection:
    return connect(url, proxy=None)


def answer_one(socket: ClientConnection, kept: list[Any], **reply: Any) -> threading.Thread:
    def run() -> None:
        envelope = json.loads(socket.recv(timeout=5))
        kept.append(envelope)
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"], **reply}))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_hello_envelopes_acknowledgements_and_refresh(team: Team) -> None:
    kept: list[Any] = []
    with open_socket(link(team)) as socket:
        hello = json.loads(socket.recv(timeout=5))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        team.slack.wait_for(lambda: team.slack.sockets_connected)
        answering = answer_one(socket, kept, payload={"text": "42"})
        assert team.slack.command(team.anna, team.support, "/nps").body == {"text": "42"}
        answering.join(5)
        answering = answer_one(socket, kept)
        team.slack.post(team.anna, team.support, "hello")
        answering.join(5)
        assert team.slack.disconnect_sockets() == 1
        assert json.loads(socket.recv(timeout=5))["reason"] == "refresh_requested"
    assert [(e["type"], e["accepts_response_payload"]) for e in kept] == [
        ("slash_commands", True),
        ("events_api", False),
    ]
    assert kept[1]["retry_attempt"] == 0
    team.slack.wait_for(lambda: team.slack.sockets_connected == 0)


def test_a_ticket_lets_one_connection_in(team: Team) -> None:
    url = link(team)
    with open_socket(url) as first:
        first.recv(timeout=5)
        with open_socket(url) as second, pytest.raises(ConnectionClosed):
            second.recv(timeout=5)


def test_no_acknowledgement_in_three_seconds_is_a_failure(team: Team) -> None:
    with open_socket(link(team)) as socket:
        socket.recv(timeout=5)
        team.slack.wait_for(lambda: team.slack.sockets_connected)
        reply = team.slack.command(team.anna, team.support, "/nps")
    assert (reply.status, reply.error) == (0, "timeout")
    assert team.slack.notices(team.anna) == ['/nps failed with the error "operation_timeout"']
