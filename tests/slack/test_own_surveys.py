"""A company's own survey: written in a file, added beside the running bot, used like any other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cxbot.cli.surveys import EXAMPLE
from cxbot.core.queries.vocabulary import COMMANDS
from cxbot.errors import UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from cxbot.store.records import surveys, teams
from tests.desk import Desk
from tests.office import T0, Office, buttons, labels

ONE = """
name = "{name}"
title = "Doors"
employees = {employees}
[[items]]
question = "How are our doors?"
scale = "0-10"
"""


@pytest.fixture
def shop(office: Office) -> Desk:
    """A terminal beside the running office, in which the example has just been added."""
    desk = Desk(office.path.parent)
    (desk.folder / "our.toml").write_text(desk.run("survey", "example"), encoding="utf-8")
    said = desk.run("survey", "add", "our.toml")
    assert "Did your parcel come when you needed it?" in said
    assert "Tuliko paketti silloin kun tarvitsit sitä?" in said
    return desk


def doors(desk: Desk, name: str = "doors", *, employees: bool = False, code: int = 0) -> str:
    """Add a survey of one item."""
    path = desk.folder / "doors.toml"
    path.write_text(ONE.format(name=name, employees=str(employees).lower()), encoding="utf-8")
    return desk.run("survey", "add", str(path), code=code)


def tap(office: Office, channel: str, ts: str, which: str, customer: str = "") -> None:
    """A click on the button of an item's score, such as `parcel_time:4`."""
    click = office.slack.click_payload(customer or office.carla, channel, ts, action_id=f"score:{which}")
    assert office.slack.send_action(click).status == 200
    office.settle()


def newcomer(office: Office) -> str:
    """Another customer of the same company."""
    customer = office.slack.add_user(f"customer{len(office.invitations())}", external=True)
    office.slack.join(office.acme, customer)
    return customer


def asked(office: Office, time: int = 5, whole: int = 3) -> tuple[str, str]:
    """A new customer is asked with the example, and answers; gives the message."""
    customer = newcomer(office)
    channel, ts = office.ask("parcel", customer)
    tap(office, channel, ts, f"parcel_time:{time}", customer)
    tap(office, channel, ts, f"parcel_whole:{whole}", customer)
    return channel, ts


def report(shop: Desk, office: Office, *words: str) -> dict[str, Any]:
    return shop.report(*words, at=office.clock.now().isoformat())


@pytest.mark.usefixtures("shop")
def test_a_survey_added_beside_the_running_bot_is_asked_and_answered(office: Office) -> None:
    channel, ts = office.ask("parcel")
    message = office.message(channel, ts)
    assert labels(message)[:8] == ["1", "2", "3", "4", "5", "Yes", "Partly", "No"]
    assert "1 = far too late  ·  5 = just in time" in message["text"]
    assert [each["accessibility_label"] for each in buttons(message)[4:6]] == ["In time: 5 of 5", "Unharmed: Yes"]
    tap(office, channel, ts, "parcel_time:2")
    tap(office, channel, ts, "parcel_whole:3")
    assert "What could have been better?" in office.message(channel, ts)["text"]
    [notice] = office.notices()
    assert "In time: 2 of 5" in notice["text"]
    found = rows(office.database.reader, "SELECT survey, version, metric, score FROM ratings ORDER BY metric")
    assert [tuple(each.values()) for each in found] == [
        ("parcel", "parcel-1", "parcel_time", 2), ("parcel", "parcel-1", "parcel_whole", 3),
    ]  # fmt: skip


@pytest.mark.usefixtures("shop")
def test_the_form_takes_its_answers_and_a_comment(office: Office) -> None:
    channel, ts = asked(office)
    customer = office.invitations()[-1]["customer"]
    office.click(customer, channel, ts, "Comment or change")
    view = office.slack.views(customer)[-1]
    given = {"score:parcel_time": "4", "score:parcel_whole": "2", "comment": "The box was <wet>."}
    office.slack.submit(customer, view["id"], {name: {name: value} for name, value in given.items()})
    office.settle()
    assert "Was everything whole? Partly" in office.message(channel, ts)["text"]
    assert "The box was &lt;wet&gt;." in office.message(channel, ts)["text"]


