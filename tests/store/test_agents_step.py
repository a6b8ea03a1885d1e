"""Agents are ids: a file in which conversations hold their names comes over, and one of them can be forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cxbot.core.names import key
from cxbot.store.engine.connection import Connection, connect, sqlite3
from cxbot.store.engine.database import Database
from cxbot.store.engine.migrations import migrations
from cxbot.store.engine.statements import insert, rows
from cxbot.store.files import exports
from cxbot.store.records import attributions, invitations, names
from tests.desk import Desk
from tests.office import REACTION, Office, interactions
from tests.store.test_migrations import SHIPPED, lay

STEP = "m015_agents"
SLACK, ANNA, LEO = "U0SAMPLE01", "Anna Näre", "Leo L."
CARLA = "carla@sample.example"
OLD, NEW = "20261116T090000", "20261117T090000"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a file as it was before, in which an answer's agent and those of conversations are spelled in several
    ways."""
    made = Desk(tmp_path)
    db = connect(made.database)
    migrations.apply(db, stop_before=STEP)
    for number, (kind, name) in enumerate((("agent", "anna näre"), ("customer", CARLA)), 1):
        insert(db, "names", {"id": number, "kind": kind, "name": name, "sample": 0})
        insert(db, "name_keys", {"kind": kind, "key": name, "name_id": number})
    insert(db, "ratings", {
        "external_id": "one", "metric": "csat", "score": 5, "asked_by": 1, "sent_at": OLD, "answered_at": OLD,
        "agent": 1, "customer": 2,
    })  # fmt: skip
    insert(db, "daily_answers", {
        "metric": "csat", "asked_by": 1, "team": 0, "day": OLD[:8], "score": 5, "batch": 0, "n": 1,
    })  # fmt: skip
    insert(db, "hooks", {"name": "desk", "kind": "generic", "team_id": 1, "secrets": "[]", "added_at": OLD})
    told(db, "C-1", ANNA, [(ANNA, 0.5), (LEO, 0.25), ("ANNA\u00a0 NÄRE", 0.25)])
    told(db, "C-2", SLACK, [(SLACK, 1.0)])
    told(db, "C-3", "", [])
    invited(db, "one", "ANNA  NÄRE", OLD, interaction=1)
    invited(db, "two", SLACK, NEW, interaction=2)
    invited(db, "three", SLACK.lower(), OLD)
    invited(db, "four", "", OLD)
    insert(db, "attributions", {
        "at": NEW, "who": "U0LEAD0001", "invitation": "one", "old": "Bea", "new": ANNA, "why": "she called",
    })  # fmt: skip
    db.close()
    return made


def told(db: Connection, case: str, agent: str, agents: list[tuple[str, float]]) -> None:
    insert(db, "interactions", {
        "source": "desk", "source_id": case, "team_id": 1, "state": "closed", "closes": 1, "closed_at": OLD,
        "changed_at": OLD, "customer": 2, "address": CARLA, "agent": agent, "agents": json.dumps(agents),
    })  # fmt: skip


def invited(db: Connection, name: str, agent: str, at: str, interaction: int = 0) -> None:
    insert(db, "invitations", {
        "key": name, "state": "sent", "survey": "csat", "team_id": 1, "agent": agent, "customer": 2, "address": CARLA,
        "channel": "", "delivery": "email", "asked_by": "automatic", "asked_via": "hook", "timezone": "UTC",
        "locale": "en", "closed_at": at, "send_at": at, "sent_at": at, "interaction": interaction,
    })  # fmt: skip


def exported(desk: Desk) -> dict[str, str]:
    """The agents of all closes, by their ids in the exported ledger."""
    lines = map(json.loads, desk.run("export", "ledger", "--format", "ndjson").splitlines())
    return {line["id"]: line["agent"] for line in lines}


