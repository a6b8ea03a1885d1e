"""Before anybody is authenticated nothing is expensive, and a signed payload from elsewhere runs nothing."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from tests.office import Office


def port_of(office: Office) -> int:
    return int(office.slack.events_url.split(":")[2].split("/")[0])  # type: ignore[union-attr]


def test_two_hundred_idle_connections_leave_health_and_clicks_unharmed(office: Office) -> None:
    channel, ts = office.ask()
    idle = [socket.create_connection(("127.0.0.1", port_of(office)), timeout=5) for _ in range(200)]
    try:
        for half in idle[:100]:
            half.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n")
        begun = time.monotonic()
        assert office.get("/healthz")[0] == 200
        office.click(office.carla, channel, ts, "5")
        assert time.monotonic() - begun < 3
        assert office.rating()["score"] == 5
    finally:
        for each in idle:
            each.close()


@pytest.mark.parametrize("head", [b"", b"Content-Length: 100000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n5\r\n"])
def test_a_request_that_comes_drop_by_drop_is_no_activity(office: Office, head: bytes) -> None:
    server = office.service._server._server
    with socket.create_connection(("127.0.0.1", port_of(office)), timeout=2) as slow:
        slow.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + head)
        assert office.get("/healthz")[0] == 200, "what came before was read"
        begun = max(channel.last_activity for channel in server.active_channels.values() if channel.request)
        slow.sendall(b"a")
        assert office.get("/healthz")[0] == 200
        server.maintenance(begun + server.adj.channel_timeout + 0.000_001)
        server.trigger.pull_trigger()
        assert slow.recv(100) == b"", "it was closed"


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: " + b"9" * 5000, b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: identity"],
)
def test_a_head_that_cannot_be_read_is_refused_without_a_fault(
    office: Office, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port_of(office)), timeout=5) as client:
        client.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        assert b" 400 " in client.recv(100)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_ends_while_it_is_read(office: Office, chunked: bool) -> None:
    with socket.create_connection(("127.0.0.1", port_of(office)), timeout=5) as client:
        length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 50000000"
        client.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + length + b"\r\n\r\n")
        piece = b"a" * 65_536
        sent, answer = 0, b""
        try:
            while sent < 5_000_000 and not answer:
                client.sendall(b"10000\r\n" + piece + b"\r\n" if chunked else piece)
                sent += len(piece)
                client.settimeout(0.01)
                try:
                    answer = client.recv(100)
                except TimeoutError:
                    client.settimeout(5)
        except (BrokenPipeError, ConnectionResetError):
            answer = answer or b"reset"
        assert sent < 2_500_000, "it went on reading"
        assert b" 413 " in answer or answer == b"reset"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"team": {"id": "T0OTHER"}}, "another workspace"),
        ({"response_url": "https://evil.example/hook"}, "not Slack's"),
        ({"response_url": "file:///etc/passwd"}, "not Slack's"),
        ({"response_url": "https://hooks.slack.com.evil.example/x"}, "not Slack's"),
    ],
)
def test_a_signed_click_from_elsewhere_runs_nothing(office: Office, change: dict[str, Any], said: str) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    reply = office.slack.send_action({**click, **change})
    assert reply.status == 400
    assert said in reply.text
    office.settle()
    assert office.rating()["score"] is None


@pytest.mark.parametrize(
    "address", ["https://hooks.slack.com/actions/T0/1", "http://localhost:1/respond", "http://[::1]:1/respond"]
)
def test_slacks_own_addresses_and_this_machine_are_answered(office: Office, address: str) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    assert office.slack.send_action({**click, "response_url": address}).status == 200
    assert office.rating()["score"] == 5


def test_a_click_from_the_future_runs_nothing(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    click["actions"][0]["action_ts"] = f"{office.now().timestamp() + 400:.6f}"
    assert office.slack.send_action(click).status == 400
    office.settle()
    assert office.rating()["score"] is None


def test_half_a_surrogate_pair_is_no_text(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    click["actions"][0]["value"] = "\ud800"
    assert json.dumps(click)
    assert office.slack.send_action(click).status == 400


def test_a_person_has_a_budget_of_commands_and_others_have_theirs(tmp_path: Path) -> None:
    class Hurried(Office):
        commands_a_minute = 5

    with Hurried(tmp_path) as office:
        said = [office.command(office.leo, "/csat", "week") for _ in range(8)]
        assert sum("many commands in a minute" in each for each in said) >= 2
        assert "many commands" not in said[0]
        assert "many commands" not in office.command(office.anna, "/csat", "week")
        channel, ts = office.ask(customer=office.carla)
        assert office.click(office.carla, channel, ts, "5").status == 200