def test_every_report_knows_its_names(office: Office, shop: Desk) -> None:
    for time, whole in ((5, 3), (4, 3), (5, 2), (2, 1), (5, 3)):
        asked(office, time, whole)
    told = office.command(office.leo, "/cx", "parcel week")
    assert "Parcel (how it came)" in told
    assert "• In time: 4.2" in told
    assert "Unharmed: 60%" in told
    assert "4.2 (95% range" in office.command(office.leo, "/cx", "parcel_time week by:agent")
    assert "Yes 3 · Partly 1 · No 1" in office.command(office.leo, "/cx", "parcel_whole week")
    assert "The share of “Yes” among all answers" in office.command(office.leo, "/cx", "explain parcel_whole week")
    assert "What goes together with In time" in office.command(office.leo, "/cx", "drivers parcel_time week")
    assert "The journey by Unharmed" in office.command(office.leo, "/cx", "journey parcel_whole week")
    assert "What goes together with Unharmed: outcomes" in office.command(office.leo, "/cx", "outcomes parcel_whole")
    assert "parcel" in office.command(office.leo, "/cx", "help")
    assert "Try `/cx parcel`" in office.command(office.leo, "/cx", "parcle week")
    found = report(shop, office, "parcel_whole", "week")
    assert (found["n"], found["value"], found["buckets"]) == (5, 60.0, {"Yes": 3, "Partly": 1, "No": 1})
    assert [each["metric"] for each in report(shop, office, "parcel", "week")["items"]] == [
        "parcel_time", "parcel_whole",
    ]  # fmt: skip
    assert "Try `parcel_time`" in shop.run("report", "parcel_tiem", code=2)


@pytest.mark.usefixtures("shop")
def test_a_report_is_shared_and_explained_by_its_buttons(office: Office) -> None:
    asked(office)
    reply = office.slack.command(office.leo, office.team_channel, "/cx", "parcel week")
    assert reply.body is not None
    ts = office.slack.ephemerals(office.team_channel, office.leo)[-1]["ts"]
    office.click(office.leo, office.team_channel, ts, "Share in this channel")
    assert "Parcel (how it came)" in office.slack.messages(office.team_channel)[-1]["text"]


def test_it_is_what_a_team_asks_and_its_digest_tells_of_it(office: Office, shop: Desk) -> None:
    shop.run("team", "set", "Support", "--survey", "parcel")
    _, ts = office.thread_survey()
    tap(office, office.acme, ts, "parcel_time:5")
    tap(office, office.acme, ts, "parcel_whole:3")
    for _ in range(6):
        asked(office)
    office.pass_time(days=6)
    posted = next(each for each in office.slack.messages(office.team_channel) if "week 2026-W47" in each["text"])
    assert "In time" in posted["text"]
    [details, *_] = office.slack.wait_for(lambda: office.slack.messages(office.team_channel, posted["ts"])[1:])
    assert "• Unharmed: *100%*" in str(details["blocks"])


def test_beside_another_survey_the_digest_tells_of_it_in_the_thread(office: Office, shop: Desk) -> None:
    doors(shop)
    for _ in range(6):
        customer = newcomer(office)
        channel, ts = office.ask("doors", customer)
        tap(office, channel, ts, "9", customer)
    found = json.loads(shop.run("digest", "Support", "--week", "2026-W47", "--json"))
    assert [(each["metric"], each["n"], each["value"]) for each in found["others"]] == [("doors", 6, 100.0)]


def test_the_customer_gets_the_words_in_their_language(office: Office, shop: Desk) -> None:
    office.change_team(locale="fi")
    channel, ts = office.ask("parcel")
    message = office.message(channel, ts)
    assert labels(message)[5:8] == ["Kyllä", "Osittain", "Ei"]
    tap(office, channel, ts, "parcel_time:1")
    tap(office, channel, ts, "parcel_whole:1")
    assert "Oliko kaikki ehjää? Ei" in office.message(channel, ts)["text"]
    assert "Ajallaan: 1/5" in office.notices()[-1]["text"]
    assert "Paketti (miten tuli)" in office.command(office.leo, "/cx", "parcel viikko")
    shop.run("survey", "show", "parcel", CXBOT_LOCALE="fi")


