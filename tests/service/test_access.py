"""Rights: who may ask the bot for what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cxbot.core.invitations.replies import Action
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.store.engine.connection import Connection
from cxbot.store.records import answers, endings, invitations, teams
from tests.office import Office

COMMANDS = [
    ("/nps", ""), ("/csat", "week"), ("/ces", "by:agent"), ("/cx", "help"), ("/cx", "digest"), ("/cx", "digest post"),
    ("/cx", "pause"), ("/cx", "resume all"), ("/cx", "team"), ("/cx", "ask <@{carla}>"), ("/survey", "<@{carla}>"),
]  # fmt: skip
Person = Callable[[Office], str]
STRANGERS: dict[str, tuple[Person, str]] = {
    "guest": (lambda office: office.slack.add_user("gus", guest="single"), "Only full members"),
    "multi": (lambda office: office.slack.add_user("mia", guest="multi"), "Only full members"),
    "robot": (lambda office: office.slack.add_user("robot", bot=True), "Only full members"),
    "outside": (lambda office: office.slack.add_user("sam"), "You are in no team here"),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_strangers_are_refused_whatever_they_ask(office: Office, stranger: str) -> None:
    make, answer = STRANGERS[stranger]
    person = make(office)
    office.slack.join(office.team_channel, person)
    for name, text in COMMANDS:
        assert answer in office.command(person, name, text.format(carla=office.carla)), (name, text)
    assert office.slack.views(person) == []
    assert office.invitations() == []


def test_external_people_are_refused_even_where_slack_lets_their_command_through(office: Office) -> None:
    form = {"command": "/csat", "text": "week", "user_id": office.carla, "channel_id": office.acme}
    reply = office.slack.workspace.outbound.deliver("slash_commands", form)
    assert reply.body is not None
    assert "Only full members" in reply.body["text"]


def test_a_person_whom_slack_does_not_tell_about_is_refused(office: Office) -> None:
    office.slack.faults.next("users.info", "500", times=2)
    assert "I can't check who you are right now" in office.command(office.anna, "/csat", "week")
    office.slack.faults.clear()
    assert "CSAT" in office.command(office.anna, "/csat", "week")


def test_a_member_who_left_loses_every_right_at_once(office: Office) -> None:
    assert "CSAT" in office.command(office.anna, "/csat", "week")
    office.slack.deactivate(office.anna)
    form = {"command": "/csat", "text": "week", "user_id": office.anna, "channel_id": office.team_channel}
    reply = office.slack.workspace.outbound.deliver("slash_commands", form)
    assert reply.body is not None
    assert "Only full members" in reply.body["text"]


def test_members_see_their_own_team_only(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel, members=[office.ada])
    assert "You can ask about your own team: Support." in office.command(office.anna, "/csat", "week team:Sales")
    assert "Support" in office.command(office.anna, "/csat", "week")
    assert "You can ask about your own team: Support." in office.command(office.anna, "/cx", "digest Sales")
    assert "Sales" in office.command(office.ada, "/csat", "week team:Sales")


def test_members_of_several_teams_say_which(office: Office) -> None:
    office.add_team(name="Second line", channel=office.team_channel, members=[office.anna])
    elsewhere = office.slack.add_channel("lounge", members=[office.anna])
    said = office.command(office.anna, "/csat", "week", elsewhere)
    assert 'Say which one: `team:"Second line"`, `team:Support`.' in said
    assert "Second line" in office.command(office.anna, "/csat", 'week team:"second line"', elsewhere)


def test_a_user_group_counts_as_its_people(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        sam = office.slack.add_user("sam")
        office.slack.join(office.team_channel, sam)
        group = office.slack.add_usergroup("agents", [sam])
        office.change_team(members=[group])
        assert "CSAT" in office.command(sam, "/csat", "week")
        assert "You are in no team here" in office.command(office.anna, "/csat", "week")


def test_a_user_group_that_leads_counts_as_its_people(office: Office) -> None:
    sam = office.slack.add_user("sam")
    office.slack.join(office.team_channel, sam)
    office.change_team(leads=[office.slack.add_usergroup("leads", [sam])], members=[office.anna, office.leo])
    assert "Only leads of the team and admins" in office.command(office.leo, "/cx", "pause")
    assert "Only leads" not in office.command(sam, "/cx", "pause")
    assert office.service.bot.teams()[0].paused


def test_a_group_that_cannot_be_read_gives_no_right(office: Office) -> None:
    group = office.slack.add_usergroup("agents", [office.anna])
    office.change_team(members=[group])
    office.slack.faults.next("usergroups.users.list", "500", times=1)
    assert "I can't check who you are right now" in office.command(office.anna, "/csat", "week")
    office.slack.faults.next("usergroups.users.list", "error", code="no_such_subteam")
    assert "You are in no team here" in office.command(office.anna, "/csat", "week")
    assert "You are in no team here" not in office.command(office.anna, "/csat", "week")


def test_who_left_a_user_group_that_leads_leads_no_more(office: Office) -> None:
    group = office.slack.add_usergroup("leads", [office.leo])
    office.change_team(leads=[group], members=[office.anna, office.leo])
    assert "Only leads" not in office.command(office.leo, "/cx", "pause")
    office.slack.change_usergroup(group, [office.anna])
    assert "Only leads of the team and admins" in office.command(office.leo, "/cx", "pause")
    assert "Only leads" not in office.command(office.anna, "/cx", "pause")


def test_leads_that_cannot_be_checked_are_not_called_anything_else(office: Office) -> None:
    office.change_team(leads=[office.slack.add_usergroup("leads", [office.leo])], members=[office.anna, office.leo])
    office.slack.faults.next("usergroups.users.list", "500")
    assert "I can't check who you are right now" in office.command(office.leo, "/cx", "pause")
    assert not office.service.bot.teams()[0].paused


def test_members_may_not_lead_and_leads_may_not_administer(office: Office) -> None:
    for text in ("pause", "resume", "digest post", "pause all", "resume all", "team"):
        assert office.command(office.anna, "/cx", text).startswith("Only "), text
    for text in ("pause all", "resume all", "team"):
        assert "Only admins can do that" in office.command(office.leo, "/cx", text)
    assert office.slack.views(office.anna) + office.slack.views(office.leo) == []


def test_agents_see_their_own_figures_and_nobody_elses(office: Office) -> None:
    office.seed([5] * 12, agent=office.anna)
    office.seed([1] * 12, agent=office.leo)
    split = office.command(office.anna, "/csat", "week by:agent")
    assert f"<@{office.anna}>: 100%" in split
    assert f"<@{office.leo}>" not in split
    assert "100% (95% range" in office.command(office.anna, "/csat", f"week agent:<@{office.anna}>")
    said = office.command(office.anna, "/csat", f"week agent:<@{office.leo}>")
    assert "You can see your own figures" in said
    said = office.command(office.anna, "/csat", f"week by:topic agent:<@{office.leo}>")
    assert "You can see your own figures" in said


def test_members_see_no_single_customers(office: Office) -> None:
    for text in ("week by:customer", f"week customer:<@{office.carla}>"):
        assert "Only the team's leads see single customers' answers" in office.command(office.anna, "/csat", text)


@pytest.mark.parametrize("agents", ["lead", "off"])
def test_a_team_can_keep_agents_figures_to_its_leads_or_to_nobody(tmp_path: Path, agents: str) -> None:
    with Office(tmp_path, agents=agents) as office:
        for text in ("week by:agent", f"week agent:<@{office.anna}>"):
            assert "In this team only the leads see agents' figures." in office.command(office.anna, "/csat", text)


def test_leads_see_agents_from_ten_answers_on(office: Office) -> None:
    office.seed([5] * 10, agent=office.anna)
    office.seed([1] * 9, agent=office.ada)
    split = office.command(office.leo, "/csat", "week by:agent").replace("*", "")
    assert f"<@{office.anna}>: 100%" in split
    assert f"<@{office.ada}>: 9 answers" in split
    assert "100% (95% range" in office.command(office.leo, "/csat", f"week agent:<@{office.anna}>")
    alone = office.command(office.leo, "/csat", f"week agent:<@{office.ada}>")
    assert "from 10 answers on" in alone
    assert "0%" not in alone
    said = office.command(office.leo, "/csat", f"week agent:<@{office.ada}> by:topic")
    assert "from 10 answers on" in said


def test_below_five_answers_a_report_shows_the_count_alone(office: Office) -> None:
    office.seed([1, 1, 5], agent=office.anna)
    assert "3 answers: too few for a value" in office.command(office.leo, "/csat", "week")
    office.pass_time(days=7)
    said = office.command(office.leo, "/csat", "last week")
    assert "3 answers: too few for a value" in said
    assert "Dissatisfied" not in said
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "How is this counted?")
    assert "Dissatisfied" not in office.whispers(office.leo, office.team_channel)[-1]


def test_how_it_is_counted_is_for_those_who_may_see_it(office: Office) -> None:
    office.seed([5] * 12, agent=office.anna)
    office.command(office.leo, "/csat", "week by:agent")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "How is this counted?")
    assert "CSAT = share of answers 4 and 5" in office.whispers(office.leo, office.team_channel)[-1]


def test_a_pause_by_a_lead_cannot_undo_an_admins(office: Office) -> None:
    office.command(office.ada, "/cx", "pause all")
    assert "goes on when an admin ends the pause" in office.command(office.leo, "/cx", "resume")
    assert "Surveys are paused" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")


def test_rights_follow_the_settings_without_a_restart(office: Office) -> None:
    sam = office.slack.add_user("sam")
    office.slack.join(office.team_channel, sam)
    assert "You are in no team here" in office.command(sam, "/csat", "week")
    office.change_team(members=[office.anna, sam])
    assert "CSAT" in office.command(sam, "/csat", "week")


@pytest.mark.parametrize("name", ["R&amp;D", '"R&amp;D"', "“R&amp;D”", "team:R&amp;D", "team:“R&amp;D”"])
def test_a_team_is_named_as_it_is_typed(office: Office, name: str) -> None:
    office.add_team(name="R&D", channel=office.team_channel, leads=[office.leo])
    assert office.command(office.leo, "/cx", f"pause {name}").startswith("R&amp;D is paused")
    assert office.command(office.leo, "/cx", f"resume {name}").startswith("R&amp;D goes on")


def test_an_unknown_word_names_the_nearest(office: Office) -> None:
    assert "Try `/cx digest`" in office.command(office.anna, "/cx", "digset")
    assert "`wek` is not a period" in office.command(office.anna, "/nps", "wek")


def test_a_lead_of_another_team_may_not_take_its_cases(office: Office) -> None:
    lea = office.slack.add_user("lea")
    office.add_team(name="Sales", channel=office.team_channel, leads=[lea])
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    office.slack.join(office.leads_channel, lea)
    office.click(lea, office.leads_channel, office.notices()[0]["ts"], "Take it")
    assert "Only leads of the team and admins" in office.whispers(lea, office.leads_channel)[-1]


def test_a_member_of_another_team_may_not_cancel(office: Office) -> None:
    office.close(office.conversation())
    pete = office.slack.add_user("pete")
    office.add_team(name="Sales", channel=office.team_channel, members=[pete])
    office.slack.join(office.acme, pete)
    note = office.slack.ephemerals(office.acme, office.anna)[-1]
    click = office.slack.click_payload(office.anna, office.acme, note["ts"], label="Cancel")
    click["user"] = {"id": pete, "team_id": office.slack.workspace_id}
    office.slack.send_action(click)
    office.settle()
    assert "Only people of the team can cancel" in office.whispers(pete)[-1]
    assert office.invitations()[0]["state"] == "due"


def test_the_clock_of_answers_is_the_customers_tap(office: Office) -> None:
    channel, ts = office.ask()
    office.clock.advance(timedelta(hours=5))
    office.click(office.carla, channel, ts, "5")
    assert office.rating()["answered_at"].startswith("2026-11-18T13:00:00")


@pytest.mark.parametrize(
    "text",
    ["week by:topic", "week topic:login", "week by:channel", "week company:Acme", "week by:team", "month stage:after"],
)
def test_members_see_no_parts_from_which_one_answer_could_be_computed(office: Office, text: str) -> None:
    office.seed([5] * 12)
    said = office.command(office.anna, "/csat", text)
    if text == "week by:team":
        assert "CSAT" in said
    else:
        assert "Only the team's leads see figures by parts" in said
    assert "by parts" not in office.command(office.leo, "/csat", text)


@pytest.mark.parametrize(
    "text", ["today", "yesterday", "7d", "2026-11-01..2026-11-15", "week vs:2026-11-01..2026-11-05"]
)
def test_members_see_whole_calendar_weeks_and_longer(office: Office, text: str) -> None:
    office.seed([5] * 12)
    assert "Only the team's leads see figures by days" in office.command(office.anna, "/csat", text)
    assert "by days" not in office.command(office.leo, "/csat", text)


@pytest.mark.parametrize("text", ["drivers csat week", "words csat week", "journey csat week", "outcomes csat week"])
def test_members_see_no_views(office: Office, text: str) -> None:
    assert "Only the team's leads see figures by parts" in office.command(office.anna, "/cx", text)


@pytest.mark.parametrize("text", ["plan csat 10", "compare csat since:2026-10-05"])
def test_studies_are_for_leads(office: Office, text: str) -> None:
    assert "Only leads of the team and admins can do that" in office.command(office.anna, "/cx", text)


def test_members_see_the_value_and_no_distribution(office: Office) -> None:
    office.seed([5] * 7 + [4, 3, 2])
    said = office.command(office.anna, "/csat", "week")
    shown = str(office.slack.ephemerals(office.team_channel, office.anna)[-1]["blocks"])
    assert "80% (95% range" in said
    for hidden in ("█", "Satisfied", "Mean ", "Answers per score"):
        assert hidden not in said + shown
    explained = office.command(office.anna, "/cx", "explain csat week")
    assert "Counted here: 10 answers." in explained
    assert "Mean " in office.command(office.leo, "/csat", "week")


def test_a_running_week_moves_in_steps_of_five_answers_for_members(office: Office) -> None:
    said = []
    for number in range(16):
        office.seed([1 if number % 2 else 5], agent=f"U0AGENT{number:02}")
        office.pass_time(minutes=1)
        said.append(office.command(office.anna, "/csat", "week").splitlines()[1].replace("*", ""))
    assert (
        said[8]
        == "9 answers so far. The team sees a value from 10 answers on, in steps of 5, or when the week is over."
    )
    assert "from 5 answers" in said[9]
    assert said[10:14] == [said[9]] * 4, "one more answer tells nothing"
    assert "from 10 answers" in said[14], "five stay back, so that the whole week is about five more at least"
    assert said[15] == said[14]
    assert "from 16 answers" in office.command(office.leo, "/csat", "week")
    office.pass_time(days=7)
    assert "from 16 answers" in office.command(office.anna, "/csat", "last week")


def test_a_running_week_does_not_tell_that_a_customer_changed_the_score(office: Office) -> None:
    channel, ts = office.ask()
    better = office.slack.click_payload(office.carla, channel, ts, label="5")
    office.click(office.carla, channel, ts, "1")
    for number in range(9):
        office.pass_time(minutes=1)
        office.seed([5], agent=f"U0AGENT{number:02}")
    before = office.command(office.anna, "/csat", "week")
    assert "80%" in before
    office.pass_time(minutes=1)
    better["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(better)
    office.settle()
    assert office.command(office.anna, "/csat", "week") == before
    assert "100%" in office.command(office.leo, "/csat", "week")
    for number in range(9, 14):
        office.pass_time(minutes=1)
        office.seed([5], agent=f"U0AGENT{number:02}")
    assert "100%" in office.command(office.anna, "/csat", "week"), "the next step knows the new score"


def test_a_running_week_is_not_told_by_the_comparison(office: Office) -> None:
    office.seed([5] * 6)
    office.pass_time(days=7)
    office.seed([1] * 6)
    for text in ("last week vs:week", "last month vs:month"):
        assert "33%" not in (said := office.command(office.anna, "/csat", text)), said
        assert " 0%" not in said, said


def test_own_figures_are_told_when_the_week_is_over(office: Office) -> None:
    for number in range(24):
        office.seed([5 if number % 2 else 1], agent=office.anna if number % 2 else office.leo)
        office.clock.advance(timedelta(seconds=1))
    mine = f"agent:<@{office.anna}>"
    assert "so far" in office.command(office.anna, "/csat", f"week {mine}").splitlines()[1]
    office.pass_time(days=7)
    assert "from 12 answers" in office.command(office.anna, "/csat", f"last week {mine}").replace("*", "")


def test_own_figures_are_held_back_if_they_tell_a_colleagues_answer(office: Office) -> None:
    office.seed([5] * 6, agent=office.anna)
    office.seed([1], agent=office.leo)
    office.pass_time(days=7)
    said = office.command(office.anna, "/csat", f"last week agent:<@{office.anna}>")
    assert "would tell what fewer than 5 customers said" in said
    assert "is not over" not in said
    explained = office.command(office.anna, "/cx", f"explain csat last week agent:<@{office.anna}>")
    assert "is not over" not in explained
    assert "from 7 answers" in office.command(office.anna, "/csat", "last week by:agent")
    assert office.command(office.anna, "/csat", "last week by:agent").endswith(f"<@{office.anna}>: 6 answers")


# -- what an answer or an error tells about other teams -------------------------------------------------------------


def sales_beside(office: Office) -> str:
    """A second team with customers of its own, and its lead."""
    sam = office.slack.add_user("sam")
    channel = office.slack.add_channel("sales", members=[sam])
    office.add_team(name="Sales", channel=channel, leads=[sam])
    return sam


def test_nobody_learns_from_an_error_whom_another_team_serves(office: Office) -> None:
    sam = sales_beside(office)
    _, ts = office.thread_survey()
    key = str(office.invitations()[0]["key"])
    link = f"https://acme.slack.com/archives/{office.acme}/p{ts.replace('.', '')}"
    unknown = office.slack.add_user("nora", external=True)
    for what, nothing in (
        (f"<@{office.carla}>", f"<@{unknown}>"), (key, "0" * len(key)), (link, link[:-6] + "000000"),
    ):  # fmt: skip
        said = office.command(sam, "/cx", f"why {what}", office.slack.dm(sam))
        other = office.command(sam, "/cx", f"why {nothing}", office.slack.dm(sam))
        assert said.replace(what, "") == other.replace(nothing, "")
        assert said.startswith("Nothing is known about ")
        assert " in your teams." in said
    assert "Nobody has asked" in office.command(office.ada, "/cx", f"why <@{unknown}>")
    said, other = (
        office.command(sam, "/cx", f"attribute {what} <@{sam}>", office.slack.dm(sam)) for what in (key, "0" * len(key))
    )
    assert said.replace(key, "") == other.replace("0" * len(key), "")
    assert "was closed. Give the link" in said
    assert (
        key
        not in office.command(sam, "/cx", f"attribute {key[:-1]} <@{sam}>", office.slack.dm(sam)).partition("Near")[2]
    )


def test_a_lead_learns_no_names_of_other_teams_from_a_filter(office: Office) -> None:
    sam = sales_beside(office)
    office.database.write(lambda db: rated(db, office))
    for kind, near in (("topic", "Takeovr"), ("company", "Rival"), ("agent", "Beatrise Sample")):
        said = office.command(sam, "/nps", f'year {kind}:"{near}"', office.slack.dm(sam))
        assert "Nothing is on file under" in said
        assert "Did you mean" not in said
    for kind, value in (("topic", "Takeover"), ("customer", "carla@example.com"), ("company", "Rivals")):
        said = office.command(sam, "/nps", f"year {kind}:{value}", office.slack.dm(sam))
        assert said == office.command(sam, "/nps", f"year {kind}:{value}x", office.slack.dm(sam)).replace(
            f"{value}x", value
        )
        assert "Nothing is on file" not in office.command(office.leo, "/nps", f"year {kind}:{value}")
    assert "Takeover" in office.command(office.leo, "/nps", "year topic:Takeovr")


def rated(db: Connection, office: Office) -> None:
    """An answer of Support's with a topic, a company and an agent whom nobody else has."""
    support = teams.named(db, "Support")
    made = Invitation(
        key=invitations.new_key(), state="sending", reason="", survey=SURVEYS["nps"], team_id=support.id,
        team="Support", agent="Beatrice Sample", customer="carla@example.com", channel="", thread_ts="", trigger_ts="",
        delivery="email", topic="Takeover", touchpoint="", company="Rivals", asked_by="automatic", asked_via="hook",
        timezone="Europe/Helsinki", locale="en", closed_at=office.now(), send_at=office.now(),
    )  # fmt: skip
    invitations.keep(db, made, office.now())
    sent = endings.sent(db, made.key, "", "", office.now())
    assert sent is not None
    answers.take_score(db, sent, SURVEYS["nps"].first, 9, Action("1.0", office.now()))
