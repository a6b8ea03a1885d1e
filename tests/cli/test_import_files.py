"""Files as people have them: encodings, separators, headers, empty rows, workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from tests.desk import Desk

HEADER = ["external_id", "metric", "score", "answered_at", "comment"]
ROW = ["1", "csat", "5", "2026-11-16T09:00+02:00", "Kiitos, hyvä – 10 €"]
ONE = "1 added, 0 updated, 0 unchanged.\n"


def text(separator: str = ",", end: str = "\n") -> str:
    """A header and an answer; cells with the separator are quoted."""
    lines = ([f'"{cell}"' if separator in cell else cell for cell in row] for row in (HEADER, ROW))
    return "".join(separator.join(line) + end for line in lines)


def workbook(desk: Desk, rows: Sequence[Sequence[Any]], name: str = "file.xlsx", **sheets: Sequence[Any]) -> str:
    """A workbook whose first sheet has these rows. A text #N/A is an error, as Excel writes it."""
    book = Workbook()
    for title, cells in {"Answers": rows, **sheets}.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.value == "#N/A":
                cell.data_type = "e"
    del book["Sheet"]
    book.save(desk.folder / name)
    return name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends_are_taken_as_they_are(
    desk: Desk, encoding: str, separator: str, end: str
) -> None:
    desk.save(text(separator, end).encode(encoding))
    assert desk.run("import", "file.csv") == ONE
    (answer,) = desk.answers()
    assert (answer["comment"], answer["answered_at"]) == (ROW[4], "2026-11-16T07:00:00.000000Z")


def test_utf_16_of_either_order_with_its_mark(desk: Desk) -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        desk.save(mark + text().encode(encoding))
        assert "1 un" in desk.run("import", "file.csv") or desk.answers()[0]["comment"] == ROW[4]


def test_a_guessed_encoding_is_said(desk: Desk) -> None:
    desk.save(text().encode("cp1252"))
    assert desk.noted("import", "file.csv") == (
        "file.csv is not UTF-8, so it was read as Windows-1252. Look whether its accents are right."
    )
    desk.save(text())
    assert desk.noted("import", "file.csv") == ""


def test_bytes_that_are_no_text_are_refused(desk: Desk) -> None:
    desk.save(b"comment,sent_at\nhyv" + b"\x81\n")
    assert "is not text in UTF-8, UTF-16 or Windows-1252" in desk.run("import", "file.csv", code=2)
    desk.save("external_id,sent_at,comment\n1,2026-11-16T09:00Z,a\n2,2026-11-16T09:00Z,b\0c\n")
    assert "Line 3 holds a NUL character" in desk.run("import", "file.csv", code=2)
    desk.save("\ufeffé".encode("utf-16")[:-1])
    assert "is not text" in desk.run("import", "file.csv", code=2)


def test_the_first_line_may_name_the_separator(desk: Desk) -> None:
    for named in ("sep=;", '"sep=;"', "SEP=;"):
        desk.save(f"{named}\r\n" + text(";", "\r\n"))
        desk.run("import", "file.csv")
        assert desk.answers()[0]["comment"] == ROW[4]
    desk.save("sep=;\n" + text(";").replace("csat", "stars"))
    assert "Line 3, column metric" in desk.run("import", "file.csv", code=2)


def test_other_separators_inside_quotes_are_text(desk: Desk) -> None:
    desk.save('external_id,metric,score,answered_at,comment\n1,csat,5,2026-11-16T09:00Z,"a;b;c;d;e;f;g;h"\n')
    desk.run("import", "file.csv")
    assert desk.answers()[0]["comment"] == "a;b;c;d;e;f;g;h"


def test_headers_are_known_in_any_spelling(desk: Desk) -> None:
    desk.save("\ufeff\ufeffExternal ID, Metric,\u00a0Score\u00a0,ANSWERED_AT,\n1,csat,5,2026-11-16T09:00Z,\n")
    assert desk.run("import", "file.csv") == ONE
    desk.save("metric,Score,score ,answered_at\n")
    assert "Line 1, column score: this column is there twice." in desk.run("import", "file.csv", code=2)


