"""Files of other tools, made by hand as sample data: import, report, dry run, draft of a mapping, wrong mappings."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from cxbot.cli import layouts
from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.recognition import recognise
from cxbot.core.metrics.shipped import METRICS
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


def values_of(name: str) -> dict[str, tuple[int, float | None]]:
    """What was counted by hand: the number of answers and the value, by metric."""
    return {metric: found for metric, found in COUNTED[name].items() if metric in METRICS}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_tool_is_imported_as_it_is(desk: Desk, name: str) -> None:
    said = desk.run("import", str(FILES / f"{name}.csv"))
    assert sum(int(line.split()[0]) for line in said.splitlines()[1:]) == COUNTED[name]["dropped"]
    for metric, (n, value) in values_of(name).items():
        report = desk.report(metric, WEEK, at=AT)
        assert (report["n"], report["value"]) == (n, pytest.approx(value) if n else None), metric
    if "sent" in COUNTED[name]:
        metric, how_many, answered = COUNTED[name]["sent"]
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
    file = str(FILES / f"{name}.csv")
    assert f"Read as an export of {title}; say --map to choose another layout." in desk.noted("import", file)
    recognised = stored(desk)
    assert "Read as" not in desk.noted("import", "--map", layout, file)
    assert stored(desk) == recognised


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
def test_case_spaces_and_a_mark_in_the_header_do_not_matter(desk: Desk, name: str, style: Callable[[str], str]) -> None:
    rows = [list(cells) for _, cells in open_sheet(FILES / f"{name}.csv")]
    rows[0] = [style(cell) if cell else cell for cell in rows[0]]
    rows[0][0] = "\ufeff" + rows[0][0]
    done = desk.run("import", desk.write(rows))
    assert done.startswith(f"{len(stored(desk))} added, 0 updated")
    counted = {metric: n for metric, (n, _) in values_of(name).items() if n}
    assert Counter(row["metric"] for row in stored(desk) if row["score"] is not None) == counted


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
    said = desk.noted("import", desk.write(lines), CXBOT_TIMEZONE="Europe/Helsinki")
    assert "Times without a zone are read as those of Europe/Helsinki (CXBOT_TIMEZONE)." in said
    assert stored(desk)[0]["answered_at"] == "2026-11-15T23:30:00.000000Z"
    typeform = desk.noted("import", str(FILES / "typeform.csv"), CXBOT_TIMEZONE="Europe/Helsinki")
    assert "Times without a zone" not in typeform
    assert "Times without a zone" not in desk.noted("import", str(FILES / "qualtrics.csv"))
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
        ("Skulle du rekommendera oss?", ["0", "5"], "nps"),
        ("Hur nöjd är du?", ["Mycket nöjd", "Varken nöjd eller missnöjd"], "csat"),
        ("Hur lätt var det?", ["7", "2"], "ces"),
        ("Vad tyckte du?", ["Bra", "Dåligt"], "rating"),
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
    said = desk.noted("import", desk.write(lines))
    assert f"“{question}” is read as {metric}" in said
    assert {row["metric"] for row in stored(desk)} == {metric}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"Would you recommend us?": "3 4"}, "(“Would you recommend us?”)"),  # may be a scale of 1-5
        ({"How satisfied are you?": "9 10"}, "(“How satisfied are you?”)"),  # not on 1-5
        ({"How satisfied are you?": "Satisfied Dissatisfied"}, "(“How satisfied are you?”)"),  # two values are no CSAT
        ({"Hur nöjd är du?": "Nöjd Missnöjd"}, "(“Hur nöjd är du?”)"),
        ({"Was it easy?": "5 4"}, "(“Was it easy?”)"),
        ({"One": "5 4", "Two": "4 5"}, "(“One”, “Two”)"),
        ({"How many children do you have?": "4 5"}, "can't be told for sure."),
        ({"Hur många barn har du?": "4 5"}, "can't be told for sure."),
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
    two = [word for word in columns[name].split() if not word.isdigit()]
    words = f'scores.csat = {{ "{two[0]}" = 4, "{two[1]}" = 2 }}\n' if two else ""
    metric = "nps" if "9" in columns[name] else "csat"
    (desk.folder / "map.toml").write_text(
        f'{words}{draft}\n[[questions]]\nmetric = "{metric}"\nscore = "{name}"\n', encoding="utf-8"
    )
    assert desk.run("import", "--map", "map.toml", file).startswith("2 added")


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_of_a_known_file_does_the_same_as_its_layout(desk: Desk, name: str) -> None:
    file = str(FILES / f"{name}.csv")
    (desk.folder / "map.toml").write_text(desk.run("import", "--guess", file), encoding="utf-8")
    desk.run("import", "--map", "map.toml", file)
    drafted = stored(desk)
    known = Desk(desk.folder / "known")
    known.folder.mkdir()
    known.run("import", file)
    assert drafted == stored(known)


def test_a_draft_of_an_unknown_file_is_used_as_it_is(desk: Desk, snapshot: SnapshotAssertion) -> None:
    lines = [["Case no", "Rated at", "NPS score", "Why?", "E-mail", "Agent", "Phone"],
             ["1", "2026-11-16T09:00Z", "9", "Quick", "one@example.com", "Anna", "+358401234567"],
             ["2", "2026-11-16T10:00Z", "2", "", "two@example.com", "Ben", ""]]  # fmt: skip
    file = desk.write(lines, "Our Tool.csv")
    draft = desk.run("import", "--guess", file)
    assert draft == snapshot
    (desk.folder / "map.toml").write_text(draft, encoding="utf-8")
    assert desk.run("import", "--map", "map.toml", file).startswith("2 added")
    assert desk.report("nps", WEEK, at=AT)["value"] == 0.0
    assert {row["customer"] for row in stored(desk)} == {"one@example.com", "two@example.com"}


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        ([["Who", "When", "Points"], ["Sample", "sometime", "12"]], "says nowhere when an answer was given"),
        ([["When", "Points"], ["2026-11-16T09:00Z", "12"]], "does not say where the scores are"),
        ([["When", "Score"], ["2026-11-16T09:00Z", "12"]], "On which scale the scores in “Score” are"),
    ],
)
def test_a_draft_that_is_not_enough_says_what_is_missing(desk: Desk, lines: list[list[str]], missing: str) -> None:
    file = desk.write(lines)
    draft = desk.run("import", "--guess", file)
    assert "# ? " in draft
    (desk.folder / "map.toml").write_text(draft, encoding="utf-8")
    assert missing in desk.run("import", "--map", "map.toml", file, code=2)


def test_a_draft_asks_for_what_the_file_leaves_open(desk: Desk) -> None:
    draft = desk.run("import", "--guess", desk.write([["When", "NPS"], ["03/04/2026 9:00", "9"]]))
    assert '# zone = "Europe/Helsinki"   # ?' in draft
    assert '# dates = "dmy"   # ?' in draft
    assert '# external_id = "…"   # ?' in draft


def test_drafts_and_mappings_are_refused_where_they_make_no_sense(desk: Desk) -> None:
    ours = desk.write([["metric", "score", "answered_at"], ["nps", "9", "2026-11-16T09:00Z"]], "ours.csv")
    assert "ours.csv has the columns of `cxbot import` already" in desk.run("import", "--guess", ours, code=2)
    assert "Leave out `--map`" in desk.run("import", "customers", "--map", "zendesk", ours, code=2)
    assert "`zendisk` is no layout. Layouts: asknicely, " in desk.run("import", "--map", "zendisk", ours, code=2)
    assert "cannot be read" in desk.run("import", "--map", "missing.toml", ours, code=2)
    (desk.folder / "latin.toml").write_bytes('name = "työ"'.encode("latin-1"))
    assert "is not UTF-8" in desk.run("import", "--map", "latin.toml", ours, code=2)
    said = desk.run("import", "--map", "zendesk", ours, code=2)
    assert "no column for `score`" not in said
    assert "no column for `answered_at`" in said
    assert "This one has: metric, score, answered_at." in said


def test_a_file_of_nobody_is_an_error_that_names_the_draft(desk: Desk) -> None:
    file = desk.write([["Stars", "When"], ["5", "2026-11-16T09:00Z"]])
    said = desk.run("import", file, code=2)
    assert "these columns are unknown: Stars, When" in said
    assert "`cxbot import --guess FILE > map.toml` drafts a mapping" in said
    ours = desk.write([["metric", "score", "answered_at"], ["nps", "x", "2026-11-16T09:00Z"]], "ours.csv")
    assert "--guess" not in desk.run("import", ours, code=2)
    fi = desk.run("import", file, code=2, CXBOT_LOCALE="fi")
    assert "luonnostelee kuvauksen" in fi


def test_a_file_that_two_tools_might_have_written_is_asked_about(desk: Desk) -> None:
    lines = [
        ["Ticket ID", "Agent", "Rating", "Conversation ID", "Remark", "Date"],
        ["1", "A", "5", "2", "x", "2026-11-16"],
    ]
    said = desk.run("import", desk.write(lines), code=2)
    assert "may be of any of these tools: Freshdesk, Intercom. Say which one, for example `--map freshdesk`" in said


def test_an_import_of_which_no_row_is_left_fails_and_says_why(desk: Desk) -> None:
    lines = [["id", "survey_type", "score", "permalink", "created_at"], ["1", "pmf", "2", "x", "1794819600"]]
    said = desk.run("import", desk.write(lines), code=2)
    assert "1 row dropped: “pmf” is no question that is known here (line 2)." in said
    assert "No row is left. Nothing was imported." in said


def test_what_was_dropped_is_counted_by_reason_in_each_language(desk: Desk) -> None:
    lines = [["id", "survey_type", "score", "permalink", "created_at"]]
    lines += [[str(i), "pmf" if i % 7 else "nps", "2", "x", "1794819600"] for i in range(14)]
    file = desk.write(lines)
    said = desk.run("import", "--dry-run", file, CXBOT_LOCALE="fi")
    assert "12 riviä jätettiin pois: ”pmf” ei ole täällä tunnettu kysymys (rivit 3, 4, 5, 6, 7 …)." in said
    assert desk.run("import", file).startswith("2 added, 0 updated, 0 unchanged.\n12 rows dropped: “pmf” is")


def test_a_wrong_cell_is_named_by_its_line_in_their_file(desk: Desk) -> None:
    lines = [["Sample report"], [], ["Agent Name", "Rating", "Recorded date"],
             ["Anna", "5", "2026-11-16 09:12:33 UTC"], ["Anna", "six", "2026-11-16 09:12:33 UTC"]]  # fmt: skip
    said = desk.run("import", desk.write(lines), code=2)
    assert "Line 5, column score: “six”" in said
    assert stored(desk) == []


def test_hubspots_csat_is_a_rating_unless_its_scale_is_longer(desk: Desk) -> None:
    head = ["hs_survey_type", "hs_value", "hs_submission_timestamp", "Contact email"]
    short = [head, *(["CSAT", str(score), "2026-11-16T09:00:00Z", f"{score}@example.com"] for score in (1, 2))]
    assert "“csat” is read as rating" in desk.noted("import", desk.write(short))
    longer = [head, *(["CSAT", str(score), "2026-11-17T09:00:00Z", f"{score}@example.com"] for score in (1, 2, 5))]
    assert "“csat” is read as csat" in desk.noted("import", desk.write(longer))
    mixed = [head, *(["CSAT", str(score), "2026-11-18T09:00:00Z", f"{score}@example.com"] for score in (0, 5))]
    assert "can't be read as rating, csat" in desk.run("import", desk.write(mixed), code=2)
    assert Counter((row["metric"], row["score"]) for row in stored(desk)) == {
        ("rating", 1): 1, ("rating", 2): 1, ("csat", 1): 1, ("csat", 2): 1, ("csat", 5): 1,
    }  # fmt: skip


def test_a_dry_run_works_for_every_kind_of_file(desk: Desk) -> None:
    customers = desk.write([["customer", "started_on"], ["Sample", "2026-01-01"]])
    assert "1 row would be stored." in desk.run("import", "customers", "--dry-run", customers)
    wrong = desk.write([["metric", "score", "answered_at"], ["nps", "11", "2026-11-16T09:00Z"]])
    assert "Line 2, column score" in desk.run("import", "--dry-run", wrong, code=2)


def test_constants_values_and_rules_of_a_mapping(desk: Desk) -> None:
    (desk.folder / "map.toml").write_text(
        'name = "shop"\n[columns]\nexternal_id = "no"\nanswered_at = "at"\nsent_at = "sent"\nscore = "how"\n'
        'team = "queue"\nchannel = "via"\n[constants]\nmetric = "csat"\nasked_by = "hand-picked"\nteam = "Shop"\n'
        '[values.channel]\n"Web Form" = "web"\n[scores.csat]\n"🙂" = 5\n"skip" = ""\n'
        '[[drop]]\ncolumn = "state"\nwhen = ["Spam", ""]\n',
        encoding="utf-8",
    )
    lines = [["no", "at", "sent", "how", "queue", "via", "state"],
             ["1", "1794819600", "1794817800", "🙂", "", "web  form", "ok"],
             ["2", "1794819600000", "1794817800", "skip", "B2B", "mail", "ok"],
             ["3", "1794819600", "1794817800", "🙂", "", "", "SPAM"],
             ["4", "1794819600", "1794817800", "🙂", "", "", ""]]  # fmt: skip
    said = desk.run("import", "--map", "map.toml", desk.write(lines))
    assert "1 row dropped: state is “SPAM” (line 4)." in said
    assert "1 row dropped: state is empty (line 5)." in said
    one, two = sorted(stored(desk), key=lambda row: row["external_id"])
    assert (one["external_id"], one["team"], one["channel"], one["score"]) == ("shop:1", "Shop", "web", 5)
    assert (two["team"], two["channel"], two["score"], two["answered_at"]) == ("B2B", "mail", None, None)
    assert {one["asked_by"], two["asked_by"]} == {"hand-picked"}


def test_a_metric_of_a_mapping_has_to_exist(desk: Desk) -> None:
    file = desk.write([["at", "how"], ["2026-11-16T09:00Z", "5"]])
    for text, place in (
        ('constants.metric = "stars"', "constants.metric"),
        ('scores.stars = { x = 1 }\nconstants.metric = "nps"', "scores"),
        ('values.metric = { x = "stars" }', "values.metric"),
    ):
        columns = 'columns = { answered_at = "at", score = "how" }\n'
        (desk.folder / "map.toml").write_text(columns + text, encoding="utf-8")
        said = desk.run("import", "--map", "map.toml", file, code=2)
        assert f"`{place}` names “stars”, which is not a metric. Metrics: nps, csat" in said


def test_the_numbers_of_a_table_of_ratings_are_csat_or_asked_about(desk: Desk) -> None:
    head = ["Ticket ID", "Agent", "Rating", "Created at"]
    low = [head, ["1", "Anna", "1", "2026-11-16T09:00Z"], ["2", "Anna", "2", "2026-11-16T09:00Z"]]
    assert "“Rating” is read as csat" in desk.noted("import", desk.write(low))
    thumbs = [head, ["3", "Anna", "0", "2026-11-16T09:00Z"], ["4", "Anna", "1", "2026-11-16T09:00Z"]]
    assert "can't be read as rating, csat" in desk.run("import", desk.write(thumbs), code=2)


def test_words_of_a_finer_scale_are_not_taken_for_five(desk: Desk) -> None:
    words = ["Very satisfied", "Satisfied", "Somewhat satisfied"]
    lines = [["Timestamp", "How satisfied are you?"], *(["2026-11-16 09:00Z", word] for word in words)]
    assert "can't be told for sure" in desk.run("import", desk.write(lines), code=2)


def test_each_score_has_its_own_comment_and_only_addresses_are_customers(desk: Desk) -> None:
    lines = [["Timestamp", "May we send you e-mail?", "Would you recommend us?", "How satisfied are you?", "Why?"],
             ["2026-11-16 09:00Z", "Yes", "9", "4", "Quick"]]  # fmt: skip
    desk.run("import", desk.write(lines))
    found = {row["metric"]: (row["comment"], row["customer"]) for row in stored(desk)}
    assert found == {"nps": ("", ""), "csat": ("Quick", "")}
