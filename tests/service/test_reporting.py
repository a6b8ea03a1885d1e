"""Every measure as a word after `/cx`, how it is counted, and its answers as a file, through signed requests."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from cxbot.store.records import imports
from cxbot.store.reports import churn_facts
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
             [f"k{i},2025-01-01,{'2026-10-10' if i < 2 else ''}" for i in range(20)], churn_facts)  # fmt: skip
    assert said in office.command(office.leo, "/cx", words)


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