def test_all_that_is_wrong_with_a_header_is_said_at_once(desk: Desk) -> None:
    desk.save("Response ID,Survey Type,Score,Comment,score\n")
    assert desk.run("import", "file.csv", code=2).strip().splitlines() == [
        "cxbot: Line 1: these columns are unknown: Response ID, Survey Type. Known columns: external_id, survey, "
        "metric, score, reasons, comment, asked_by, sent_at, answered_at, team, agent, customer, company, touchpoint, "
        "stage, channel, topic, opened_at, closed_at, handling_seconds, first_contact_resolution.",
        "Line 1, column score: this column is there twice.",
        "Line 1: the file needs a column sent_at, answered_at or closed_at.",
        "Nothing was imported.",
        "If another tool wrote the file: `cxbot import --guess FILE > map.toml` drafts a mapping.",
    ]


@pytest.mark.parametrize("empty", ["", ",,,", " , ,\t,", "\u00a0,,,", '"","","",""'])
def test_empty_rows_are_left_out_and_lines_are_counted_with_them(desk: Desk, empty: str) -> None:
    row = "1,csat,5,2026-11-16T09:00Z"
    desk.save(f"{empty}\nexternal_id,metric,score,answered_at\n{empty}\n{row}\n{empty}\n{empty}\n")
    assert desk.run("import", "file.csv") == ONE
    desk.save(f"{empty}\nexternal_id,metric,score,answered_at\n{empty}\n{row}\n{empty}\n2,csat,6,2026-11-16T09:00Z\n")
    assert "Line 6, column score" in desk.run("import", "file.csv", code=2)


def test_separators_at_the_end_of_rows_are_nothing(desk: Desk) -> None:
    desk.save("external_id,metric,score,answered_at,,\n1,csat,5,2026-11-16T09:00Z,,\n")
    assert desk.run("import", "file.csv") == ONE
    desk.save("external_id,metric,score,answered_at\n1,csat,5,2026-11-16T09:00Z,,\n")
    assert "1 unchanged" in desk.run("import", "file.csv")
    desk.save("external_id,metric,score,answered_at,\n1,csat,5,2026-11-16T09:00Z,oh\n")
    assert "Line 2: “oh” is in a column without a name" in desk.run("import", "file.csv", code=2)
    for cells in ("1,csat,5,2026-11-16T09:00Z,oh", "1,csat,5"):
        desk.save(f"external_id,metric,score,answered_at\n{cells}\n")
        assert "columns instead of the header's 4" in desk.run("import", "file.csv", code=2)


def test_a_file_without_rows(desk: Desk) -> None:
    for content in ("", "\n\n", ",,\n", "\ufeff"):
        desk.save(content)
        assert "The file is empty. Its first line has to name the columns." in desk.run("import", "file.csv", code=2)
    desk.save("metric,score,answered_at\n")
    assert desk.run("import", "file.csv") == "0 added, 0 updated, 0 unchanged.\n"


def test_a_quotation_mark_that_is_not_closed_is_named_where_it_opens(desk: Desk) -> None:
    desk.save('external_id,sent_at,comment\n1,2026-11-16T09:00Z,"two\nlines"\n2,2026-11-16T09:00Z,"open\n3,x,y\n')
    assert "Line 4: the file is not valid CSV: a quotation mark is missing" in desk.run("import", "file.csv", code=2)


def test_a_workbook_is_taken_as_it_is(desk: Desk) -> None:
    rows = [
        ["External ID", "metric", "score", "answered_at", "handling_seconds", "comment", "closed_at"],
        [1041, "csat", 5.0, datetime.fromisoformat("2026-11-16T09:12:33"), 1.234, "Fine", None],
        [],
        ["T2", "csat", 4, date(2026, 11, 16), timedelta(minutes=7), None, "2026-11-16T08:00Z"],
        [None, "csat", 3, "2026-11-16T09:00Z", time(0, 7), True],
    ]
    assert (
        desk.run("import", workbook(desk, rows), "--timezone", "Europe/Helsinki")
        == "3 added, 0 updated, 0 unchanged.\n"
    )
    found = {answer["score"]: answer for answer in desk.answers()}
    assert [found[s]["answered_at"][:19] for s in "543"] == [
        "2026-11-16T07:12:33", "2026-11-15T22:00:00", "2026-11-16T09:00:00",
    ]  # fmt: skip
    assert [found[s]["handling_seconds"] for s in "543"] == ["1.2340", "420.0", "420.0"]
    assert (found["5"]["external_id"], found["4"]["external_id"], found["3"]["comment"]) == ("1041", "T2", "TRUE")