@pytest.mark.usefixtures("shop")
def test_teams_choose_it_in_the_form(office: Office) -> None:
    office.command(office.ada, "/cx", "team Support")
    view = office.slack.views(office.ada)[-1]
    office.slack.submit(office.ada, view["id"], {"survey": {"survey": "parcel"}})
    assert office.service.bot.teams()[0].survey.name == "parcel"
    office.command(office.ada, "/cx", "team Support")
    assert "Parcel (how it came)" in str(office.slack.views(office.ada)[-1])


def test_a_survey_of_one_item_is_reported_by_its_name(office: Office, shop: Desk) -> None:
    doors(shop)
    channel, ts = office.ask("doors")
    tap(office, channel, ts, "10")
    found = report(shop, office, "doors", "week")
    assert (found["metric"], found["value"]) == ("doors", 100.0)
    assert found["buckets"] == {"good": 1, "middling": 0, "poor": 0}


def test_colleagues_answers_stay_together(office: Office, shop: Desk) -> None:
    doors(shop, employees=True)
    channel, ts = office.ask("doors", office.leo)
    assert "need at least 5 people" in office.message(channel, ts)["text"]
    tap(office, channel, ts, "0", office.leo)
    assert office.notices() == []
    assert "that are over" in office.command(office.ada, "/cx", "doors week")
    office.pass_time(days=7)
    assert "too few employees for a value" in office.command(office.ada, "/cx", "doors last week")
    assert "only shown for all of them" in office.command(office.ada, "/cx", "doors last week by:agent")
    assert "Results need at least 5 people" in office.command(office.ada, "/cx", "explain doors last week")
    assert "is for colleagues" in shop.run("team", "set", "Support", "--survey", "doors", code=2)
    assert "is for colleagues" in office.command(office.anna, "/cx", f"ask <@{office.carla}> doors")


def test_answers_come_from_files_and_go_into_files(desk: Desk) -> None:
    (desk.folder / "our.toml").write_text(EXAMPLE, encoding="utf-8")
    desk.run("survey", "add", "our.toml")
    doors(desk)
    lines = [("external_id", "metric", "survey", "score", "answered_at")]
    given = [("1", "parcel_time", "", "5"), ("1", "parcel_whole", "", "1"), ("2", "", "doors", "9")]
    lines += [(*each, "2026-11-16T10:00:00Z") for each in given]
    assert "3 added" in desk.run("import", desk.write(lines))
    exported = desk.run("export", "answers")
    assert "1,parcel,parcel_time,5" in exported
    assert "2,doors,doors,9" in exported
    (desk.folder / "again.csv").write_text(exported, encoding="utf-8")
    assert "0 added, 0 updated, 3 unchanged" in desk.run("import", "again.csv")
    assert desk.report("doors", "2026-W47")["n"] == 1
    wrong = desk.write([lines[0], ("3", "parcel_whole", "", "4", "2026-11-16T10:00:00Z")])
    assert "Give a whole number from 1 to 3" in desk.run("import", wrong, code=2)


def test_a_definition_never_changes(desk: Desk) -> None:
    doors(desk)
    assert "doors was there already" in doors(desk)
    path = desk.folder / "doors.toml"
    assert desk.run("survey", "show", "doors", "--file") == path.read_text()
    assert "`nps` is not a survey of your own" in desk.run("survey", "show", "nps", "--file", code=2)
    path.write_text(path.read_text().replace("our doors", "the doors"), encoding="utf-8")
    said = desk.run("survey", "add", str(path), code=2)
    assert "There is already a survey `doors`" in said
    assert "such as `doors_2`" in said
    path.write_text("# a remark\n" + ONE.format(name="doors", employees="false"), encoding="utf-8")
    assert "doors was there already" in desk.run("survey", "add", str(path))


