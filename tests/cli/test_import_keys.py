"""What a row of an import is known by: ids, equal rows, columns that are absent, and files that are exported again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cxbot.core.csv_files.answers import COLUMNS
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from cxbot.store.records import names
from tests.desk import Desk

AT = "2026-11-16T09:00Z"
Lines = list[list[str]]
KIOSK: Lines = [["metric", "score", "answered_at"], *(["nps", score, AT] for score in ("10", "10", "10", "0", "10"))]


def table(desk: Desk, sql: str) -> list[dict[str, object]]:
    database = Database(desk.database)
    found = rows(database.reader, sql)
    database.close()
    return found


def customers(desk: Desk) -> list[dict[str, object]]:
    """The register of customers, with names."""
    database = Database(desk.database)
    found = rows(database.reader, "SELECT * FROM customers")
    for name in ("customer", "company"):
        shown = names.of(database.reader, name, [each[name] for each in found])
        found = [{**each, name: shown[each[name]]} for each in found]
    database.close()
    return found


def test_equal_rows_without_an_id_are_as_many_answers(desk: Desk) -> None:
    assert desk.run("import", desk.write(KIOSK)) == "5 added, 0 updated, 0 unchanged.\n"
    assert desk.report("nps", "2026-W47")["scores"]["10"] == 4
    assert desk.run("import", desk.write(KIOSK)) == "0 added, 0 updated, 5 unchanged.\n"
    assert desk.noted("import", desk.write(KIOSK)) == ""


def test_the_id_of_a_row_without_one_is_that_of_earlier_versions(desk: Desk) -> None:
    desk.run("import", desk.write([["metric", "score", "answered_at"], ["csat", "5", "2026-11-16T09:00:00Z"]]))
    assert desk.answers()[0]["external_id"] == "row-7d23559cb863e9e9bd04"


def test_a_file_with_reasons_is_read_by_their_names(desk: Desk) -> None:
    desk.run("import", desk.write([["metric", "score", "answered_at", "reasons"], ["csat", "2", AT, " Tone,Speed"]]))
    assert desk.answers()[0]["reasons"] == "tone,speed"


def test_a_file_that_has_grown_adds_what_is_new(desk: Desk) -> None:
    desk.run("import", desk.write(KIOSK))
    assert desk.run("import", desk.write([*KIOSK, *KIOSK[1:3]])) == "2 added, 0 updated, 5 unchanged.\n"
    assert desk.run("import", desk.write([KIOSK[0], *KIOSK[:0:-1]])) == "0 added, 0 updated, 5 unchanged.\n"


def test_equal_rows_are_counted_across_chunks(desk: Desk) -> None:
    lines = [KIOSK[0], *([["nps", "10", AT]] * 1201)]
    assert desk.run("import", desk.write(lines)) == "1201 added, 0 updated, 0 unchanged.\n"
    assert desk.run("import", desk.write(lines)) == "0 added, 0 updated, 1201 unchanged.\n"


@pytest.mark.parametrize(
    ("column", "cell", "metric", "score"),
    [("team", "Support", "csat", "5"), ("team", "Support", "csat", ""), ("topic", "bills", "", "")],
)
def test_rows_without_an_id_that_come_with_more_columns_are_pointed_out(
    desk: Desk, column: str, cell: str, metric: str, score: str
) -> None:
    header, row = ["metric", "score", "sent_at", "answered_at", "closed_at"], [metric, score, AT, AT, AT]
    if not metric:
        row[2:4] = ["", ""]
    assert desk.noted("import", desk.write([header, row])) == ""
    assert desk.noted("import", desk.write([[*header, column], [*row, cell]])).startswith(
        "Look twice: 1 of the added rows have no external_id, and the same metric, score and moment as rows that were "
    )
    assert desk.noted("import", desk.write([[*header, "external_id"], [*row, "T1"]])) == ""


def test_one_id_with_two_contents_names_both_lines(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"], ["T1", "csat", "5", AT], ["T1", "nps", "5", AT],
             ["T1", "csat", "5", AT], ["T1", "csat", "4", AT]]  # fmt: skip
    said = desk.run("import", desk.write(lines), code=2)
    assert "Line 5, column external_id: line 2 has the same key and other content." in said
    assert said.count("Line") == 1
    assert desk.run("import", desk.write(lines), "--last-wins") == "2 added, 1 updated, 1 unchanged.\n"
    assert {each["metric"]: each["score"] for each in desk.answers()} == {"csat": "4", "nps": "5"}
    lines = [["customer", "started_on"], ["Ana", "2024-01-01"], ["Ben", "2024-01-01"], ["ANA", "2024-01-02"]]
    said = desk.run("import", "customers", desk.write(lines), code=2)
    assert "Line 4, column customer: line 2 has the same key" in said
    desk.run("import", "customers", desk.write(lines), "--last-wins")
    assert ("ANA", "2024-01-02") in [(each["customer"], each["started_on"]) for each in customers(desk)]
    lines = [["touchpoint", "stage"], ["Phone", "after"], ["phone", "before"]]
    assert "Line 3, column touchpoint: line 2" in desk.run("import", "touchpoints", desk.write(lines), code=2)


def test_columns_that_are_absent_stay_and_empty_cells_do_not(desk: Desk) -> None:
    row = {"external_id": "T1", "metric": "csat", "score": "5", "comment": "hello", "asked_by": "campaign",
           "team": "Support", "customer": "Ana", "sent_at": "2026-11-16T08:00Z", "answered_at": AT, "closed_at": AT,
           "handling_seconds": "60", "first_contact_resolution": "yes"}  # fmt: skip
    full = [list(row), list(row.values())]
    desk.run("import", desk.write(full))
    before = table(desk, "SELECT * FROM ratings ORDER BY metric")
    desk.run("import", desk.write([["external_id", "metric", "closed_at"], ["T1", "csat", AT]]))
    assert table(desk, "SELECT * FROM ratings ORDER BY metric") == before
    desk.run("import", desk.write([["external_id", "metric", "score", "answered_at"], ["T1", "csat", "4", AT]]))
    (answer,) = desk.answers()
    assert [answer[name][:17] for name in full[0]] == [
        "T1", "csat", "4", "hello", "campaign", "Support", "Ana", "2026-11-16T08:00:", "2026-11-16T09:00:",
        "2026-11-16T09:00:", "60.0", "yes",
    ]  # fmt: skip
    assert desk.report("csat", "2026-W47")["response"]["answered"] == 1
    desk.run("import", desk.write([["external_id", "metric", "answered_at", "comment"], ["T1", "csat", AT, ""]]))
    (answer,) = desk.answers()
    assert (answer["comment"], answer["score"], answer["team"]) == ("", "4", "Support")


def test_a_score_that_comes_later_answers_what_was_sent(desk: Desk) -> None:
    desk.run("import", desk.write([["external_id", "metric", "sent_at"], ["T1", "csat", "2026-11-16T08:00Z"]]))
    desk.run("import", desk.write([["external_id", "metric", "score", "closed_at"], ["T1", "csat", "5", AT]]))
    report = desk.report("csat", "2026-W47")
    assert (report["n"], report["response"]["sent"], report["response"]["answered"]) == (1, 1, 1)


def test_an_answer_needs_a_score(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "sent_at", "answered_at", "comment"],
             ["1", "csat", "", "2026-11-16T08:00Z", AT, "only words"], ["2", "csat", "5", "2026-11-16T08:00Z", AT, ""],
             ["3", "csat", "", "", AT, ""]]  # fmt: skip
    desk.run("import", desk.write(lines))
    report = desk.report("csat", "2026-W47")
    assert (report["n"], report["response"]["sent"], report["response"]["answered"]) == (1, 2, 1)
    assert desk.run("import", desk.write(lines)) == "0 added, 0 updated, 3 unchanged.\n"
    with_score = [lines[0], ["1", "csat", "4", "2026-11-16T08:00Z", AT, "only words"]]
    assert desk.run("import", desk.write(with_score)) == "0 added, 1 updated, 0 unchanged.\n"
    report = desk.report("csat", "2026-W47")
    assert (report["n"], report["response"]["answered"]) == (2, 2)


def test_absent_columns_of_customers_stay(desk: Desk) -> None:
    full = [["customer", "company", "started_on", "complaints", "money"], ["Ana", "Acme", "2024-03-01", "2", "9,5"]]
    desk.run("import", "customers", desk.write(full))
    lost = [["customer", "lost_on"], ["Ana", "2026-10-31"]]
    assert desk.run("import", "customers", desk.write(lost)) == "0 added, 1 updated, 0 unchanged.\n"
    assert customers(desk) == [
        {"customer": "Ana", "company": "Acme", "started_on": "2024-03-01", "lost_on": "2026-10-31", "complaints": 2,
         "returns": 0, "repeat_purchases": 0, "money": 9.5}
    ]  # fmt: skip
    lost += [[str(i), "2026-10-31"] for i in range(600)]
    lost[1] = ["Ana", "2024-02-29"]
    said = desk.run("import", "customers", desk.write(lost), code=2)
    assert "Line 2, column lost_on: 2024-02-29 is before the start, 2024-03-01." in said
    assert "Line 3, column started_on: every customer needs the date of the start." in said
    assert len(table(desk, "SELECT * FROM customers")) == 1


def test_absent_columns_of_touchpoints_stay(desk: Desk) -> None:
    full = [["touchpoint", "stage", "contact", "ours"], ["Reviews", "after", "indirect", "no"]]
    desk.run("import", "touchpoints", desk.write(full))
    before = table(desk, "SELECT * FROM touchpoints")
    done = desk.run("import", "touchpoints", desk.write([["touchpoint"], ["reviews"]]))
    assert done == "0 added, 0 updated, 1 unchanged.\n"
    desk.run("import", "touchpoints", desk.write([["touchpoint", "stage"], ["Reviews", "after"]]))
    assert table(desk, "SELECT * FROM touchpoints") == before
    said = desk.run(
        "import", "touchpoints", desk.write([["touchpoint", "ours"], ["Reviews", "yes"], ["Shop", "yes"]]), code=2
    )
    assert "Line 3, column stage: a new touchpoint needs a stage." in said
    assert table(desk, "SELECT * FROM touchpoints") == before


FORMULAS = ["=1+1", "+358401234567", "-2+3", "@SUM(1)", "\t=1", "\r=1", "'=1", "''=1", "'hello", "'", "plain", "1-2"]
EXPORTED = [
    "'=1+1", "'+358401234567", "'-2+3", "'@SUM(1)", "'\t=1", "'\r=1", "''=1", "'''=1", "'hello", "'", "plain", "1-2",
]  # fmt: skip


def test_no_cell_of_an_export_is_a_formula(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at", "comment", "topic"]]
    lines += [[f"'+{i:02}", "csat", "1", AT, _marked(text), _marked(text.strip())] for i, text in enumerate(FORMULAS)]
    desk.run("import", desk.write(lines))
    for command in (("export", "answers"), ("report", "csat", "2026-W47", "--rows", "--at", "2026-11-21T12:00Z")):
        listed = list(csv.reader(io.StringIO(desk.run(*command), newline="")))
        assert not [cell for row in listed for cell in row if cell[:1] in tuple("=+-@\t\r")], command
        assert [dict(zip(listed[0], row, strict=True))["comment"] for row in listed[1:]] == EXPORTED
    assert '"comment": "=1+1"' in desk.run("export", "answers", "--format", "ndjson")


NASTY = st.text(st.sampled_from("=+-@'\"\t\r\n,;aÄ 1\u00a0🎉#"), max_size=6) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)
NAMES = NASTY.map(str.strip)
ANSWERS = st.fixed_dictionaries({
    "metric": st.sampled_from(["nps", "csat", "fcr"]),
    "score": st.sampled_from(["", "1", "2"]),
    "reasons": st.sampled_from(["", "tone", "long_wait,tone"]),
    "comment": NASTY, "team": NAMES, "agent": NAMES, "customer": NAMES, "touchpoint": NAMES, "topic": NAMES,
    "asked_by": st.sampled_from(["automatic", "campaign"]),
    "sent_at": st.sampled_from(["", "2026-11-16T08:00:01.000001Z"]),
    "answered_at": st.sampled_from(["2026-11-16T09:00:00Z", "2026-11-16T08:00:01.000001Z"]),
    "handling_seconds": st.just("") | st.floats(0, 1e9).map(lambda x: f"{x:.3f}0") | st.integers(0, 10**6).map(str),
    "first_contact_resolution": st.sampled_from(["", "yes", "unsure"]),
})  # fmt: skip


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(ANSWERS, min_size=1, max_size=6), st.booleans())
def test_what_is_exported_is_imported_as_it_was(records: list[dict[str, str]], keyed: bool) -> None:
    names = list(records[0])
    lines = [["external_id", *names]]
    lines += [[f"'=T{i}" if keyed else "", *(record[name] for name in names)] for i, record in enumerate(records)]
    with TemporaryDirectory() as folder:
        first, second = Desk(Path(folder), CXBOT_DB=f"{folder}/1.db"), Desk(Path(folder), CXBOT_DB=f"{folder}/2.db")
        first.run("import", first.write([[_marked(cell) for cell in line] for line in lines]))
        exported = first.run("export", "answers")
        assert second.run("import", first.save(exported)) == f"{len(records)} added, 0 updated, 0 unchanged.\n"
        assert second.run("export", "answers") == exported
        for form in (("export", "answers", "--format", "ndjson"), ("export", "interactions")):
            assert second.run(*form) == first.run(*form)
        for metric in ("nps", "csat", "fcr"):
            assert second.report(metric, "2026-W47") == first.report(metric, "2026-W47")
        assert first.run("import", first.save(exported)) == f"0 added, 0 updated, {len(records)} unchanged.\n"
        stored = {record["comment"] for record in records}
        told = first.run("export", "answers", "--format", "ndjson").strip().split("\n")
        assert {json.loads(each)["comment"] for each in told} == stored


def _marked(cell: str) -> str:
    """A cell as an export writes it, by its own rule: the first letter after any apostrophes decides."""
    return f"'{cell}" if cell.lstrip("'")[:1] in tuple("=+-@\t\r") else cell


def test_every_column_survives_an_export(desk: Desk) -> None:
    row = dict.fromkeys(COLUMNS, "=x") | {
        "survey": "csat", "metric": "csat", "score": "5", "reasons": "speed,solved", "asked_by": "hand-picked",
        "stage": "after", "handling_seconds": "12.3450", "first_contact_resolution": "no",
        **dict.fromkeys(("sent_at", "answered_at", "opened_at", "closed_at"), "2026-11-16T09:00:00.000000Z"),
    }  # fmt: skip
    desk.run("import", desk.write([list(row), list(row.values())]))
    assert desk.answers() == [{name: "'=x" if cell == "=x" else cell for name, cell in row.items()}]
