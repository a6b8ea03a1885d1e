"""The rules of a team in Slack: conditions, holidays, surveys by source, quiet threads, and two budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot.core.invitations.close import Close
from cxbot.core.invitations.rules import Invitation, Person
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.errors import Refused
from cxbot.service import asking
from cxbot.store.engine.connection import Connection
from cxbot.store.records import invitations, people, waiting
from tests.office import Office, labels

CHRISTMAS_EVE_EVE = datetime(2026, 12, 23, 15, 55, tzinfo=UTC)  # a Wednesday, 17:55 in Helsinki


def surveys(office: Office, channel: str | None = None) -> list[dict[str, Any]]:
    return [each for each in office.slack.messages(channel or office.acme) if "Not now" in labels(each)]


def states(office: Office) -> list[tuple[str, str]]:
    return [(each["state"], each["reason"]) for each in office.invitations()]


def why(office: Office, customer: str | None = None) -> str:
    return office.command(office.anna, "/cx", f"why <@{customer or office.carla}>")


# -- conditions -----------------------------------------------------------------------------------------------


def test_a_close_that_does_not_meet_a_condition_is_not_asked_about_and_everybody_hears_why(office: Office) -> None:
    office.change_team(reaction_means="close", conditions="source:silence,import")
    office.close(office.conversation())
    assert states(office) == [("refused", "condition")]
    assert office.whispers(office.anna) == [
        "The team asks only if `source:silence,import` holds, and here it does not."
    ]
    assert "Not asked: the team's condition “source: silence / import” is not met." in why(office)
    assert "not asked: a rule excludes it" in why(office)


def test_what_is_not_known_does_not_meet_a_condition_and_the_story_says_so(office: Office) -> None:
    office.change_team(reaction_means="close", conditions="source:reaction handling>=2m")
    office.close(office.conversation())
    assert states(office) == [("refused", "condition_unknown")]
    said = "it is not known whether the team's condition “handling time: at least 2 min 0 s” is met."
    assert said in why(office)


def test_a_close_that_meets_every_condition_is_asked_about(office: Office) -> None:
    rules = f"source:reaction agent:@{office.anna},Nobody channel:{office.acme} -tag:internal -company:Sample"
    office.change_team(reaction_means="close", conditions=rules)
    office.close(office.conversation())
    office.pass_time(minutes=11)
    assert len(surveys(office)) == 1


@pytest.mark.parametrize("chosen", ["command", "shortcut", "reaction"])
def test_what_a_person_chose_is_asked_about_whatever_the_conditions(office: Office, chosen: str) -> None:
    office.change_team(reaction_means="ask", conditions="topic:billing")
    if chosen == "command":
        office.ask()
    elif chosen == "shortcut":
        office.slack.shortcut(office.anna, office.acme, office.conversation(), "ask_for_feedback")
    else:
        office.close(office.conversation())
    office.settle()
    office.pass_time(minutes=11)
    assert states(office) == [("sent", "")]


# -- holidays -------------------------------------------------------------------------------------------------


def test_nobody_is_asked_on_a_holiday_of_the_country(tmp_path: Path) -> None:
    with Office(tmp_path, start=CHRISTMAS_EVE_EVE, holidays="FI") as office:
        office.close(office.conversation())  # the 24th is a Thursday, and a holiday as the 25th is
        [invitation] = office.invitations()
        assert invitation["send_at"].startswith("2026-12-28T06:00")
        assert "To be asked on Mon 28 Dec 08:00, as it is a holiday before." in why(office)
        office.pass_time(hours=16)  # the morning of the 24th
        office.pass_time(hours=24)
        assert surveys(office) == []
        office.pass_time(hours=72)
        assert len(surveys(office)) == 1


def test_without_holidays_the_same_survey_goes_out_on_the_next_day(tmp_path: Path) -> None:
    with Office(tmp_path, start=CHRISTMAS_EVE_EVE) as office:
        office.close(office.conversation())
        assert office.invitations()[0]["send_at"].startswith("2026-12-24T06:00")


def test_a_day_that_is_named_while_a_survey_waits_counts_as_well(office: Office) -> None:
    office.close(office.conversation())
    office.change_team(holidays="2026-11-18..2026-11-19")
    office.pass_time(minutes=11)
    assert surveys(office) == []
    [invitation] = office.invitations()
    assert (invitation["state"], invitation["send_at"][:16]) == ("due", "2026-11-20T06:00")
    assert "as it is a holiday before" in why(office)
    office.pass_time(hours=46)
    assert len(surveys(office)) == 1


def test_it_is_a_holiday_on_the_customers_own_clock(tmp_path: Path) -> None:
    """In Auckland the day is over eleven hours earlier."""
    with Office(tmp_path, holidays="2026-11-19", hours="always") as office:
        far = office.slack.add_user("far", external=True, tz="Pacific/Auckland")
        office.slack.join(office.acme, far)
        office.pass_time(hours=3)  # 13:00 of the 18th in Helsinki, midnight in Auckland
        office.close(office.conversation(customer=far))
        office.close(office.conversation())
        found = {each["customer"]: each["send_at"][:16] for each in office.invitations()}
        assert found == {far: "2026-11-19T11:00", office.carla: "2026-11-18T11:10"}


def test_silence_is_no_silence_on_a_holiday(tmp_path: Path) -> None:
    with Office(tmp_path, silence="4h", holidays="2026-11-19") as office:
        office.pass_time(hours=6)
        office.conversation()  # 16:00 on Wednesday: two hours are left
        office.pass_time(hours=24)
        assert office.invitations() == []
        office.pass_time(hours=17, minutes=59)  # Friday, 9:59
        assert office.invitations() == []
        office.pass_time(minutes=2)
        assert [each["asked_via"] for each in office.invitations()] == ["silence"]


def test_after_an_incident_no_holiday_is_the_next_working_day(tmp_path: Path) -> None:
    with Office(tmp_path, start=datetime(2026, 11, 18, 15, 55, tzinfo=UTC), holidays="2026-11-20") as office:
        office.close(office.conversation())
        office.command(office.leo, "/cx", 'incident "sample outage" 2026-11-19')
        office.pass_time(hours=15)
        assert office.invitations()[0]["send_at"].startswith("2026-11-23T06:00")


# -- which survey ---------------------------------------------------------------------------------------------


def test_a_source_can_have_a_survey_of_its_own(office: Office) -> None:
    office.change_team(surveys=["reaction=ces"])
    office.close(office.conversation())
    office.ask(customer=_other(office), survey="")
    assert sorted((each["asked_via"], each["survey"]) for each in office.invitations()) == [
        ("command", "csat"), ("reaction", "ces"),
    ]  # fmt: skip


def _other(office: Office, name: str = "other") -> str:
    other: str = office.slack.add_user(name, external=True)
    office.slack.join(office.acme, other)
    return other


# -- quiet threads --------------------------------------------------------------------------------------------


def test_a_survey_waits_until_its_thread_is_quiet(office: Office) -> None:
    office.change_team(quiet="30m")
    thread = office.conversation()
    office.close(thread)
    office.pass_time(minutes=11)
    assert surveys(office) == []
    assert "The thread was not quiet yet: to be asked on Wed 18 Nov 10:30." in why(office)
    office.pass_time(minutes=10)
    office.slack.post(office.carla, office.acme, "One more thing.", thread_ts=thread)
    office.settle()
    office.pass_time(minutes=28)  # 10:49; the last message was at 10:21
    assert surveys(office) == []
    assert [each["state"] for each in office.invitations()] == ["due"]
    office.pass_time(minutes=3)
    assert len(surveys(office)) == 1


def test_what_a_person_asks_for_does_not_wait_for_quiet(office: Office) -> None:
    office.change_team(quiet="48h")
    office.slack.shortcut(office.anna, office.acme, office.conversation(), "ask_for_feedback")
    office.settle()
    assert len(surveys(office)) == 1


def test_a_thread_that_is_quiet_in_the_night_is_asked_about_in_the_morning(tmp_path: Path) -> None:
    with Office(tmp_path, start=datetime(2026, 11, 18, 15, 40, tzinfo=UTC), quiet="30m") as office:
        office.close(office.conversation())  # 17:40
        office.pass_time(minutes=11)
        office.pass_time(minutes=30)
        assert surveys(office) == []
        office.pass_time(hours=14)
        assert len(surveys(office)) == 1


# -- two budgets ----------------------------------------------------------------------------------------------


def campaign(office: Office, customer: str, company: str = "") -> Invitation:
    """A campaign asks a customer."""
    team = office.service.bot.teams()[0]
    now = office.now()
    person = Person(customer, bot=False, gone=False, external=True, guest=False, timezone="")
    close = Close(customer, "", now, "campaign", company=company)
    made = asking.invitation_of(team, close, SURVEYS["nps"], person, "dm")

    def ask(db: Connection) -> Invitation:
        return waiting.ask(db, replace(made, asked_by="campaign", asked_via="campaign", send_at=now), team, now)

    asked = office.database.write(ask)
    office.settle()
    return asked


def refusal(office: Office, customer: str, company: str = "") -> str:
    with pytest.raises(Refused) as refused:
        campaign(office, customer, company)
    return str(refused.value.values["code"])


def test_a_relationship_question_needs_both_budgets(office: Office) -> None:
    campaign(office, office.carla)
    office.pass_time(days=31)
    assert refusal(office, office.carla) == "relationship_throttled"
    office.ask()  # a transactional question is free after 30 days, as before
    office.pass_time(days=29)
    assert refusal(office, office.carla) == "throttled", "any survey counts"
    office.pass_time(days=31)
    campaign(office, office.carla)


def test_the_days_between_relationship_questions_are_a_setting(office: Office) -> None:
    office.change_team(relationship_days="40")
    campaign(office, office.carla)
    office.pass_time(days=41)
    campaign(office, office.carla)


def test_linked_addresses_have_one_budget(office: Office) -> None:
    other = _other(office)
    office.database.write(lambda db: people.link(db, office.carla, other, office.now()))
    campaign(office, office.carla)
    office.pass_time(days=31)
    assert refusal(office, other) == "relationship_throttled"


def test_a_company_has_the_same_budgets_if_it_has_any(office: Office) -> None:
    other, third = _other(office), _other(office, "third")
    campaign(office, office.carla, "Sample Co")
    campaign(office, other, "Sample Co")  # there is no limit for companies
    office.change_team(company_days="14")
    assert refusal(office, third, "Sample Co") == "company_throttled"
    office.pass_time(days=15)
    assert refusal(office, third, "Sample Co") == "company_relationship_throttled"
    office.pass_time(days=76)
    campaign(office, third, "Sample Co")


def test_conditions_do_not_concern_campaigns_and_a_refused_one_has_its_words(office: Office) -> None:
    office.change_team(conditions="topic:billing")
    asked = campaign(office, office.carla)
    office.pass_time(days=31)
    code = refusal(office, office.carla)
    until = office.now() + timedelta(days=59)
    again = replace(asked, key=invitations.new_key(), state="due", customer=office.carla, closed_at=office.now())
    error = Refused("%(code)s", code=code, free=until)
    office.database.write(lambda db: waiting.refuse(db, again, error, office.now()))
    said = why(office)
    assert "got a relationship question not long ago; the next one is possible from Tue 16 Feb 2027 10:00." in said
    assert "not asked: asked too recently" in said
