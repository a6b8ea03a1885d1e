"""Files of other tools, made by hand as sample data: import, report, dry run, draft of a mapping, wrong mappings."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from cxbot.cli import layouts
from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.recognition import recognise
from cxbot.spreadsheets import open_sheet
from tests.desk import Desk

FILES = Path(__file__).parents[1] / "files" / "layouts"
NAMES = sorted(path.stem for path in FILES.glob("*.csv"))
WEEK = "2026-W47"
AT = "2026-11-25T12:00:00Z"

# Counted by hand in each file: answers and value by metric, surveys sent and answered, rows dropped.
COUNTED: dict[str, dict[str, Any]] = {
    "asknicely": {"nps": (2, 0.0), "csat": (2, 100.0), "sent": ("nps", 3, 2), "dropped": 0},
    "chatwoot": {"csat": (3, 200 / 3), "dropped": 0},
    "delighted": {"nps": (3, 100 / 3), "csat": (1, 100.0), "rating": (2, 50.0), "dropped": 1},
    "delighted_api": {"nps": (2, -50.0), "dropped": 0},
    "formbricks": {"nps": (2, 0.0), "dropped": 1},
    "freshdesk": {"rating": (4, 50.0), "csat": (0, None), "dropped": 0},
    "googleforms": {"ces": (3, 5.0), "dropped": 0},
    "gorgias": {"csat": (2, 50.0), "sent": ("csat", 3, 2), "dropped": 1},
    "helpscout": {"nps": (3, 100 / 3), "dropped": 0},
    "hubspot": {"nps": (2, 0.0), "ces": (1, 6.0), "rating": (3, 100 / 3), "csat": (0, None), "dropped": 0},
    "intercom": {"csat": (2, 50.0), "sent": ("csat", 3, 2), "dropped": 0},
    "qualtrics": {"nps": (3, 0.0), "dropped": 2},
    "surveymonkey": {"nps": (3, 100 / 3), "csat": (3, 200 / 3), "dropped": 1},
    "typeform": {"nps": (3, 100 / 3), "csat": (3, 200 / 3), "dropped": 1},
    "zendesk": {"rating": (4, 75.0), "csat": (0, None), "sent": ("rating", 5, 4), "dropped": 1},
}
FIRST_COMMENTS = {
    "asknicely": 'Great, "really"', "chatwoot": 'Super, "thanks" 🥳', "delighted": 'Fast, and "kind"',
    "delighted_api": "Sample comment", "formbricks": 'Good, "nice" 🫶', "freshdesk": 'Quick, "clear"',
    "googleforms": 'All fine, "thanks" 🙂', "gorgias": 'Perfect, "wow" ✨', "helpscout": 'Fine, "mostly" 🙂',
    "hubspot": 'Good, "solid" 🙌', "intercom": 'Lovely, "thanks" 💛', "qualtrics": 'Good, "very" 🌟',
    "surveymonkey": 'Fast, "friendly" 🚀', "typeform": 'Nothing, "really" 🎈', "zendesk": 'Thanks, "all" good 😀',
}  # fmt: skip


def stored(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(line) for line in desk.run("export", "answers", "--format", "ndjson").splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_tool_is_imported_as_it_is(desk: Desk, name: str) -> None:
    counted = dict(COUNTED[name])
    said = desk.run("import", str(FILES / f"{name}.csv"))
    sent = counted.pop("sent", None)
    dropped = counted.pop("dropped")
    assert sum(int(line.split()[0]) for line in said.splitlines()[1:]) == dropped
    for metric, (n, value) in counted.items():
        report = desk.report(metric, WEEK, at=AT)
        assert (report["n"], report["value"]) == (n, pytest.approx(value) if n else None), metric
    if sent:
        metric, how_many, answered = sent
        response = desk.report(metric, WEEK, at=AT)["response"]
        assert (response["sent"], response["answered"]) == (how_many, answered)
    rows = stored(desk)
    assert FIRST_COMMENTS[name] in {row["comment"] for row in rows}
    assert any("\n" in row["comment"] for row in rows) or name == "delighted_api"
    prefix = name.removesuffix("_api")
    assert all(row["external_id"].startswith((f"{prefix}:", "row-")) for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_file_again_changes_nothing(desk: Desk, name: str) -> None:
    first = desk.run("import", str(FILES / f"{name}.csv"))
    added = int(first.split()[0])
    assert desk.run("import", str(FILES / f"{name}.csv")).startswith(f"0 added, 0 updated, {added} unchanged.")
    assert len(stored(desk)) == added


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_shows_rows_and_stores_nothing(desk: Desk, name: str, snapshot: SnapshotAssertion) -> None:
    assert desk.run("import", "--dry-run", str(FILES / f"{name}.csv")) == snapshot
    assert stored(desk) == []


def test_phone_numbers_ip_addresses_and_coordinates_are_never_stored(desk: Desk) -> None:
    for name in NAMES:
        desk.run("import", str(FILES / f"{name}.csv"))
    kept = desk.run("export", "answers")
    for personal in ("358401234567", "192.0.2.", "60.1", "24.9", "anna@example.com"):
        assert personal not in kept
    assert {row["asked_by"] for row in stored(desk)} == {"automatic"}


@pytest.mark.parametrize("name", NAMES)
def test_what_was_recognised_is_said_and_can_be_chosen(desk: Desk, name: str) -> None:
    layout = name.removesuffix("_api")
    title = next(each.title for each in layouts.shipped() if each.name == layout)
    done = desk.both("import", str(FILES / f"{name}.csv"))
    assert f"Read as an export of {title}; say --map to choose another layout." in done
    assert "Read as" not in desk.both("import", "--map", layout, str(FILES / f"{name}.csv"))
    assert len(stored(desk)) == int(done.split(" added")[0].split()[-1])


def test_no_layout_takes_the_file_of_another_tool_or_one_of_ours(desk: Desk) -> None:
    for name, layout in itertools.product(NAMES, layouts.shipped()):
        rows = list(open_sheet(FILES / f"{name}.csv"))[:10]
        found = recognise(rows, [layout])
        alone = layout.name == name.removesuffix("_api")
        assert found is (layout if alone else None), (name, layout.name)
    ours = desk.write([COLUMNS, ["x", "nps", "nps", "9", "", "", "2026-11-16T09:00Z"]])
    assert recognise(list(open_sheet(Path(ours))), layouts.shipped()) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "style", [str.upper, lambda name: f" {name.lower().replace(' ', '_')} "], ids=["upper", "snake"]
)
def test_case_spaces_and_a_mark_in_the_header_do_not_matter(desk: Desk, name: str, style: Any) -> None:
    rows = [list(cells) for _, cells in open_sheet(FILES / f"{name}.csv")]
    rows[0] = [style(cell) if cell else cell for cell in rows[0]]
    rows[0][0] = "\ufeff" + rows[0][0]
    done = desk.run("import", desk.write(rows))
    assert done.startswith(f"{len(list(stored(desk)))} added, 0 updated")
    assert {row["external_id"].split(":")[0].split("-")[0] for row in stored(desk)} <= {
        name.removesuffix("_api"),
        "row",
    }


def test_columns_may_be_missing_or_more_and_in_any_order(desk: Desk) -> None:
    lines = [["Notes", "SCORE", "Created_At", "Survey type", "Response-ID", "Person email"],
             ["x", "9", "1794819600", "NPS", "1", "one@example.com"]]  # fmt: skip
    assert desk.run("import", desk.write(lines)) == "1 added, 0 updated, 0 unchanged.\n"
    (row,) = stored(desk)
    assert (row["external_id"], row["score"], row["answered_at"]) == ("delighted:1", 9, "2026-11-16T09:00:00.000000Z")


def test_older_typeform_files_and_newer_surveymonkey_files(desk: Desk) -> None:
    typeform = [["#", "Would you recommend us?", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"],
                ["t1", "10", "2026-11-16 09:00:00", "2026-11-16 09:01:00", "n"]]  # fmt: skip
    assert desk.run("import", desk.write(typeform)).startswith("1 added")
    monkey = [["Respondent ID", "Collector ID", "Date Created", "Date Modified", "How satisfied are you?"],
              ["", "", "", "", "Response"], ["m1", "1", "11/16/2026 9:00", "11/16/2026 9:05", "Very satisfied"],
              ["m2", "1", "11/06/2026 9:00", "11/06/2026 9:05", "Dissatisfied"]]  # fmt: skip
    assert desk.run("import", desk.write(monkey)).startswith("2 added")
    found = {row["external_id"]: (row["metric"], row["score"], row["answered_at"][:10]) for row in stored(desk)}
    assert found == {
        "typeform:t1": ("nps", 10, "2026-11-16"),
        "surveymonkey:m1": ("csat", 5, "2026-11-16"),
        "surveymonkey:m2": ("csat", 2, "2026-11-06"),
    }


def test_a_removed_second_header_row_costs_no_answer(desk: Desk) -> None:
    lines = [["Respondent ID", "Collector ID", "End Date", "Would you recommend us?"],
             ["m1", "1", "11/16/2026 9:05", "10"], ["m2", "1", "11/16/2026 9:06", "3"]]  # fmt: skip
    assert desk.run("import", desk.write(lines)).startswith("2 added")


def test_times_without_a_zone_are_the_companys_and_that_is_said(desk: Desk) -> None:
    lines = [["Timestamp", "Would you recommend us?"], ["11/16/2026 1:30:00", "9"]]
    said = desk.both("import", desk.write(lines), CXBOT_TIMEZONE="Europe/Helsinki")
    assert "Times without a zone are read as those of Europe/Helsinki (CXBOT_TIMEZONE)." in said
    assert stored(desk)[0]["answered_at"] == "2026-11-15T23:30:00.000000Z"
    typeform = desk.both("import", str(FILES / "typeform.csv"), CXBOT_TIMEZONE="Europe/Helsinki")
    assert "Times without a zone" not in typeform
    assert "Times without a zone" not in desk.both("import", str(FILES / "qualtrics.csv"))
    found = {row["external_id"]: row["answered_at"] for row in stored(desk)}
    assert found["typeform:abc1"] == "2026-11-16T09:01:10.000000Z"
    assert found["qualtrics:R_5"] == "2026-11-16T23:32:01.000000Z"  # the file names its zone


@pytest.mark.parametrize(
    ("question", "values", "metric"),
    [
        ("Would you recommend us?", ["9", "3"], "nps"),
        ("Suosittelisitko meitä?", ["0", "5"], "nps"),
        ("How satisfied are you?", ["4", "5"], "csat"),
        ("How satisfied are you?", ["Very satisfied", "Neutral"], "csat"),
        ("Kuinka tyytyväinen olet?", ["Erittäin tyytyväinen", "Tyytymätön"], "csat"),
        ("Was it easy?", ["7", "2"], "ces"),
        ("Rate us", ["10", "2"], "nps"),
        ("Rate us", ["5", "2"], "csat"),
        ("Rate us", ["7", "2"], "ces"),
        ("Rate us", ["10 - Extremely likely", "0 - Not at all likely"], "nps"),
        ("How was it?", ["Good", "Bad"], "rating"),
    ],
)
def test_the_question_is_found_with_evidence(desk: Desk, question: str, values: list[str], metric: str) -> None:
    lines = [["Timestamp", question], *(["2026-11-16 09:00:00Z", value] for value in values)]
    said = desk.both("import", desk.write(lines))
    assert f"“{question}” is read as {metric}" in said
    assert {row["metric"] for row in stored(desk)} == {metric}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"Would you recommend us?": "3 4"}, "(“Would you recommend us?”)"),  # may be a scale of 1-5
        ({"How satisfied are you?": "9 10"}, "(“How satisfied are you?”)"),  # not on 1-5
        ({"How satisfied are you?": "Satisfied Dissatisfied"}, "(“How satisfied are you?”)"),  # two values are no CSAT
        ({"Was it easy?": "5 4"}, "(“Was it easy?”)"),
        ({"One": "5 4", "Two": "4 5"}, "(“One”, “Two”)"),
        ({"How many children do you have?": "4 5"}, "can't be told for sure."),
        ({"Rate us": "2 3"}, "can't be told for sure."),
        ({"Would you recommend us?": "9 3", "Would you recommend our shop?": "9 3"}, "Both “Would you recommend us?”"),
    ],
)
def test_without_evidence_the_error_says_what_to_write(desk: Desk, columns: dict[str, str], said: str) -> None:
    lines = [
        ["Timestamp", *columns],
        *zip(["2026-11-16 09:00Z"] * 2, *(each.split() for each in columns.values()), strict=True),
    ]
    file = desk.write(lines)
    error = desk.run("import", file, code=2)
    assert said in error
    assert "[[questions]]" in error
    draft = desk.run("import", "--guess", file)
    name = next(iter(columns))
    words = 'scores.csat = { "Satisfied" = 4, "Dissatisfied" = 2 }\n' if "Satisfied" in columns[name] else ""
    metric = "nps" if "9" in columns[name] else "csat"
    (desk.folder / "map.toml").write_text(
        f'{words}{draft}\n[[questions]]\nmetric = "{metric}"\nscore = "{name}"\n', encoding="utf-8"
    )
    assert desk.run("import", "--map", "map.toml", file).startswith("2 added")