def test_what_is_wrong_in_a_workbook_is_named_by_row_and_column(desk: Desk) -> None:
    rows = [
        HEADER,
        [],
        [1, "csat", "#N/A", datetime.fromisoformat("2026-11-16T09:12"), "#N/A"],
        [2, "csat", 5.5, "x", "fine"],
    ]
    said = desk.run("import", workbook(desk, rows), code=2)
    assert "Line 3, column score: the cell holds the error #N/A" in said
    assert "Line 3, column answered_at: “2026-11-16T09:12:00” has no time zone" in said
    assert "Line 3, column comment: the cell holds the error #N/A" in said
    assert "Line 4, column score: “5.5” is not a whole number" in said
    assert desk.answers() == []


def test_a_workbooks_sheet_is_the_first_or_the_one_named(desk: Desk) -> None:
    other = [HEADER, ["x", *ROW[1:]]]
    file = workbook(desk, [HEADER, ROW], Other=other)
    desk.run("import", file)
    desk.run("import", file, "--sheet", "other")
    assert {answer["external_id"] for answer in desk.answers()} == {"1", "x"}
    assert "no sheet “Third”. Its sheets: “Answers”, “Other”." in desk.run("import", file, "--sheet", "Third", code=2)
    desk.save(text())
    assert "is not a workbook, so it has no sheets" in desk.run("import", "file.csv", "--sheet", "Other", code=2)


def test_the_content_says_what_a_file_is_and_not_its_name(desk: Desk) -> None:
    assert desk.run("import", workbook(desk, [HEADER, ROW], "book.csv")) == ONE
    desk.save(text(), "text.xlsx")
    assert "1 unchanged" in desk.run("import", "text.xlsx")
    desk.save(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.xls")
    assert "old.xls is an Excel workbook in the old format (.xls) or with a password" in desk.run(
        "import", "old.xls", code=2
    )
    with zipfile.ZipFile(desk.folder / "photos.xlsx", "w") as archive:
        archive.writestr("a.txt", "no workbook")
    assert "photos.xlsx is not a whole Excel workbook" in desk.run("import", "photos.xlsx", code=2)
    desk.save((desk.folder / "book.csv").read_bytes()[:900], "half.xlsx")
    assert "half.xlsx is not a whole Excel workbook" in desk.run("import", "half.xlsx", code=2)


def test_customers_and_touchpoints_come_in_workbooks_too(desk: Desk) -> None:
    rows = [
        ["customer", "started_on", "money"],
        ["Ana", datetime.fromisoformat("2025-01-15"), 1.234],
        ["Ben", "16.1.2025", 12],
    ]
    assert desk.run("import", "customers", workbook(desk, rows)) == "2 added, 0 updated, 0 unchanged.\n"
    rows = [["Touchpoint", "stage", "ours"], ["Phone", "after", False], ["Shop", "during", True]]
    assert desk.run("import", "touchpoints", workbook(desk, rows)) == "2 added, 0 updated, 0 unchanged.\n"


def test_a_large_file_is_read_line_by_line(desk: Desk) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    lines = [f"{i};csat;5;{(now + timedelta(seconds=i)).isoformat()};hyvää" for i in range(20_000)]
    desk.save("\n".join(["external_id;metric;score;answered_at;comment", *lines]).encode("utf-16"))
    assert desk.run("import", "file.csv") == "20000 added, 0 updated, 0 unchanged.\n"


def test_outside_a_terminal_no_bar_is_drawn(desk: Desk) -> None:
    assert desk.run("import", desk.save("metric,score\nnps,9\n"), code=2).startswith("cxbot: Line 1: the file needs")
    assert desk.noted("import", desk.save("metric,score,answered_at\nnps,9,2026-11-02T08:00Z\n")) == ""
