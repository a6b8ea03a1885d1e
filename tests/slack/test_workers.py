"""Questions that take longer than Slack waits: a note at once, the answer afterwards, nothing lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.office import Office

MOMENT = "That takes a moment to count. The answer comes here as soon as it is done."


class Slow(Office):
    """An office in which every question takes longer than the bot waits."""

    answer_within = 0.01

    def now(self) -> datetime:
        time.sleep(0.1)
        return super().now()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Office]:
    with Slow(tmp_path) as made:
        yield made


def told(office: Office, n: int, user: str = "") -> list[str]:
    """What only Leo sees in the team's channel, once there are that many messages."""
    return office.slack.wait_for(
        lambda: found if len(found := office.whispers(user or office.leo, office.team_channel)) >= n else []
    )


def posted(office: Office) -> list[str]:
    """What everybody in the team's channel can read of the bot."""
    return [each["text"] for each in office.slack.messages(office.team_channel) if each.get("bot_id")]


def test_a_report_that_takes_long_comes_afterwards(slow: Office) -> None:
    assert slow.command(slow.leo, "/nps", "2026-W40") == MOMENT
    first, report = told(slow, 2)
    assert first == MOMENT
    assert report.startswith("NPS · 2026-W40")
    slow.settle()
    assert slow.whispers(slow.anna, slow.team_channel) == []
    assert slow.told(slow.leo) == posted(slow) == []


def test_a_mistake_is_told_afterwards_too(slow: Office) -> None:
    slow.change_team(agents="off")
    assert slow.command(slow.anna, "/nps", "2026-W40 by:agent") == MOMENT
    assert told(slow, 2, slow.anna)[1] == "In this team only the leads see agents' figures."


def test_the_buttons_of_a_report_that_came_late_work(slow: Office) -> None:
    slow.command(slow.leo, "/nps", "2026-W40")
    told(slow, 2)
    shown = slow.slack.ephemerals(slow.team_channel, slow.leo)[-1]
    slow.click(slow.leo, slow.team_channel, shown["ts"], "How is this counted?")
    assert "NPS = 100 · (promoters 9–10" in told(slow, 3)[-1]
    slow.click(slow.leo, slow.team_channel, shown["ts"], "Share in this channel")
    [shared] = slow.slack.wait_for(lambda: posted(slow))
    assert "Shared by" in shared


def test_the_same_question_twice_is_answered_twice(slow: Office) -> None:
    for _ in range(2):
        slow.command(slow.leo, "/nps", "2026-W40")
    answers = [each for each in told(slow, 4) if each != MOMENT]
    assert len(answers) == 2
    assert answers[0] == answers[1]


def test_an_answer_outlives_the_process(slow: Office) -> None:
    slow.command(slow.leo, "/nps", "2026-W40")
    slow.restart()
    assert told(slow, 2)[1].startswith("NPS · 2026-W40")


def test_a_patient_office_answers_at_once(office: Office) -> None:
    said = office.command(office.leo, "/nps", "2026-W40")
    assert said.startswith("NPS · 2026-W40")
    assert office.whispers(office.leo, office.team_channel) == [said]


def test_customers_clicks_do_not_wait_behind_calls_to_slack(office: Office) -> None:
    """Twenty-four commands of people whom Slack takes its time to tell about, and one click."""
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="5")
    people = [office.slack.add_user(f"new{number}") for number in range(24)]
    for person in people:
        office.slack.join(office.team_channel, person)
    office.slack.faults.next("users.info", "slow", seconds=2.0, times=24)
    asking = [
        threading.Thread(target=office.slack.command, args=(person, office.team_channel, "/csat", "week"))
        for person in people
    ]
    for each in asking:
        each.start()
    office.slack.wait_for(lambda: any(not each.is_alive() for each in asking))  # who need not wait has a note
    begun = time.monotonic()
    assert office.slack.send_action(click).status == 200
    took = time.monotonic() - begun
    for each in asking:
        each.join()
    assert took < 1.0, "a command waits up to two seconds"
    assert office.rating()["score"] == 5