def test_a_retired_survey_lives_on_in_reports_and_waiting_invitations(office: Office, shop: Desk) -> None:
    asked(office)
    doors(shop)
    shop.run("team", "set", "Support", "--survey", "parcel")
    said = shop.run("survey", "retire", "parcel", code=2)
    assert "`parcel` is what “Support” asks after a conversation" in said
    office.close(office.conversation())
    shop.run("team", "set", "Support", "--survey", "csat")
    shop.run("survey", "retire", "parcel")
    office.pass_time(minutes=10)
    assert office.invitations()[-1]["state"] == "sent"
    assert "does not belong here" in office.command(office.anna, "/cx", f"ask <@{office.leo}> parcel")
    assert "is not a survey" in shop.run("team", "set", "Support", "--survey", "parcel", code=2)
    with pytest.raises(UsageError, match="is not a survey"):
        office.database.write(lambda db: teams.change(db, 1, {"survey": "parcel"}))
    office.command(office.ada, "/cx", "team Support")
    assert "Parcel" not in str(office.slack.views(office.ada)[-1])
    assert "• In time: 1 answer" in office.command(office.leo, "/cx", "parcel week")
    assert "retired" in shop.run("survey", "list")
    shop.run("survey", "add", "our.toml")
    assert "retired" not in shop.run("survey", "list")


def test_the_largest_survey_fits_wherever_it_is_shown(office: Office) -> None:
    answers = [f"{number}{'&' * 29}" for number in range(5)]
    items = [
        f'[[items]]\nname = "item_{number}"\ntitle = "{"<" * 40}"\nquestion = "{"&" * 200}"\n'
        f"answers = {answers}\ngood = {answers[:1]}"
        for number in range(9)
    ]
    desk = Desk(office.path.parent)
    (desk.folder / "large.toml").write_text("\n".join(['name = "large"', f'title = "{">" * 40}"', *items]))
    desk.run("survey", "add", "large.toml")
    channel, ts = office.ask("large")
    for number in range(9):
        tap(office, channel, ts, f"item_{number}:1")
    office.click(office.carla, channel, ts, "Comment or change")
    assert office.slack.views(office.carla)
    assert office.command(office.leo, "/cx", "large week")
    office.command(office.ada, "/cx", "team Support")
    assert office.slack.views(office.ada)


def test_a_menu_has_room_for_all_in_use(desk: Desk) -> None:
    database = Database(desk.database)
    for number in range(surveys.MOST):
        definition = ONE.format(name=f"doors_{number}", employees="false")
        database.write(lambda db, text=definition: surveys.add(db, text, (), T0))
    database.close()
    assert "There are 50 surveys of your own in use already. Retire one first" in doors(desk, code=2)
    desk.run("survey", "retire", "doors_7")
    assert "Added doors." in doors(desk)
    assert "Retire one first" in doors(desk, "doors_7", code=2)


def test_a_survey_that_comes_with_cxbot_is_found_without_a_statement() -> None:
    assert surveys.named(Connection(memory=True), "csat").name == "csat"  # there is no table


@pytest.mark.parametrize("name", [*COMMANDS, "nps", "goal", "aht", "drivers", "ohje", "viikko", "week"])
def test_no_word_that_means_something_becomes_a_name(desk: Desk, name: str) -> None:
    assert f"`{name}` already means something here" in doors(desk, name, code=2)


def test_a_name_of_another_own_survey_is_taken_too(desk: Desk) -> None:
    (desk.folder / "our.toml").write_text(EXAMPLE, encoding="utf-8")
    desk.run("survey", "add", "our.toml")
    assert "`parcel_time` already means something here" in doors(desk, "parcel_time", code=2)


def test_a_file_that_cannot_be_read_is_told_so(desk: Desk) -> None:
    assert "nowhere.toml cannot be read (No such file" in desk.run("survey", "add", "nowhere.toml", code=2)
    (desk.folder / "latin.toml").write_bytes("title = 'Tytöt'".encode("latin-1"))
    assert "latin.toml is not UTF-8 (byte 12). Save it as UTF-8." in desk.run("survey", "add", "latin.toml", code=2)
    (desk.folder / "bad.toml").write_text("name = parcel", encoding="utf-8")
    assert "The file is not valid TOML (Invalid value (at line 1" in desk.run("survey", "add", "bad.toml", code=2)
    said = desk.run("survey", "add", "bad.toml", code=2, CXBOT_LOCALE="fi")
    assert "Tiedosto ei ole kelvollista TOMLia" in said


