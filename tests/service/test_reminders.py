"""The one reminder in Slack: when it comes, when it does not, and that it goes with the survey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxbot.store.engine.statements import rows
from cxbot.store.records import endings, people
from tests.desk import Desk
from tests.office import Office, labels
from tests.test_faults import visible

FRIDAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path, reminder_days="2") as made:
        yield made


def reminders(office: Office, customer: str | None = None) -> list[dict[str, Any]]:
    said = office.slack.messages(office.slack.dm(customer or office.carla))
    return [each for each in said if each["text"].startswith("A reminder")]


def new_customer(office: Office) -> str:
    other: str = office.slack.add_user("other", external=True)
    office.slack.join(office.acme, other)
    return other


def figures(office: Office) -> tuple[Any, ...]:
    return office.response()["response"]["sent"], rows(office.database.reader, "SELECT COUNT(*) AS n FROM ratings")


def why(office: Office) -> str:
    return office.command(office.anna, "/cx", f"why <@{office.carla}>")


def test_after_the_days_whoever_has_not_answered_is_reminded_once(office: Office) -> None:
    channel, ts = office.ask()
    before = figures(office)
    office.pass_time(hours=47, minutes=59)
    assert reminders(office) == []
    office.pass_time(minutes=1)
    [reminder] = reminders(office)
    assert labels(reminder) == [], "there are buttons on the survey only"
    assert "p" + ts.replace(".", "") in reminder["text"]
    assert "Reminded, as there was no answer." in why(office)
    assert figures(office) == before, "it is no second survey"
    assert "Not now" in labels(office.message(channel, ts))
    for _ in range(4):
        office.pass_time(hours=24)
    assert len(reminders(office)) == 1


@pytest.mark.parametrize("label", ["1", "5", "Not now", "Don't ask me again"])
def test_it_goes_with_the_answer_or_the_wish(office: Office, label: str) -> None:
    channel, ts = office.ask()
    office.pass_time(hours=48)
    assert len(reminders(office)) == 1
    office.click(office.carla, channel, ts, label)
    assert reminders(office) == []


@pytest.mark.parametrize("label", ["1", "5", "Not now", "Don't ask me again"])
def test_whoever_has_answered_or_wished_is_not_reminded(office: Office, label: str) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, label)
    office.pass_time(hours=49)
    assert reminders(office) == []
    assert "Reminded" not in why(office)


def test_one_item_of_several_is_an_answer(office: Office) -> None:
    channel, ts = office.ask("experience")
    office.pass_time(hours=48)
    assert len(reminders(office)) == 1
    office.click(office.carla, channel, ts, labels(office.message(channel, ts))[0])
    assert reminders(office) == []


def test_it_goes_when_the_survey_is_over(office: Office) -> None:
    office.ask()
    office.pass_time(hours=48)
    office.pass_time(days=5)
    assert office.told(office.carla) == []


def test_it_goes_when_the_survey_is_withdrawn_or_its_customer_forgotten(office: Office) -> None:
    other = new_customer(office)
    for customer in (office.carla, other):
        office.ask(customer=customer)
    office.pass_time(hours=48)
    assert len(reminders(office)) == len(reminders(office, other)) == 1
    [key] = [each["key"] for each in office.invitations() if each["customer"] == office.carla]
    office.database.write(lambda db: endings.withdraw(db, key, "reopened", office.now()))
    office.settle()
    assert reminders(office) == []
    office.database.write(lambda db: people.erase(db, [other], office.now()))
    office.settle()
    assert office.told(other) == []


def test_nobody_is_reminded_in_a_thread(office: Office) -> None:
    thread, ts = office.thread_survey()
    office.pass_time(hours=72)
    assert [each["ts"] for each in office.slack.messages(office.acme, thread)][-1] == ts
    assert reminders(office) == []


def test_the_default_is_none_and_the_setting_can_be_taken_back(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.ask()
        office.pass_time(hours=72)
        assert reminders(office) == []
        office.change_team(reminder_days="2")
        other = new_customer(office)
        office.ask(customer=other)
        office.change_team(reminder_days="off")
        office.pass_time(hours=72)
        assert reminders(office, other) == []


def test_it_waits_for_the_customers_working_hours_and_working_days(tmp_path: Path) -> None:
    with Office(tmp_path, start=FRIDAY, reminder_days="1", holidays="2026-11-23") as office:
        office.ask()
        for _ in range(2):  # the weekend
            office.pass_time(hours=24)
        assert reminders(office) == []
        office.pass_time(hours=24)  # a holiday
        assert reminders(office) == []
        office.pass_time(hours=21, minutes=59)  # Tuesday, 7:59
        assert reminders(office) == []
        office.pass_time(minutes=1)
        assert len(reminders(office)) == 1


def test_a_survey_that_is_over_before_the_next_working_hour_has_no_reminder(tmp_path: Path) -> None:
    with Office(tmp_path, start=FRIDAY, reminder_days="6", holidays="2026-11-23..2026-11-30") as office:
        office.ask()
        office.pass_time(days=6)
        assert reminders(office) == []
        assert rows(office.database.reader, "SELECT * FROM reminders") == []
        office.pass_time(days=6)
        assert office.told(office.carla) == []


PAUSES: list[tuple[Callable[[Office], object], Callable[[Office], object]]] = [
    (lambda o: o.command(o.leo, "/cx", "pause"), lambda o: o.command(o.leo, "/cx", "resume")),
    (
        lambda o: o.command(o.leo, "/cx", 'incident "sample outage" 2026-11-20'),
        lambda o: o.command(o.leo, "/cx", 'incident remove "sample outage"'),
    ),
    (lambda o: o.change_team(rehearsal=True), lambda o: o.change_team(rehearsal=False)),
]


@pytest.mark.parametrize(("begin", "end"), PAUSES, ids=["pause", "incident", "rehearsal"])
def test_it_waits_while_nobody_is_to_be_asked(
    office: Office, begin: Callable[[Office], object], end: Callable[[Office], object]
) -> None:
    office.ask()
    begin(office)
    office.pass_time(hours=49)
    assert reminders(office) == []
    end(office)
    office.pass_time(minutes=1)
    assert len(reminders(office)) == 1


def test_a_reminder_without_a_confirmation_is_looked_up_and_not_repeated(office: Office) -> None:
    channel, ts = office.ask()
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.pass_time(hours=48)
    assert "Reminded" not in why(office)
    office.pass_time(seconds=95)
    office.slack.wait_for(lambda: not office.unknown() or None)
    assert len(reminders(office)) == 1
    assert "Reminded, as there was no answer." in why(office)
    office.click(office.carla, channel, ts, "4")
    assert reminders(office) == []


def test_an_answer_while_it_is_unknown_whether_the_reminder_arrived_takes_it_away(office: Office) -> None:
    channel, ts = office.ask()
    office.slack.faults.next("chat.postMessage", "drop_after")
    office.pass_time(hours=48)
    office.click(office.carla, channel, ts, "4")
    office.pass_time(seconds=95)
    office.slack.wait_for(lambda: not office.unknown() or None)
    office.settle()
    assert reminders(office) == []


def test_a_survey_that_was_deleted_in_slack_has_no_reminder_that_leads_nowhere(office: Office) -> None:
    channel, ts = office.ask()
    office.service.bot.client.chat_delete(channel=channel, ts=ts)
    office.pass_time(hours=48)
    assert reminders(office) == []
    assert "The reminder could not be delivered: `message_not_found`." in why(office)
    assert office.told(office.ada) == [], "nobody has to mend anything"


def test_a_restored_back_up_reminds_nobody_twice(office: Office, desk: Desk) -> None:
    channel, ts = office.ask()
    desk.run("backup", "copy.db", "--at", office.now().isoformat())
    office.pass_time(hours=48)
    assert len(reminders(office)) == 1
    office.service.stop()
    for path in office.path.parent.glob("cxbot.db*"):
        path.unlink()
    desk.run("restore", "copy.db", "--at", office.now().isoformat())
    office.service = office.serve()
    for _ in range(2):
        office.pass_time(seconds=95)
        office.slack.wait_for(lambda: not office.unknown() or None)
        office.settle()
    references = Counter(
        each["metadata"]["event_payload"]["reference"]  # type: ignore[index]
        for each in visible(office)
        if each.get("metadata")
    )
    assert max(references.values()) == 1
    assert len(reminders(office)) == 1
    assert "Reminded, as there was no answer." in why(office)
    office.click(office.carla, channel, ts, "4")
    assert reminders(office) == []
