"""Campaigns: who is asked when, who is not and why, and what pauses, crashes and erasure do to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cxbot import jobs
from cxbot.core.retention import Retention
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from cxbot.store.records import erasures, outbox
from cxbot.store.reports import funnel_facts
from tests.campaigns import Mailing, mailing, people
from tests.office import T0, labels
from tests.test_restore import back_up, restore, start, stop
from tests.web.visitor import get, post

CARLA = "carla@example.com"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Mailing]:
    with mailing(tmp_path) as made:
        yield made


def sent_on(office: Mailing) -> list[int]:
    """How many people were asked on each day."""
    return [
        n for _, n in sorted(Counter(each["sent_at"][:10] for each in office.invitations() if each["sent_at"]).items())
    ]


def tick_without_sending(office: Mailing, times: int = 1) -> None:
    """The bot decides, and ends before anything was sent."""
    office.service.stop()
    with closing(Database(office.path)) as database:
        for _ in range(times):
            jobs.tick(database, office.now())


def answer(office: Mailing, score: int) -> None:
    """Answer the newest mail on its page."""
    text = office.server.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(re.escape("https://cx.example.com") + r"(/s/[\w-]+)\?a=\d+", text)
    assert found is not None, text
    page = get(office, found[1])
    assert page.status == 200
    assert "asks its customers for an opinion" in page.text
    assert post(office, found[1], {"a": str(score)}).status == 303
    office.settle()


# -- whom and when ----------------------------------------------------------------------------------------------


def test_people_are_asked_evenly_over_the_days_by_mail(office: Mailing) -> None:
    said = office.begin(people(8), over="4d")
    assert said.startswith("Started spring: 8 people, 4 working days, 2 a day.")
    assert office.show()["waiting"] == 8
    office.run_for(6)
    assert sent_on(office) == [2, 2, 2, 2]
    assert sorted(office.receivers()) == people(8)
    hours = {(datetime.fromisoformat(each["sent_at"]).hour + 2) for each in office.invitations()}
    assert len(hours) > 1, "not all at eight"
    assert hours <= set(range(8, 18))
    assert {(each["asked_by"], each["asked_via"]) for each in office.invitations()} == {("campaign", "campaign")}
    found = office.show()
    assert (found["state"], found["sent"], found["waiting"]) == ("over", 8, 0)


def test_nobody_is_asked_on_a_holiday(office: Mailing) -> None:
    tomorrow = office.now().date() + timedelta(days=1)
    office.change_team(holidays=tomorrow.isoformat())
    office.begin([f"p{number}@customer.example" for number in range(8)], over="2d")
    kept = rows(
        office.database.reader, "SELECT SUBSTR(due_at, 1, 8) AS day, COUNT(*) AS n FROM campaign_people GROUP BY 1"
    )
    days = [tomorrow - timedelta(days=1), tomorrow + timedelta(days=1)]
    assert {each["day"]: each["n"] for each in kept} == {f"{day:%Y%m%d}": 4 for day in days}


def test_the_words_of_the_mail_do_not_speak_of_a_conversation(office: Mailing) -> None:
    office.begin([CARLA], over="1d")
    office.pass_time(hours=1)
    text = office.server.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Our team Support would like to hear from you:" in text
    assert "asks its customers for an opinion" in text
    assert "helped you" not in text


def test_whoever_is_in_slack_is_asked_there_in_their_own_hours(office: Mailing) -> None:
    york = office.slack.add_user("yolanda", tz="America/New_York")
    office.begin([office.carla, york], over="1d")
    office.pass_time(minutes=5)
    office.run_for(1)
    office.run_for(1)
    by_person = {each["customer"]: each for each in office.invitations()}
    assert {each["delivery"] for each in by_person.values()} == {"dm"}
    at = datetime.fromisoformat(by_person[york]["sent_at"]) - timedelta(hours=5)
    assert 8 <= at.hour < 18, "on the clock of New York"
    assert "0" in labels(office.slack.messages(office.slack.dm(office.carla))[-1])


def test_a_person_with_two_addresses_is_one_person(office: Mailing) -> None:
    office.terminal().run("person", "link", office.carla, "carla@customer.example")
    said = office.begin(["Carla@Customer.example", office.carla, "eve@example.com", "EVE@example.com "], over="1d")
    assert "2 people" in said
    assert "Line 3: the same person as in line 2, who is asked once." in said
    assert "Line 5: the same person as in line 4, who is asked once." in said
    office.run_for(2)
    assert office.receivers().count("eve@example.com") == 1
    assert office.show()["sent"] == 2


def test_whom_slack_does_not_reach_gets_a_mail_if_the_file_has_an_address(office: Mailing) -> None:
    far = office.slack.add_user("farida", external=True)  # in no channel with the bot
    office.terminal().save(f"slack,email\n{far},farida@example.com\n", "both.csv")
    office.cxbot("campaign", "start", "both.csv", "--survey", "nps", "--over", "1d")
    office.pass_time(hours=1)
    assert office.receivers() == ["farida@example.com"]
    assert office.show("both")["sent"] == 1


def test_whom_slack_does_not_know_gets_a_mail_if_the_file_has_an_address(office: Mailing) -> None:
    office.terminal().save("slack,email\nU0NOBODY99,farida@example.com\n", "both.csv")
    office.cxbot("campaign", "start", "both.csv", "--survey", "nps", "--over", "1d")
    office.pass_time(hours=1)
    assert office.receivers() == ["farida@example.com"]


def test_colleagues_can_be_asked_and_customers_are_left_out_of_it(office: Mailing) -> None:
    file = office.file([office.anna, office.carla, CARLA])
    words = ("campaign", "start", file, "--survey", "enps", "--over", "1d")
    assert "no colleagues" in (said := office.cxbot(*words, "--dry-run"))
    assert "Line 2" not in said
    office.cxbot(*words)
    office.run_for(2)
    found = office.show()
    assert (found["sent"], found["not_asked"]) == (1, {"outsider": 2})
    assert "campaign" in office.terminal().run("export", "ledger")


def test_staff_bots_and_companies_that_are_never_asked_are_left_out(office: Mailing) -> None:
    office.change_team(never_companies=["Sample Rival"])
    office.terminal().run("person", "link", office.leo, "leo@example.com")
    gone = office.slack.add_user("gunnar")
    office.slack.deactivate(gone)
    robot = office.slack.add_user("robot", bot=True)
    lines = [office.anna, "leo@example.com", robot, gone, "U0NOBODY99"]
    office.terminal().save(
        "customer,company\n" + "".join(f"{each},\n" for each in lines) + "eve@example.com,SAMPLE rival\n", "some.csv"
    )
    office.cxbot("campaign", "start", "some.csv", "--survey", "nps", "--over", "1d")
    office.run_for(2)
    assert office.show("some")["not_asked"] == {"team": 2, "bot": 1, "gone": 1, "never_company": 1, "unknown": 1}
    assert "belongs to the team" in office.command(office.ada, "/cx", f"why <@{office.anna}>")
    assert office.server.mails == []


# -- budgets ----------------------------------------------------------------------------------------------------


def test_whoever_was_asked_a_moment_ago_is_tried_again_within_the_time(office: Mailing) -> None:
    office.change_team(throttle_days="3")
    office.ask()
    office.begin([office.carla], over="10d")
    office.run_for(8)
    both = [each for each in office.invitations() if each["customer"] == office.carla]
    assert [each["asked_via"] for each in both] == ["command", "campaign"]
    first, second = (datetime.fromisoformat(each["sent_at"]) for each in both)
    assert second - first >= timedelta(days=3)


def test_whoever_can_not_be_asked_in_time_is_left_out_with_the_reason(office: Mailing) -> None:
    office.ask()
    office.begin([office.carla], over="2d")
    office.run_for(1)
    assert office.show()["not_asked"] == {"throttled": 1}
    said = office.command(office.ada, "/cx", f"why <@{office.carla}>")
    assert "in a campaign on" in said
    assert "It was this person's turn in a campaign." in said
    assert "Not asked: this customer was asked not long ago" in said


def test_a_wish_not_to_be_asked_holds(office: Mailing) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "Don't ask me again")
    office.change_team(throttle_days="0")
    office.begin([office.carla], over="1d")
    office.run_for(1)
    assert office.show()["not_asked"] == {"opted_out": 1}


def test_nobody_is_asked_during_an_incident(office: Mailing) -> None:
    office.command(office.leo, "/cx", "incident outage 2026-11-18..2026-11-19")
    office.begin([CARLA], over="3d")
    office.run_for(1)
    office.pass_time(hours=13)
    assert office.server.mails == []
    office.run_for(1)
    assert office.receivers() == [CARLA]


def test_two_campaigns_ask_a_person_once(office: Mailing) -> None:
    office.begin([CARLA], over="1d")
    office.begin([CARLA], "--name", "autumn", over="1d")
    office.run_for(2)
    assert office.receivers() == [CARLA]
    assert office.show("autumn")["not_asked"] == {"waiting": 1}


def test_a_rehearsal_asks_nobody(office: Mailing) -> None:
    office.terminal().run("team", "set", "Support", "--rehearsal")
    office.begin([CARLA], over="1d")
    office.pass_time(hours=1)
    assert office.show()["not_asked"] == {"rehearsed": 1}
    assert office.server.mails == []


def test_mails_that_come_back_are_counted_and_the_leads_are_left_alone(office: Mailing) -> None:
    office.server.next["RCPT"].append("550 5.1.1 No such user here")
    office.begin([CARLA], over="1d")
    office.pass_time(hours=1)
    assert office.show()["not_asked"] == {"undeliverable": 1}
    assert office.notices() == []


# -- pause, resume, stop ----------------------------------------------------------------------------------------


def test_a_pause_moves_everybody_and_the_end(office: Mailing) -> None:
    office.begin(people(6), over="3d")
    office.pass_time(hours=2)
    asked = len(office.receivers())
    end = office.show()["ends_at"]
    assert "is paused" in office.cxbot("campaign", "pause", "Spring")
    office.run_for(2)  # from Wednesday, noon, to Friday
    assert len(office.receivers()) == asked
    assert "asks until" in office.cxbot("campaign", "resume", "spring")
    moved = datetime.fromisoformat(office.show()["ends_at"])
    assert moved == datetime.fromisoformat(end) + timedelta(days=4), "two working days later, with a weekend"
    office.run_for(8)
    assert sorted(office.receivers()) == people(6)
    assert max(sent_on(office)) == 2, "nobody was asked in a rush"
    assert "is not paused" in office.cxbot("campaign", "resume", "spring", code=1)


def test_a_pause_of_the_team_holds_its_campaigns(office: Mailing) -> None:
    office.begin(people(4), over="2d")
    office.command(office.leo, "/cx", "pause")
    office.pass_time(minutes=1)
    assert "the surveys of its team are paused" in office.cxbot("campaign", "show", "spring")
    office.run_for(5)
    assert office.receivers() == []
    office.command(office.leo, "/cx", "resume")
    office.run_for(5)
    assert sorted(office.receivers()) == people(4)
    assert max(sent_on(office)) == 2


def test_what_was_not_sent_when_the_pause_began_is_taken_back_and_asked_later(office: Mailing) -> None:
    office.begin([CARLA], over="1d")
    tick_without_sending(office)
    office.cxbot("campaign", "pause", "spring")
    office.service = office.serve()
    office.pass_time(hours=1)
    assert office.receivers() == []
    assert office.show()["waiting"] == 1
    office.cxbot("campaign", "resume", "spring")
    office.run_for(1)
    assert office.receivers() == [CARLA]
    assert [each["state"] for each in office.invitations()] == ["withdrawn", "sent"]


def test_after_a_stop_nobody_is_asked_and_answers_still_count(office: Mailing) -> None:
    office.begin(people(6), over="3d")
    office.pass_time(minutes=1)
    asked = len(office.receivers())
    assert asked == 1
    assert "was stopped" in office.cxbot("campaign", "stop", "spring")
    answer(office, 9)
    office.run_for(5)
    found = office.show()
    assert (found["sent"], found["answered"], found["not_asked"]) == (1, 1, {"stopped": 5})
    assert "was stopped before" in office.cxbot("campaign", "stop", "spring", code=1)
    assert "is not running" in office.cxbot("campaign", "pause", "spring", code=1)
    deeds = office.terminal().run("audit")
    assert deeds.index("campaign stopped") < deeds.index("campaign started")


def test_a_campaign_that_is_over_is_neither_paused_nor_stopped(office: Mailing) -> None:
    office.begin([CARLA], over="1d")
    office.run_for(1)
    assert office.show()["state"] == "over"
    assert "is not running" in office.cxbot("campaign", "pause", "spring", code=1)
    assert "is over" in office.cxbot("campaign", "stop", "spring", code=1)
    assert office.show()["state"] == "over"


def test_a_domain_in_ascii_and_in_its_own_letters_is_one_person_of_the_list(office: Mailing) -> None:
    said = office.begin(["Jo@bücher.example", "jo@xn--bcher-kva.example"], over="1d")
    assert "Line 3: the same person as in line 2, who is asked once." in said
    office.run_for(1)
    assert office.receivers() == ["jo@xn--bcher-kva.example"]
    assert office.show()["people"] == 1


def test_without_its_team_a_campaign_is_stopped(office: Mailing) -> None:
    office.begin([CARLA], over="10d")
    office.terminal().run("team", "remove", "Support")
    office.pass_time(minutes=1)
    assert office.show()["state"] == "stopped"


# -- crashes ----------------------------------------------------------------------------------------------------


def test_a_crash_between_decision_and_mail_asks_once(office: Mailing) -> None:
    office.begin([CARLA, "eve@example.com"], over="1d")
    office.clock.advance(timedelta(hours=6))
    tick_without_sending(office, times=2)
    assert office.receivers() == []
    office.service = office.serve()
    office.pass_time(minutes=1)
    office.restart()
    office.pass_time(minutes=1)
    assert sorted(office.receivers()) == [CARLA, "eve@example.com"]


def test_a_restored_back_up_asks_nobody_twice_and_forgets_nobody(office: Mailing) -> None:
    dan = office.slack.add_user("dan")
    office.begin([office.carla, dan], over="2d")
    desk = office.terminal()
    back_up(office, desk)
    office.run_for(3)
    asked = [office.slack.messages(office.slack.dm(each)) for each in (office.carla, dan)]
    assert [len(each) for each in asked] == [1, 1]
    restore(office, desk)
    assert [office.slack.messages(office.slack.dm(each)) for each in (office.carla, dan)] == asked
    assert office.show()["sent"] == 2


# -- figures ----------------------------------------------------------------------------------------------------


def test_the_latest_answer_of_a_person_counts_in_the_relationship_nps(office: Mailing) -> None:
    office.change_team(throttle_days="1", relationship_days="1")
    office.begin([CARLA, "eve@example.com"], over="1d")
    office.run_for(1)
    by_name = {}
    for mail in office.server.mails:
        by_name[str(mail["To"])] = mail
    for who, score in ((CARLA, 2), ("eve@example.com", 9)):
        office.server.mails.append(by_name[who])
        answer(office, score)
    office.begin([CARLA.upper()], "--name", "again", over="1d")
    office.run_for(2)
    answer(office, 10)
    desk = office.terminal()
    report = desk.report("nps", "month", at=office.now().isoformat())
    assert (report["n"], report["value"]) == (2, 100.0)
    assert office.show()["answered"] == 2
    assert office.show("again")["answered"] == 1
    assert {line["asked_by"] for line in desk.answers()} == {"campaign"}


def test_people_of_campaigns_are_no_closed_conversations(office: Mailing) -> None:
    office.begin([CARLA], over="1d")
    office.run_for(1)
    tallies = funnel_facts.tallies(office.database.reader, None, T0 - timedelta(days=1), T0 + timedelta(days=9))
    assert tallies == []


# -- privacy ----------------------------------------------------------------------------------------------------


def test_a_person_can_see_and_erase_what_is_on_file(office: Mailing) -> None:
    office.begin([CARLA, "eve@example.com"], over="10d")
    desk = office.terminal()
    assert '"name": "spring"' in desk.run("person", CARLA)
    desk.run("erase", CARLA, "--yes")
    assert CARLA not in str(rows(office.database.reader, "SELECT * FROM campaign_people"))
    office.run_for(15)
    assert office.receivers() == ["eve@example.com"]
    assert office.show()["not_asked"] == {"erased": 1}


def test_a_restored_back_up_forgets_the_same_people_again(office: Mailing) -> None:
    office.begin([CARLA], over="10d")
    desk = office.terminal()
    back_up(office, desk)
    desk.run("erase", CARLA, "--yes")
    known = erasures.file_of(office.path).read_text()
    stop(office)
    erasures.file_of(office.path).write_text(known)
    start(office, desk)
    assert CARLA not in str(rows(office.database.reader, "SELECT * FROM campaign_people"))


def test_people_of_old_campaigns_go_with_the_names(office: Mailing) -> None:
    office.begin([CARLA], over="1d")
    office.run_for(1)
    office.clock.advance(office.now().replace(year=2028, month=12) - office.now())
    jobs.tick(office.database, office.now())
    office.settle()
    keeper = jobs.Keeper(Retention(), "Europe/Helsinki")
    while keeper.tick(office.database, office.now()):
        pass
    assert rows(office.database.reader, "SELECT * FROM campaign_people") == []
    assert rows(office.database.reader, "SELECT * FROM campaigns") == []


def test_a_tick_takes_a_small_batch(office: Mailing) -> None:
    office.begin(people(80), over="1d")
    office.clock.advance(timedelta(hours=7))
    tick_without_sending(office)
    with closing(Database(office.path)) as database:
        assert outbox.counts(database.reader)["due"] == 30
    office.service = office.serve()
