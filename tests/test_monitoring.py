"""What /metrics says about the bot itself."""

from __future__ import annotations

import pytest

from tests.office import Office


def metric(office: Office, name: str) -> float | None:
    """A figure at /metrics, or None."""
    _, body = office.get("/metrics")
    return next((float(line.split()[-1]) for line in body.splitlines() if line.startswith(name + " ")), None)


def test_metrics_count_the_outbox(office: Office) -> None:
    office.ask()
    assert metric(office, 'cxbot_invitations{state="sent"}') == 1
    assert metric(office, 'cxbot_outbox_tasks{state="due"}') == 0
    assert metric(office, 'cxbot_healthy{part="slack"}') == 1


def test_metrics_have_the_age_of_what_waits(office: Office) -> None:
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.slack.command(office.anna, office.acme, "/cx", f"ask <@{office.carla}>")
    office.slack.wait_for(office.unknown)
    office.clock_seconds(30)
    assert metric(office, 'cxbot_outbox_oldest_seconds{state="unknown"}') == 30
    assert metric(office, 'cxbot_slack_requests_total{method="chat.postMessage",outcome="unknown"}') == 1
    office.pass_time(minutes=5)
    office.slack.wait_for(lambda: not office.unknown())
    assert metric(office, 'cxbot_outbox_oldest_seconds{state="unknown"}') is None


def test_metrics_have_the_last_digest_of_each_team_that_reached_slack(office: Office) -> None:
    name = 'cxbot_digest_last_posted_timestamp_seconds{team="Support"}'
    office.seed([5] * 12)
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.slack.command(office.leo, office.team_channel, "/cx", "digest post")
    office.slack.wait_for(office.unknown)
    due = office.now().timestamp()
    assert metric(office, name) is None, "nobody knows yet whether it has arrived"
    office.pass_time(minutes=5)
    office.slack.wait_for(lambda: not office.unknown())
    assert metric(office, name) == pytest.approx(due, abs=1)
