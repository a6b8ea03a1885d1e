"""The bot over Socket Mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, socket_mode=True) as made:
        made.slack.wait_for(lambda: made.slack.sockets_connected)
        yield made


def test_the_main_job_works_and_repeated_events_ask_once(office: Office) -> None:
    office.slack.faults.duplicate_events(3)
    _, ts = office.thread_survey()
    assert len(office.invitations()) == 1
    assert office.click(office.carla, office.acme, ts, "2").status == 200
    assert office.rating()["score"] == 2
    private = office.slack.ephemerals(office.acme, office.carla)[-1]
    office.click(office.carla, office.acme, private["ts"], "Tone")
    office.slack.click(office.carla, office.acme, ts, label="Comment or change")
    view = office.slack.views(office.carla)[-1]
    office.slack.submit(office.carla, view["id"], {"comment": {"comment": "Curt."}})
    office.settle()
    assert office.slack.views(office.carla) == []
    assert "“Curt.”" in office.notices()[0]["text"]
    assert "1 answer" in office.command(office.leo, "/csat", "week")
    office.command(office.ada, "/cx", "team Support")
    reply = office.slack.submit(office.ada, office.slack.views(office.ada)[-1]["id"], {"hours": {"hours": "whenever"}})
    assert reply.body is not None
    assert "is not weekdays and hours" in reply.body["errors"]["hours"]


def test_a_renewed_connection_loses_nothing(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    assert office.slack.disconnect_sockets() == 1
    office.slack.wait_for(lambda: office.slack.send_action(click).ok, timeout=10)
    office.settle()
    assert "5 of 5" in office.message(channel, ts)["text"]


def test_a_dead_connection_is_renewed_and_both_ends_are_logged(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """It is open, and nothing comes through: health is red until a new one works."""
    caplog.set_level("INFO", logger="cxbot.socket")
    office.slack.silence_sockets()
    office.slack.wait_for(lambda: not office.service.health()["slack"])
    office.slack.wait_for(lambda: office.service.health()["slack"], timeout=10)
    office.slack.wait_for(lambda: "connected again" in caplog.text)
    assert "connection lost" in caplog.text
    assert "No answers" in office.command(office.leo, "/csat", "week")


def test_http_is_refused_without_a_signing_secret(office: Office) -> None:
    assert office.service.health() == dict.fromkeys(("database", "writer", "tick", "outbox", "slack"), True)
    office.slack.events_url = f"http://127.0.0.1:{office.service.port}/slack/events"
    body = b"command=%2Fnps&user_id=U1"
    headers = {"Content-Type": "application/x-www-form-urlencoded", **office.slack.signature(body)}
    assert office.slack.send_raw(body, headers).status == 404