def table(desk: Desk, sql: str) -> list[tuple[Any, ...]]:
    database = Database(desk.database)
    found = [tuple(each.values()) for each in rows(database.reader, sql)]
    database.close()
    return found


def held(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run("person", CARLA))
    return found


def test_several_spellings_become_one_agent_that_answers_have_already(desk: Desk) -> None:
    desk.run("migrate")
    assert exported(desk) == {"C-1": "anna näre", "C-2": SLACK, "three": SLACK, "four": ""}
    assert table(desk, "SELECT DISTINCT i.agent FROM invitations AS i JOIN ratings AS r ON r.external_id = i.key") == [
        (1,)
    ]
    assert table(desk, "SELECT name, spellings FROM names WHERE kind = 'agent' ORDER BY name") == [
        ("Bea", 1), (LEO, 1), (SLACK, 2), ("anna näre", 3),
    ]  # fmt: skip
    assert table(desk, "PRAGMA foreign_key_check") == []
    assert "agent anna näre (3)" in desk.run("doctor", code=1)


def test_everything_tells_the_same_agents_as_before(desk: Desk) -> None:
    found = held(desk)
    assert [each["agent"] for each in found["interactions"]] == ["anna näre", SLACK, ""]
    shares = [json.loads(each["agents"]) for each in found["interactions"]]
    assert shares == [[["anna näre", 0.75], [LEO, 0.25]], [[SLACK, 1.0]], []]
    assert {each["key"]: each["agent"] for each in found["invitations"]} == {
        "one": "anna näre", "two": SLACK, "three": SLACK, "four": "",
    }  # fmt: skip
    [correction] = found["corrections"]
    assert correction == {
        "id": 1, "at": NEW, "who": "U0LEAD0001", "invitation": "one", "old": "Bea", "new": "anna näre",
        "why": "she called",
    }  # fmt: skip
    assert "anna näre (before: Bea), “she called”" in desk.run("why", "C-1")
    [story] = json.loads(desk.run("why", "C-1", "--json"))
    assert [(each["old"], each["new"]) for each in story["corrections"]] == [("Bea", "anna näre")]
    [part] = desk.report("csat", "month", "by:agent")["by"]
    assert (part["key"], part["n"]) == ("agent:anna näre", 1)


@pytest.mark.parametrize("version", SHIPPED)
def test_the_surveys_of_a_shipped_file_are_about_the_same_agents(desk: Desk, version: str) -> None:
    desk.database.unlink()
    lay(version, desk.database)
    raw = sqlite3.connect(desk.database)
    before = dict(raw.execute("SELECT key, agent FROM invitations").fetchall())
    raw.close()
    database = Database(desk.database)
    after = {each: invitations.by_key(database.reader, each) for each in before}
    ledger = {each["id"]: each["agent"] for each in exports.ledger(database.reader)}
    database.close()
    assert any(before.values())
    assert {each: found.agent for each, found in after.items() if found} == before == ledger


def test_a_file_comes_over_wholly_or_not_at_all(desk: Desk) -> None:
    db = connect(desk.database)
    db.execute("CREATE INDEX invitations_agent ON invitations (agent, key)")  # in the way
    db.close()
    raw = sqlite3.connect(desk.database)
    everything = "SELECT key, agent FROM invitations UNION SELECT source_id, agents FROM interactions"
    before = raw.execute(everything).fetchall()
    with pytest.raises(Exception, match="agent"):
        Database(desk.database)
    assert raw.execute(everything).fetchall() == before
    assert raw.execute("SELECT COUNT(*) FROM names WHERE kind = 'agent'").fetchone() == (1,)
    raw.close()