def test_surveys_are_listed_and_shown(desk: Desk) -> None:
    doors(desk)
    assert "doors             Doors – your own" in desk.run("survey", "list")
    found = {each["name"]: each for each in json.loads(desk.run("survey", "list", "--json"))}
    assert (found["doors"]["own"], found["nps"]["own"]) == (True, False)
    assert found["promise"]["items"][0]["answers"] == {"2": "Yes", "1": "Partly", "0": "No"}
    assert "[Yes] [Partly] [No]" in desk.run("survey", "show", "promise")
    assert "`nope` is not a survey. Surveys: nps" in desk.run("survey", "show", "nope", code=2)
    assert "`nps` is not a survey of your own. Yours: doors." in desk.run("survey", "retire", "nps", code=2)


# -- reasons of its own ---------------------------------------------------------------------------------------

REASONS = """
name = "doors"
title = "Doors"
[[items]]
question = "How are our doors?"
scale = "1-5"
[reasons.low]
slow = {en = "Too <slow> & heavy", fi = "Liian hitaat"}
narrow = "Too narrow for the two of us with all of our boxes, bags, bicycles & prams"
[reasons.high]
"""


def add_doors(office: Office) -> Desk:
    desk = Desk(office.path.parent)
    (desk.folder / "doors.toml").write_text(REASONS, encoding="utf-8")
    said = desk.run("survey", "add", "doors.toml")
    assert "What could have been better? [Too <slow> & heavy] [Too narrow" in said
    assert "Missä olisi ollut parantamista?" in desk.run("survey", "show", "doors", CXBOT_LOCALE="fi")
    listed = json.loads(desk.run("survey", "list", "--json"))
    assert next(each for each in listed if each["name"] == "doors")["reasons"]["high"] == {}
    return desk


def test_its_own_reasons_are_tapped_and_named_wherever_reasons_are(office: Office) -> None:
    desk = add_doors(office)
    desk.run("team", "set", "Support", "--survey", "doors")
    channel, ts = office.ask("doors")
    office.click(office.carla, channel, ts, "2")
    assert labels(office.message(channel, ts))[0] == "Too <slow> & heavy"
    assert labels(office.message(channel, ts))[1].startswith("Too narrow")
    office.click(office.carla, channel, ts, "Too <slow> & heavy")
    assert labels(office.message(channel, ts))[0] == "✓ Too <slow> & heavy"
    narrow = office.slack.click_payload(office.carla, channel, ts, action_id="reason:narrow")
    office.slack.send_action(narrow)
    office.settle()
    assert office.rating()["reasons"] == "slow,narrow"
    assert "Too &lt;slow&gt; &amp; heavy, Too narrow" in office.notices()[-1]["text"]
    for score in (1, 5) * 5:
        customer = newcomer(office)
        channel, ts = office.ask("doors", customer)
        tap(office, channel, ts, str(score), customer)
        if score == 1:
            office.click(customer, channel, ts, "Too <slow> & heavy")
    told = office.command(office.leo, "/cx", "drivers doors week")
    assert "• Too &lt;slow&gt; &amp; heavy: drag" in told
    office.pass_time(days=6)
    [posted, *_] = [each for each in office.slack.messages(office.team_channel) if "week 2026-W47" in each["text"]]
    assert "Reasons: Too &lt;slow&gt; &amp; heavy 6 · Too narrow" in posted["text"]
    assert "slow,narrow" in desk.run("report", "doors", "2026-W47", "--rows", "--at", office.clock.now().isoformat())


def test_a_group_without_reasons_shows_none(office: Office) -> None:
    add_doors(office)
    channel, ts = office.ask("doors")
    office.click(office.carla, channel, ts, "5")
    assert labels(office.message(channel, ts)) == ["Comment or change", "Please contact me"]
    office.slack.click(office.carla, channel, ts, label="Comment or change")
    view = office.slack.views(office.carla)[-1]
    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == ["score", "comment"]
