"""Who helped can be corrected: answers count for another agent from then on, and what was before stays on file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxbot.core.queries.query import read, resolve
from cxbot.core.queries.vocabulary import ENGLISH
from cxbot.store.engine.connection import StoreError
from cxbot.store.engine.statements import rows, run
from cxbot.store.records import attributions
from cxbot.store.reports import build
from tests.desk import Desk as Terminal
from tests.office import REACTION, Office, interactions
from tests.web.test_hooks import Desk


@pytest.fixture
def terminal(office: Office) -> Terminal:
    return Terminal(office.path.parent)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as made:
        made.add_hook()
        yield made


def link(office: Office, ts: str, thread: str = "") -> str:
    tail = f"?thread_ts={thread}&cid={office.acme}" if thread else ""
    return f"https://sample.slack.com/archives/{office.acme}/p{ts.replace('.', '')}{tail}"


def attribute(office: Office, what: str, agent: str, why: str = "", user: str | None = None) -> str:
    return office.command(user or office.leo, "/cx", f"attribute {what} <@{agent}> {why}".strip())


def answered(office: Office, score: str = "2") -> str:
    """Carla has answered a survey about Anna in a thread."""
    thread, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, score)
    return thread


def values(office: Office, metric: str = "csat", period: str = "week") -> dict[str, int]:
    """The number of answers by agent, from the report."""
    query = resolve(read(f"{period} by:agent", metric, ENGLISH), office.now(), "Europe/Helsinki")
    report = build.report(office.database.reader, query, office.now())
    return {part.key.removeprefix("agent:"): part.n for part in report.segments or () if part.n}


def agents(office: Office) -> list[str]:
    return [each["agent"] for each in office.invitations()]


# -- what it does ---------------------------------------------------------------------------------------------


def test_answers_of_the_conversation_count_for_the_new_agent(office: Office) -> None:
    thread = answered(office)
    said = attribute(office, link(office, thread), office.leo, "Leo called the customer")
    assert said == (
        f"<@{office.leo}> is the agent of that conversation now (before: <@{office.anna}>). "
        "Its answers count so in every report."
    )
    assert agents(office) == [office.leo]
    assert values(office) == {office.leo: 1}
    [kept] = attributions.of_invitation(office.database.reader, office.invitations()[0]["key"])
    assert (kept.who, kept.old, kept.new, kept.why) == (office.leo, office.anna, office.leo, "Leo called the customer")


@pytest.mark.parametrize("reply", [True, False], ids=["a reply", "the first message"])
def test_the_link_of_any_message_of_the_thread_will_do(office: Office, reply: bool) -> None:
    thread = answered(office)
    last = office.slack.messages(office.acme, thread)[1]["ts"]
    attribute(office, link(office, last, thread) if reply else link(office, thread), office.leo)
    assert agents(office) == [office.leo]


def test_a_survey_that_waits_is_the_new_agents_when_it_is_sent(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    attribute(office, link(office, thread), office.leo)
    office.pass_time(minutes=10)
    ts = str(office.slack.messages(office.acme, thread)[-1]["ts"])
    office.click(office.carla, office.acme, ts, "5")
    assert values(office) == {office.leo: 1}


def test_answers_that_come_later_count_for_the_new_agent(office: Office) -> None:
    thread, ts = office.thread_survey()
    attribute(office, link(office, thread), office.leo)
    office.click(office.carla, office.acme, ts, "5")
    assert values(office) == {office.leo: 1}


def test_remembered_results_about_older_answers_follow(office: Office) -> None:
    thread = answered(office)
    office.pass_time(days=40)  # the answer can't change any more, so what is counted about it is remembered
    assert values(office, period="90d") == {office.anna: 1}
    attribute(office, link(office, thread), office.leo)
    assert values(office, period="90d") == {office.leo: 1}


def test_a_correction_can_be_corrected_and_every_one_stays(office: Office) -> None:
    thread = answered(office)
    attribute(office, link(office, thread), office.leo, "first")
    office.clock_seconds(60)
    attribute(office, link(office, thread), office.anna, "second & <last>")
    assert agents(office) == [office.anna]
    said = office.command(office.leo, "/cx", f"why {link(office, thread)}")
    first, second = (line for line in said.splitlines() if "who helped" in line)
    leo, anna = f"<@{office.leo}>", f"<@{office.anna}>"
    assert f"{leo} corrected who helped: {leo} (before: {anna}), “first”" in first
    assert f"{leo} corrected who helped: {anna} (before: {leo}), “second &amp; &lt;last&gt;”" in second
    deeds = office.command(office.ada, "/cx", "audit")
    assert deeds.count("agent corrected") == 2
    for sql in ("UPDATE attributions SET new = 999", "UPDATE attributions SET why = 'x'", "DELETE FROM attributions"):
        with pytest.raises(StoreError, match="only added to"):
            office.database.write(lambda db, sql=sql: run(db, sql))  # type: ignore[misc]


def test_the_same_again_changes_nothing(office: Office) -> None:
    thread = answered(office)
    said = attribute(office, link(office, thread), office.anna)
    assert said == f"<@{office.anna}> is the agent of that conversation already. Nothing has changed."
    assert rows(office.database.reader, "SELECT * FROM attributions") == []
    assert "agent corrected" not in office.command(office.ada, "/cx", "audit")


def test_the_leads_notice_names_the_new_agent(office: Office) -> None:
    thread = answered(office, "1")
    assert f"<@{office.anna}>" in str(office.notices()[0]["blocks"])
    attribute(office, link(office, thread), office.leo)
    assert f"helped by <@{office.leo}>" in str(office.notices()[0]["blocks"])


def test_a_conversation_at_a_helpdesk_with_its_handling_time(desk: Desk) -> None:
    desk.close_case("C-1041", agent="Anna A.", handling_seconds=420)
    desk.close_case("C-1042", "dora@customer.example", agent="Leo L.")
    said = desk.command(desk.leo, "/cx", 'attribute C-1041 "leo l." took over')
    assert said.startswith("Leo L. is the agent of that conversation now (before: Anna A.).")
    found = rows(
        desk.database.reader,
        "SELECT DISTINCT n.name FROM ratings AS r JOIN names AS n ON n.id = r.agent",
    )
    assert [each["name"] for each in found] == ["Leo L."]
    assert [each.agent for each in interactions(desk.database.reader)] == ["Leo L."] * 2
    assert "took over" in desk.why("C-1041")


def test_every_close_of_the_conversation_is_corrected_and_later_ones_are_not(desk: Desk) -> None:
    desk.close_case(agent="Anna A.")
    desk.clock.advance(timedelta(minutes=1))
    desk.tell("conversation.reopened")
    desk.clock.advance(timedelta(minutes=1))
    desk.close_case(agent="Bea B.")
    desk.command(desk.leo, "/cx", f"attribute C-1 <@{desk.leo}>")
    assert agents(desk) == [desk.leo] * 2
    desk.clock.advance(timedelta(minutes=1))
    desk.tell("conversation.reopened")
    desk.clock.advance(timedelta(minutes=1))
    desk.close_case(agent="Anna A.")
    assert sorted(agents(desk)) == ["Anna A.", desk.leo, desk.leo]


def test_a_file_that_is_imported_again_does_not_undo_it(tmp_path: Path) -> None:
    closed = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    terminal = Terminal(tmp_path, CXBOT_PUBLIC_URL="https://cx.example.com", CXBOT_SMTP_URL="smtp://127.0.0.1:2525",
                        CXBOT_MAIL_FROM="Support <us@sample.example>")  # fmt: skip
    terminal.run("team", "add", "Support", "--channel", "C0000000001", "--member", "U0BEATRICE")
    file = terminal.write([
        ["external_id", "team", "customer", "agent", "closed_at"],
        ["C-1", "Support", "carla@sample.example", "Anna", closed],
    ])  # fmt: skip
    terminal.run("import", file, "--ask")
    said = terminal.run("attribute", "C-1", "U0BEATRICE", "--why", "she did it")
    assert said.startswith("<@U0BEATRICE> is the agent of that conversation now (before: Anna).")
    again = terminal.run("import", "file.csv", "--ask")
    assert "0 added, 0 updated, 1 unchanged" in again
    exported = json.loads(terminal.run("export", "interactions", "--format", "ndjson"))
    assert exported["agent"] == "U0BEATRICE"
    [story] = json.loads(terminal.run("why", "C-1", "--json"))
    [correction] = story["corrections"]
    assert correction["who"].startswith("terminal:")
    assert (correction["old"], correction["new"], correction["why"]) == ("Anna", "U0BEATRICE", "she did it")
    assert "agent corrected" in terminal.run("audit")


def test_in_a_terminal_nobody_knows_who_is_in_a_user_group(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.change_team(members=[office.slack.add_usergroup("agents", [office.anna])])
        thread = answered(office)
        terminal = Terminal(tmp_path)
        assert "is no agent of Support" in terminal.run("attribute", link(office, thread), "Anna", code=2)
        assert "nobody" not in terminal.run("attribute", link(office, thread), office.ada)
        assert agents(office) == [office.ada]


def test_a_person_gets_the_corrections_of_their_conversations(office: Office, terminal: Terminal) -> None:
    thread = answered(office)
    attribute(office, link(office, thread), office.leo, "Leo called her")
    [kept] = json.loads(terminal.run("person", office.carla))["corrections"]
    assert (kept["new"], kept["why"]) == (office.leo, "Leo called her")


def test_corrections_go_with_the_close(office: Office) -> None:
    thread = answered(office)
    attribute(office, link(office, thread), office.leo)
    office.pass_time(days=8)
    office.pass_time(days=25 * 31)
    assert rows(office.database.reader, "SELECT * FROM invitations") == []
    assert rows(office.database.reader, "SELECT * FROM attributions") == []


# -- who may, and what is refused -----------------------------------------------------------------------------


def test_only_leads_of_the_team_may(office: Office) -> None:
    thread = answered(office)
    sales = office.slack.add_channel("sales", members=[office.anna])
    office.add_team(name="Sales", channel=sales, leads=[office.anna])
    said = attribute(office, link(office, thread), office.leo, user=office.anna)
    assert "was closed. Give the link" in said, "she learns nothing of another team's conversations"
    mia = office.slack.add_user("mia")
    office.slack.join(office.team_channel, mia)
    office.change_team(members=[office.anna, mia])
    assert "Only leads of the team and admins" in attribute(office, link(office, thread), office.leo, user=mia)
    assert agents(office) == [office.anna]
    assert "is the agent of" in attribute(office, link(office, thread), office.leo, user=office.ada)


def test_a_team_without_agents_stores_none(tmp_path: Path) -> None:
    with Office(tmp_path, agents="off") as office:
        thread = answered(office)
        assert "Support stores no agents" in attribute(office, link(office, thread), office.leo)
        assert agents(office) == [""]
        assert rows(office.database.reader, "SELECT * FROM attributions") == []


def test_who_is_no_agent_is_refused(office: Office) -> None:
    thread = answered(office)
    mona = office.slack.add_user("mona")
    for what, agent, answer in (
        (link(office, thread), f"<@{mona}>", f"`{mona}` is no agent of Support"),
        (link(office, thread), f"<@{office.carla}>", "is no agent of Support"),
        (link(office, thread), f"<@{office.slack.bot_user_id}>", "is no agent of Support"),
        (link(office, thread), "@nobody", "`@nobody` is only text to me"),
        ("C-77", f"<@{office.leo}>", "No conversation `C-77` was closed. Give the link"),
        (f"<@{office.carla}>", f"<@{office.leo}>", "No conversation"),
        ("C-77", "", "Say which conversation and who helped"),
        (link(office, thread), '"leo', "The quotation mark"),
    ):
        assert answer in office.command(office.leo, "/cx", f"attribute {what} {agent}"), (what, agent)
    assert agents(office) == [office.anna]


def test_near_names_and_ids_are_named(desk: Desk) -> None:
    desk.close_case("C-1041", agent="Beatrice Sample")
    assert "Near it: `C-1041`." in desk.command(desk.leo, "/cx", f"attribute C-1014 <@{desk.leo}>")
    assert "Near it: `Beatrice Sample`." in desk.command(desk.leo, "/cx", 'attribute C-1041 "Beatrise Sample"')


def test_one_id_at_two_places_has_to_be_told_apart(desk: Desk) -> None:
    desk.add_hook(name="other")
    for desk.hook in ("desk", "other"):
        desk.close_case("17", f"{desk.hook}@customer.example", agent="Anna A.")
    said = desk.command(desk.leo, "/cx", f"attribute 17 <@{desk.leo}>")
    assert "Say which: `desk:17`, `other:17`." in said
    desk.command(desk.leo, "/cx", f"attribute other:17 <@{desk.leo}>")
    found = [(each.source, each.agent) for each in interactions(desk.database.reader)]
    assert found == [("desk", "Anna A."), ("other", desk.leo)]


def test_the_customer_of_a_conversation_is_not_its_agent(office: Office) -> None:
    thread = answered(office)
    office.change_team(members=[office.anna, office.carla])
    assert "is the customer of that conversation" in attribute(office, link(office, thread), office.carla)


def test_why_goes_when_the_customer_is_erased(office: Office, terminal: Terminal) -> None:
    thread = answered(office)
    attribute(office, link(office, thread), office.leo, "Carla said so")
    terminal.run("erase", office.carla, "--yes")
    assert [each["why"] for each in rows(office.database.reader, "SELECT why FROM attributions")] == [""]


def test_in_finnish(office: Office) -> None:
    thread = answered(office)
    office.change_team(locale="fi")
    said = office.command(office.leo, "/cx", f"käsittelijä {link(office, thread)} <@{office.leo}> soitti asiakkaalle")
    assert said.startswith(f"Keskustelun asiakaspalvelija on nyt <@{office.leo}> (aiemmin: ")
    assert "soitti asiakkaalle" in office.command(office.leo, "/cx", f"miksi {link(office, thread)}")


# -- two agents on one conversation ---------------------------------------------------------------------------


def both(office: Office, anna: int, leo: int, *, same: bool = True) -> tuple[str, str]:
    """Anna and Leo both write in a thread and both put the reaction; returns the messages on which they did."""
    thread = office.slack.post(office.carla, office.acme, "Our export does not work.")
    for user, many in ((office.anna, anna), (office.leo, leo)):
        for _ in range(many):
            last = office.slack.post(user, office.acme, "…", thread_ts=thread)
    office.close_as(office.anna, thread)
    office.pass_time(minutes=2)
    second = thread if same else last
    office.close_as(office.leo, second)
    return thread, second


@pytest.mark.parametrize("same", [True, False], ids=["on one message", "on two"])
@pytest.mark.parametrize(("anna", "leo", "who"), [(1, 3, "leo"), (3, 1, "anna"), (2, 2, "anna")])
def test_two_agents_close_once_and_it_is_about_the_one_who_did_most(
    office: Office, anna: int, leo: int, who: str, same: bool
) -> None:
    both(office, anna, leo, same=same)
    [invitation] = office.invitations()
    assert invitation["agent"] == getattr(office, who)
    assert invitation["closed_at"].startswith("2026-11-18T08:00")
    [thread] = interactions(office.database.reader)
    assert (thread.agent, thread.closes) == (invitation["agent"], 1)
    total = anna + leo
    assert thread.agents == ((office.anna, anna / total), (office.leo, leo / total))
    office.pass_time(minutes=10)
    assert [each["state"] for each in office.invitations()] == ["sent"]
    assert "will be asked in the thread" in office.whispers(office.leo)[-1]


def test_what_a_lead_has_said_stands_whoever_else_closes(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    bea = office.slack.add_user("bea")
    office.change_team(members=[office.anna, bea])
    attribute(office, link(office, thread), bea)
    for _ in range(3):
        office.slack.post(office.leo, office.acme, "…", thread_ts=thread)
    office.close_as(office.leo, thread)
    assert agents(office) == [bea]


def test_after_the_sending_another_reaction_changes_nothing(office: Office) -> None:
    thread, _ = office.thread_survey()
    for _ in range(3):
        office.slack.post(office.leo, office.acme, "…", thread_ts=thread)
    office.close_as(office.leo, thread)
    assert agents(office)[0] == office.anna
    assert [each["state"] for each in office.invitations()] == ["sent", "refused"]


@pytest.mark.parametrize("who", ["anna", "leo"])
def test_one_of_two_takes_the_reaction_back_and_the_survey_is_the_others(office: Office, who: str) -> None:
    thread, _ = both(office, 1, 3)
    office.slack.unreact(getattr(office, who), office.acme, thread, REACTION)
    office.settle()
    [invitation] = office.invitations()
    assert (invitation["state"], invitation["agent"]) == ("due", office.leo if who == "anna" else office.anna)
    office.slack.unreact(office.leo if who == "anna" else office.anna, office.acme, thread, REACTION)
    office.settle()
    assert [each["state"] for each in office.invitations()] == ["withdrawn"]


def test_a_customer_who_takes_back_the_same_emoji_withdraws_nothing(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    office.slack.react(office.carla, office.acme, thread, REACTION)
    office.slack.unreact(office.carla, office.acme, thread, REACTION)
    office.settle()
    assert [each["state"] for each in office.invitations()] == ["due"]


def test_where_no_agents_are_stored_two_agents_close_once_too(tmp_path: Path) -> None:
    with Office(tmp_path, agents="off") as office:
        both(office, 1, 3)
        assert [(each["state"], each["agent"]) for each in office.invitations()] == [("due", "")]
        [thread] = interactions(office.database.reader)
        assert (thread.agent, thread.agents) == ("", ())