def test_an_agent_under_another_name_is_one_from_then_on(desk: Desk) -> None:
    database = Database(desk.database)
    leo = names.find(database.reader, "agent", LEO)
    database.write(lambda db: names.rename(db, leo, ANNA))
    database.close()
    assert exported(desk) == {"C-1": ANNA, "C-2": SLACK, "three": SLACK, "four": ""}
    found = held(desk)
    assert json.loads(found["interactions"][0]["agents"]) == [[ANNA, 1.0]]
    assert found["corrections"][0]["new"] == ANNA
    assert [part["key"] for part in desk.report("csat", "month", "by:agent")["by"]] == [f"agent:{ANNA}"]
    assert table(desk, "SELECT agent FROM ratings") == [(leo,)]


@pytest.mark.parametrize("who", [ANNA, "anna\u00a0NÄRE "])
def test_a_forgotten_agent_is_nobody_everywhere(desk: Desk, who: str) -> None:
    desk.run("migrate")
    desk.run("erase", who, "--yes")
    assert exported(desk) == {"C-1": "", "C-2": SLACK, "three": SLACK, "four": ""}
    found = held(desk)
    assert json.loads(found["interactions"][0]["agents"]) == [[LEO, 0.25]]
    assert (found["corrections"][0]["old"], found["corrections"][0]["new"]) == ("Bea", "")
    assert (desk.report("csat", "month")["n"], table(desk, "SELECT agent FROM ratings")) == (1, [(0,)])
    content = desk.database.read_bytes()
    assert [each for each in (ANNA, key(ANNA), "ANNA  NÄRE") if each.encode() in content] == []
    assert key(ANNA) not in desk.run("audit").casefold()


def test_a_restored_copy_does_not_bring_an_agent_back(desk: Desk) -> None:
    desk.run("migrate")
    desk.run("backup", "copy.db")
    desk.run("erase", ANNA.upper(), "--yes")
    for each in ("cxbot.db", "cxbot.db-wal", "cxbot.db-shm"):
        (desk.folder / each).unlink(missing_ok=True)
    desk.run("restore", "copy.db")
    assert exported(desk)["C-1"] == ""


def test_an_agent_in_slack_is_forgotten(office: Office) -> None:
    _, survey = office.thread_survey()
    office.click(office.carla, office.acme, survey, "2")
    assert [each["agent"] for each in office.invitations()] == [office.anna]
    Desk(office.path.parent).run("erase", office.anna, "--yes")
    assert [each["agent"] for each in office.invitations()] == [""]
    assert [(each.agent, each.agents) for each in interactions(office.database.reader)] == [("", ())]
    assert office.rating()["agent"] == 0


def test_that_they_took_a_close_back_is_nobodys_deed_either(office: Office) -> None:
    thread = office.slack.post(office.carla, office.acme, "Our export does not work.")
    office.close(thread)
    office.slack.unreact(office.anna, office.acme, thread, REACTION)
    office.settle()
    assert [each["reason"] for each in office.invitations()] == [f"reaction removed by {office.anna}"]
    Desk(office.path.parent).run("erase", office.anna, "--yes")
    assert [each["reason"] for each in office.invitations()] == ["reaction removed"]
    history = rows(office.database.reader, "SELECT reason FROM ledger")
    assert not [each for each in history if office.anna in each["reason"]]


def test_an_agents_slack_id_stays_as_slack_writes_it(office: Office) -> None:
    office.thread_survey()
    Desk(office.path.parent).run("import", str(_answers(office.path.parent, office.anna.lower())))
    assert [each["agent"] for each in office.invitations()] == [office.anna], "notes are sent to it"


def _answers(folder: Path, agent: str) -> Path:
    path = folder / "answers.csv"
    path.write_text(f"external_id,metric,score,answered_at,agent\n1,csat,5,2026-11-17T10:00Z,{agent}\n", "utf-8")
    return path


def test_a_correction_of_a_known_agent_stays(desk: Desk) -> None:
    database = Database(desk.database)
    with pytest.raises(Exception, match="only added to"):
        database.write(lambda db: db.execute("UPDATE attributions SET old = 1"))
    assert [each.old for each in attributions.of_invitation(database.reader, "one")] == ["Bea"]
    database.close()
