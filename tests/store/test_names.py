"""A name is one row, whatever its spelling: in filters, splits, registers, renaming, and files of earlier versions."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxbot.store.engine.connection import connect
from cxbot.store.engine.statements import insert, run
from tests.desk import AT, Desk
from tests.office import Office
from tests.store.test_migrations import lay

DIMENSIONS = ("team", "agent", "customer", "company", "channel", "topic", "touchpoint")
NAMES = ("Öljy", "Straße 5", "jo@example.com", "Σίσυφος", "Päivi Näre", "İzmir", "ﬁnance", "U0ANNA")
SPELL = (
    str, str.upper, str.casefold, str.title, lambda name: f" {name}\u00a0", lambda name: name.replace(" ", "\u00a0 "),
    lambda name: unicodedata.normalize("NFD", name), lambda name: unicodedata.normalize("NFKC", name),
    lambda name: name[:1] + "\u00ad" + name[1:],
)  # fmt: skip
spellings = st.sampled_from(SPELL)


def answers(desk: Desk, *named: dict[str, str], start: int = 0) -> None:
    """Import answers of 5, one for each dict of names."""
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", *DIMENSIONS]]
    for number, names in enumerate(named, start):
        about = {"customer": f"customer {number}", **names}
        lines.append([number, "csat", 5, "2026-11-18T10:00Z", *(about.get(name, "") for name in DIMENSIONS)])
    desk.run("import", desk.write(lines))


@pytest.mark.parametrize("dimension", DIMENSIONS)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(NAMES), first=spellings, second=spellings, asked=spellings)
def test_any_spelling_finds_the_same_answers(
    tmp_path_factory: pytest.TempPathFactory, dimension: str, name: str, first: Any, second: Any, asked: Any
) -> None:
    desk = Desk(tmp_path_factory.mktemp("names"))
    answers(desk, *({dimension: first(name)} for _ in range(3)), *({dimension: second(name)} for _ in range(3)), {})
    assert desk.report("csat", "week", f'{dimension}:"{asked(name).strip()}"')["n"] == 6
    parts = desk.report("csat", "week", f"by:{dimension}")["by"]
    largest = max(parts, key=lambda part: part["n"])
    assert (largest["n"], len(parts)) == (6, 2)


def test_the_newest_spelling_is_shown_but_a_team_keeps_the_one_it_was_given(desk: Desk) -> None:
    desk.run("team", "add", "Tuki", "--channel", "C0TEAM")
    answers(desk, {"team": "TUKI", "agent": "PÄIVI"}, {"team": "tuki", "agent": "Päivi"})
    exported = list(csv.DictReader(io.StringIO(desk.run("export", "answers"))))
    assert {(row["team"], row["agent"]) for row in exported} == {("Tuki", "Päivi")}


def test_an_import_in_another_spelling_changes_nothing_but_the_name(desk: Desk) -> None:
    answers(desk, {"team": "ÖLJY", "agent": "Anna"})
    desk.run("report", "csat", "week", "--at", AT)
    lines = [["external_id", "metric", "score", "answered_at", *DIMENSIONS],
             [0, "csat", 5, "2026-11-18T10:00Z", "Öljy", "anna", "Customer 0", "", "", "", ""]]  # fmt: skip
    assert "1 unchanged" in desk.run("import", desk.write(lines))
    assert "Öljy,anna,Customer 0" in desk.run("export", "answers")


def test_one_customer_with_two_spellings_is_one_customer(desk: Desk) -> None:
    register = [["customer", "company", "started_on"], ["Jo@Example.com", "Acme", "2026-01-01"]]
    desk.run("import", "customers", desk.write(register))
    assert "1 updated" in desk.run(
        "import", "customers", desk.write([*register[:1], ["jo@example.com", "ACME", "2026-02-01"]])
    )
    found = desk.report("churn", "2026-10", "company:acme", at="2026-11-21T12:00Z")
    assert found["n"] == 1


def test_renaming_a_team_keeps_its_history(desk: Desk) -> None:
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    answers(desk, *({"team": "Support"} for _ in range(6)))
    before = desk.report("csat", "week", "team:Support")
    desk.run("team", "set", "Support", "--name", "Öljy")
    for name in ("Öljy", "öljy", "Support"):
        after = desk.report("csat", "week", f"team:{name}")
        assert {**after, "filters": 0} == {**before, "filters": 0}, name
    answers(desk, {"team": "support"}, {"team": "ÖLJY"}, start=6)
    assert desk.report("csat", "week", "team:Öljy")["n"] == 8
    assert [part["key"] for part in desk.report("csat", "week", "by:team")["by"]] == ["team:Öljy"]


def test_a_team_that_takes_a_name_with_answers_gets_them(desk: Desk) -> None:
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    answers(desk, *({"team": team} for team in ("Support", "Care", "Care")))
    assert desk.report("csat", "week", "team:Support")["n"] == 1
    desk.run("team", "set", "Support", "--name", "Care")
    assert desk.report("csat", "week", "team:Care")["n"] == desk.report("csat", "week")["n"] == 3
    assert [part["n"] for part in desk.report("csat", "week", "by:team")["by"]] == [3]


def test_a_new_team_can_take_the_earlier_name_of_another(desk: Desk) -> None:
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    answers(desk, {"team": "Support"})
    desk.run("team", "set", "Support", "--name", "Care")
    desk.run("team", "add", "Support", "--channel", "C0OTHER")
    answers(desk, {"team": "Support"}, {"team": "support"}, start=1)
    assert (desk.report("csat", "week", "team:Care")["n"], desk.report("csat", "week", "team:Support")["n"]) == (1, 2)


def test_a_channel_with_a_new_id_keeps_its_answers(office: Office) -> None:
    office.seed([5] * 6)
    asked = [office.command(office.leo, "/csat", "week channel:C0SOURCE")]
    office.slack.send_event({"type": "channel_id_changed", "old_channel_id": "C0SOURCE", "new_channel_id": "C0NEW"})
    asked += [office.command(office.leo, "/csat", f"week channel:{name}") for name in ("C0NEW", "C0SOURCE")]
    assert all("6 answers" in said for said in asked), asked


def test_names_in_several_spellings_become_one_when_a_file_is_brought_up_to_date(desk: Desk) -> None:
    lay("0.1.0", desk.database)
    before = desk_file_with_spellings(desk)
    desk.run("migrate")
    assert desk.report("csat", "2026-W40", 'team:"öljy"')["n"] == before
    [part] = desk.report("csat", "2026-W40", "by:team")["by"]
    assert (part["key"], part["n"]) == ("team:ÖLJY", before), "the newest spelling"
    [part] = desk.report("csat", "2026-W40", "by:agent")["by"]
    assert part["n"] == before
    assert desk.report("csat", "2026-W40", "by:customer")["by"][0]["n"] == before
    assert desk.report("nps", "month", at="2026-11-18T12:00:00Z")["n"] == 61, "all else stays"
    said = desk.run("doctor", code=1)
    assert "names were on file in several spellings and are one now; their figures have changed: " in said
    assert "team ÖLJY (3)" in said
    assert "customers (1)" in said
    assert "several spellings" not in desk.run("doctor", code=1), "it is said once"


def desk_file_with_spellings(desk: Desk) -> int:
    """Put answers with three spellings of each name on a file of the first version; returns their number."""
    db = connect(desk.database)
    for number, (team, agent, customer) in enumerate(
        (
            ("Öljy", "Päivi", "jo@example.com"),
            ("öljy", "Pa\u0308ivi", "Jo@Example.com"),
            ("ÖLJY", "PÄIVI", "jo@example.com"),
        )
    ):
        at = f"2026-09-30T0{number}:00:00.000000Z"
        insert(db, "ratings", {
            "external_id": f"spelled-{number}", "metric": "csat", "survey": "csat", "score": 4,
            "asked_by": "hand-picked", "answered_at": at, "team": team, "agent": agent, "customer": customer,
        })  # fmt: skip
        insert(db, "daily_answers", {"metric": "csat", "asked_by": "hand-picked", "team": team, "day": at[:10],
                                     "score": 4, "batch": 0, "n": 1})  # fmt: skip
    run(db, "UPDATE teams SET paused = 0")
    db.close()
    return 3
