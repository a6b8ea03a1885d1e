"""Every measure as a word after `/cx`, how it is counted, and its answers as a file, through signed requests."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from cxbot.store.files import customers, imports
from tests.desk import source_of
from tests.office import Office


def bring_in(office: Office, header: str, lines: list[str], what: Any = imports) -> None:
    """Import rows beside the running bot."""
    path = office.database.path.with_name("rows.csv")
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    what.import_file(office.database, source_of(path), office.clock.now())


def shared(office: Office) -> list[str]:
    """The contents of the files that were shared."""
    files = office.slack.workspace.world.files
    return [files[each["id"]].content.decode() for each in office.slack.files()]


def interactions(office: Office, n: int = 12) -> None:
    begun = office.clock.now() - timedelta(days=8)
    bring_in(
        office,
        "external_id,closed_at,team,agent,customer,topic,handling_seconds,first_contact_resolution",
        [
            f"i{i},{(begun + timedelta(minutes=i)).isoformat()},Support,{office.anna},c{i},login,{60 + 10 * i},"
            f"{'yes' if i % 3 else 'no'}"
            for i in range(n)
        ],
    )


def test_answers_without_surveys_of_their_own_are_not_told_that_none_were_sent(office: Office) -> None:
    interactions(office)
    said = office.command(office.leo, "/cx", "fcr last week")
    assert "No response rate: it is not on file how many people were asked this." in said
    assert "No surveys were sent" not in said
    assert "No surveys were sent in this period." in office.command(office.leo, "/nps", "last week")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("aht last week", "on average, 12 interactions"),
        ("fcr last week", "First-contact resolution"),
        ("churn last month", "of 20 customers at the start"),
        ("drivers csat last week", "What goes together with CSAT"),
        ("enps", "eNPS"),
        ("ces1 last week", "CES 1.0"),
        ("explain aht last week", "all seconds of handling / interactions handled"),
        ("explain fcr last week", "Counted here: 100 · 8 / 12"),
        ("explain drivers", "Drag = share of the answers"),
        ("explain", "Say what to explain"),
        ("explain weather", "There is no report on `weather`"),
    ],
)
def test_every_measure_is_a_word(office: Office, words: str, said: str) -> None:
    interactions(office)
    bring_in(office, "customer,started_on,lost_on",
             [f"k{i},2025-01-01,{'2026-10-10' if i < 2 else ''}" for i in range(20)], customers)  # fmt: skip
    assert said in office.command(office.leo, "/cx", words)


def test_churn_by_parts_is_for_admins_and_says_so(office: Office) -> None:
    lines = [f"k{i},2025-01-01,{'2026-10-10' if i < 2 else ''},Sample Shop" for i in range(20)]
    bring_in(office, "customer,started_on,lost_on,company", lines, customers)
    assert "Sample Shop" in office.command(office.ada, "/cx", "churn last month by:company")
    for user in (office.leo, office.anna):
        assert "only admins" in office.command(user, "/cx", "churn last month by:company")


def test_handling_time_is_never_shown_without_the_reopen_rate(office: Office) -> None:
    interactions(office)
    for words in ("aht last week", "aht last week by:agent", "aht yesterday", "explain aht last week"):
        assert "eopen rate" in office.command(office.leo, "/cx", words)


def test_leads_get_the_answers_as_a_file_without_names(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    said = office.command(office.leo, "/cx", "explain csat week")
    assert "CSAT = share of answers 4 and 5" in said
    office.settle()
    assert [each["title"] for each in office.slack.files()] == ["/cx csat week"]
    [row] = csv.DictReader(io.StringIO(shared(office)[0]))
    assert (row["score"], row["team"], row["agent"], row["customer"]) == ("5", "Support", office.anna, "")


def test_who_asked_for_contact_is_named_in_the_file(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    office.click(office.carla, channel, ts, "Please contact me")
    office.command(office.leo, "/cx", "explain csat")
    office.settle()
    [row] = csv.DictReader(io.StringIO(shared(office)[0]))
    assert row["customer"] == office.carla


def test_members_get_the_explanation_and_no_file(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    assert "CSAT = share of answers 4 and 5" in office.command(office.anna, "/cx", "explain csat week")
    office.settle()
    assert office.slack.files() == []


def test_a_lead_plans_compares_and_reads_words(office: Office) -> None:
    office.seed([5] * 40, comment="quick and friendly")
    assert "To see CSAT change by 10 points takes 38 answers" in office.command(office.leo, "/cx", "plan csat 10")
    assert "plan nps 10" in office.command(office.leo, "/cx", "plan csat")
    day = (office.now() - timedelta(days=3)).date().isoformat()
    compared = office.command(office.leo, "/cx", f'compare csat since:{day} "new phones"')
    assert "CSAT before and after" in compared
    assert "new phones" in compared
    assert "No comparison: it takes 10 answers on each side." in compared
    words = office.command(office.leo, "/cx", "words csat week")
    assert "40 answers have comments." in words
    assert "No word stands out" in words


def test_nobody_compares_with_a_team_that_is_not_theirs(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel)
    said = office.command(office.leo, "/cx", "compare csat since:2026-10-05 against:Sales")
    assert "You can ask about your own team" in said


def agents(office: Office) -> None:
    """Three agents with enough answers for a picture; the last one is far below the others."""
    at = (office.now() - timedelta(hours=2)).isoformat()
    scores = {office.anna: [5] * 20, office.leo: [5] * 19 + [1], office.ada: [1] * 20}
    lines = [
        f"{who}{n},csat,{score},{at},Support,{who}" for who, given in scores.items() for n, score in enumerate(given)
    ]
    bring_in(office, "external_id,metric,score,answered_at,team,agent", lines)


def test_a_lead_gets_the_agents_as_a_picture(office: Office) -> None:
    agents(office)
    office.command(office.leo, "/csat", "week by:agent")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "Show as a picture")
    assert "direct message" in office.whispers(office.leo, office.team_channel)[-1]
    [file] = office.slack.files()
    assert (file["mimetype"], file["title"]) == ("image/png", "/cx csat week by:agent")
    assert file["alt_txt"].startswith("3 agents by number of answers and value. Who stands out: ")
    assert office.ada not in file["alt_txt"], "people are named as people know them"
    name = office.slack.workspace.world.users[office.ada].name
    assert name in file["alt_txt"].lower()


def test_an_agent_gets_no_picture_of_colleagues(office: Office) -> None:
    agents(office)
    office.command(office.leo, "/csat", "week by:agent")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    payload = office.slack.click_payload(office.leo, office.team_channel, shown["ts"], label="Show as a picture")
    payload["user"]["id"] = office.anna
    office.slack.send_action(payload)
    office.settle()
    assert office.slack.files() == []
    office.command(office.anna, "/csat", "week by:agent")
    mine = office.slack.ephemerals(office.team_channel, office.anna)[-1]
    assert "Show as a picture" not in str(mine["blocks"])


def test_a_long_list_ends_after_twelve_and_a_button_shows_the_rest(office: Office) -> None:
    begun = office.clock.now() - timedelta(days=8)
    lines = [f"t{i},csat,{1 + i % 5},{begun.isoformat()},Support,topic {i:02}" for i in range(40)]
    bring_in(office, "external_id,metric,score,answered_at,team,topic", lines)
    said = office.command(office.leo, "/csat", "last week by:topic")
    assert said.count("• ") == 12
    assert "\n… and 28 more" in said
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "Show all")
    everything = office.whispers(office.leo, office.team_channel)[-1]
    assert all(f"topic {i:02}:" in everything for i in range(40))
    office.command(office.leo, "/csat", "last week")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    assert "Show all" not in str(shown["blocks"])


@pytest.mark.parametrize(("word", "column"), [("drivers", "topic"), ("journey", "touchpoint")])
def test_long_views_end_after_twelve_too(office: Office, word: str, column: str) -> None:
    begun = office.clock.now() - timedelta(days=8)
    lines = [f"t{i},csat,{1 + i % 5},{begun.isoformat()},Support,thing {i % 20:02}" for i in range(200)]
    bring_in(office, f"external_id,metric,score,answered_at,team,{column}", lines)
    said = office.command(office.leo, "/cx", f"{word} csat last week")
    assert (said.count("• "), "\n… and 8 more" in said) == (12, True)
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "Show all")
    everything = office.whispers(office.leo, office.team_channel)[-1]
    assert all(f"thing {i:02}" in everything for i in range(20))
