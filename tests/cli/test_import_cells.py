"""The meaning of cells: numbers, days and moments, what is refused, and that the hints of errors work."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows
from tests.desk import Desk

HELSINKI = ("--timezone", "Europe/Helsinki")
ADDED = "1 added, 0 updated, 0 unchanged.\n"
TOML = """
name = "rated"
title = "Rated"
[[items]]
name = "rated"
title = "Rated"
question.en = "How was it?"
question.fi = "Miten meni?"
answers.en = ["Bad", "Good"]
answers.fi = ["Huono", "Hyvä"]
good = ["Good"]
"""


def moment_of(desk: Desk, text: str, *options: str) -> str:
    """The answer's moment as stored, to the second."""
    desk.run(
        "import", desk.write([["external_id", "metric", "score", "answered_at"], ["1", "csat", "5", text]]), *options
    )
    return desk.answers()[0]["answered_at"][:19]


def refused(desk: Desk, column: str, value: str, *options: str, **env: str) -> str:
    """What is said about a value."""
    row = {"external_id": "1", "metric": "csat", "score": "5", "answered_at": "2026-11-16T09:00Z", column: value}
    said = desk.run("import", desk.write([list(row), list(row.values())]), *options, code=2, **env)
    assert desk.answers() == []
    return said.partition("cxbot: ")[2]


def customer(desk: Desk, column: str, value: str, *options: str, code: int = 0, **env: str) -> object:
    """A customer's value as stored, or what is said about it."""
    row = {"customer": "A", "started_on": "2024-03-01", column: value}
    said = desk.run("import", "customers", desk.write([list(row), list(row.values())]), *options, code=code, **env)
    if code:
        return said
    database = Database(desk.database)
    (found,) = rows(database.reader, "SELECT * FROM customers")
    database.close()
    return found[column]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-16T09:12:33Z", "2026-11-16T09:12:33"),
        ("2026-11-16 09:12:33 UTC", "2026-11-16T09:12:33"),
        ("2026-11-16 09:12 GMT", "2026-11-16T09:12:00"),
        ("2026-11-16t09:12z", "2026-11-16T09:12:00"),
        ("2026-11-16T09:12:33.123456789Z", "2026-11-16T09:12:33"),
        ("2026-11-16 09:12:33 +0200", "2026-11-16T07:12:33"),
        ("2026-11-16T09:12:33+02", "2026-11-16T07:12:33"),
        ("2026-11-16T09:12−02:00", "2026-11-16T11:12:00"),
        ("\u00a02026-11-16\u00a009:12Z ", "2026-11-16T09:12:00"),
        ("2026/11/16 9:12Z", "2026-11-16T09:12:00"),
        ("16.11.2026 klo 9.12 UTC", "2026-11-16T09:12:00"),
        ("11/16/2026 9:12\u202fPM UTC", "2026-11-16T21:12:00"),
        ("11/16/2026 12:05 am UTC", "2026-11-16T00:05:00"),
    ],
)
def test_moments_that_are_taken(desk: Desk, text: str, moment: str) -> None:
    assert moment_of(desk, text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-W46-1", "2026-320", "20261116", "20261116T091200Z", "2026-11-16T24:00Z", "2026-11-16T23:59:60Z",
        "1763280753", "2026-11-16T9Z", "2026-11-16X09:12Z", "2026-02-30T10:00Z",
        "2026-13-01T10:00Z", "2026-11-16T09:12+15:00",
        "2026-11-16T09:12+02:75", "２026-11-16T09:12Z", "16.11.26", "31.02.2026", "16/13/2026 9:00Z", "13:00 PM",
        "45976.38", "11/16/2026 13:05 PM UTC", "now", "2026-11-16T09:12Z extra",
        "2026-11-16T09:12 Europe/Helsinki",
    ],
)  # fmt: skip
def test_moments_that_are_refused(desk: Desk, text: str) -> None:
    assert refused(desk, "answered_at", text).startswith(f"Line 2, column answered_at: “{text}” is not a time. ")


def test_local_times_need_a_zone(desk: Desk) -> None:
    assert refused(desk, "answered_at", "2026-11-16 09:00") == (
        "Line 2, column answered_at: “2026-11-16 09:00” has no time zone. Write it like 2026-11-16T09:00Z or "
        "2026-11-16T09:00+02:00. Or name the zone of all such times: `--timezone Europe/Helsinki`.\n"
        "Nothing was imported.\n"
    )
    assert moment_of(desk, "2026-11-16 09:00", *HELSINKI) == "2026-11-16T07:00:00"
    assert moment_of(desk, "2026-07-16 09:00", *HELSINKI) == "2026-07-16T06:00:00"
    assert moment_of(desk, "2026-07-16", *HELSINKI) == "2026-07-15T21:00:00"
    assert "is not a time zone" in desk.run("import", "file.csv", "--timezone", "Mars/Base", code=2)


def test_a_day_of_a_zone_has_no_time(desk: Desk) -> None:
    for zone in ("+02:00", "Z"):
        said = refused(desk, "answered_at", f"2026-11-16{zone}", *HELSINKI)
        assert f"has no time of day. Write it like 2026-11-16T00:00{'+00:00' if zone == 'Z' else zone}." in said


def test_hours_that_were_skipped_or_doubled(desk: Desk) -> None:
    assert "never was in Europe/Helsinki" in refused(desk, "answered_at", "2026-03-29 03:30", *HELSINKI)
    assert "never was" in refused(desk, "answered_at", "2026-03-29 03:30", *HELSINKI, "--fold", "later")
    assert "was twice in Europe/Helsinki" in refused(desk, "answered_at", "2026-10-25 03:30", *HELSINKI)
    assert moment_of(desk, "2026-10-25 03:30", *HELSINKI, "--fold", "earlier") == "2026-10-25T00:30:00"
    assert moment_of(desk, "2026-10-25 03:30", *HELSINKI, "--fold", "later") == "2026-10-25T01:30:00"
    assert moment_of(desk, "2026-10-25 02:59", *HELSINKI, "--fold", "later") == "2026-10-24T23:59:00"


def test_a_day_above_twelve_decides_for_the_file(desk: Desk) -> None:
    for days, first in (("03.04.2026", "16.11.2026"), "04-03"), (("04/03/2026", "11/16/2026"), "04-03"):
        lines = [["customer", "started_on"], ["a", days[0]], ["b", days[1]]]
        desk.run("import", "customers", desk.write(lines))
        database = Database(desk.database)
        assert rows(database.reader, "SELECT started_on FROM customers ORDER BY customer") == [
            {"started_on": f"2026-{first}"}, {"started_on": "2026-11-16"},
        ]  # fmt: skip
        database.close()


def test_another_column_may_prove_the_order(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "sent_at", "answered_at"],
             ["1", "csat", "5", "3/4/2026", "3/4/2026 9:00"], ["2", "csat", "5", "3/13/2026", "4/4/2026"]]  # fmt: skip
    desk.run("import", desk.write(lines), "--timezone", "UTC")
    assert [(each["sent_at"][:10], each["answered_at"][:16]) for each in desk.answers()] == [
        ("2026-03-04", "2026-03-04T09:00"), ("2026-03-13", "2026-04-04T00:00"),
    ]  # fmt: skip


def test_an_open_order_is_asked_for(desk: Desk) -> None:
    assert "“3.4.2026” may be 2026-04-03 or 2026-03-04." in str(customer(desk, "started_on", "3.4.2026", code=2))
    assert customer(desk, "started_on", "3.4.2026", "--dates", "dmy") == "2026-04-03"
    assert customer(desk, "started_on", "3.4.2026", "--dates", "mdy") == "2026-03-04"
    assert customer(desk, "started_on", "4.4.2026") == "2026-04-04"
    wrong = str(customer(desk, "started_on", "11/16/2026", "--dates", "dmy", code=2))
    assert "“11/16/2026” is not a date in the order of `--dates dmy`. Write it like 2026-11-16." in wrong
    lines = [["customer", "started_on"], ["a", "3.4.2026"], ["b", "16.11.2026"], ["c", "11/16/2026"]]
    assert "Line 2, column started_on: “3.4.2026” may be" in desk.run("import", "customers", desk.write(lines), code=2)


def test_an_error_beside_an_open_order_is_told_once(desk: Desk) -> None:
    lines = [
        ["external_id", "metric", "score", "answered_at"],
        ["1", "csat", "x", "3.4.2026"],
        ["2", "csat", "5", "16.4.2026"],
    ]
    said = desk.run("import", desk.write(lines), *HELSINKI, code=2)
    assert said.count("Line 2") == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-31T22:30:00Z", "2026-11-01"),
        ("2026-10-31 22:30 UTC", "2026-11-01"),
        ("2026-11-01T00:30+02:00", "2026-11-01"),
        ("2026-10-31 23:30", "2026-10-31"),
        ("31.10.2026 23.30", "2026-10-31"),
        ("2026-10-31+02:00", "2026-10-31"),
    ],
)
def test_a_moment_becomes_the_local_day(desk: Desk, text: str, day: str) -> None:
    assert customer(desk, "lost_on", text, CXBOT_TIMEZONE="Europe/Helsinki") == day
    assert customer(desk, "lost_on", text, *HELSINKI) == day


def test_a_zone_of_the_file_goes_before_that_of_the_bot(desk: Desk) -> None:
    zone = {"CXBOT_TIMEZONE": "Europe/Helsinki"}
    assert customer(desk, "lost_on", "2026-10-31T22:30:00Z", "--timezone", "America/New_York", **zone) == "2026-10-31"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.50", 1234.5), ("1234,50", 1234.5), ("12,5", 12.5), ("1 234,50", 1234.5), ("1\u00a0234,50", 1234.5),
        ("1\u202f234", 1234.0), ("1.234,50", 1234.5), ("1,234.50", 1234.5), ("1.234.567", 1234567.0),
        ("1,234,567", 1234567.0),        ("1'234.50", 1234.5), ("-12.50", -12.5), ("0.125", 0.125), ("0,125", 0.125),
        ("1234.567", 1234.567),
        ("1.2340", 1.234),        ("007", 7.0), ("", None),
    ],
)  # fmt: skip
def test_amounts_that_are_taken(desk: Desk, text: str, amount: float | None) -> None:
    assert customer(desk, "money", text) == amount


@pytest.mark.parametrize(
    "text",
    ["1.234", "1,234", "-12.345", "123,456"],
)
def test_amounts_that_may_be_two_are_refused(desk: Desk, text: str) -> None:
    assert f"column money: “{text}” may be" in str(customer(desk, "money", text, code=2))


@pytest.mark.parametrize(
    "text",
    [
        "1_000", "1e3", "nan", "inf", "１２", "+5", "12.", ".5", "1.23.4", "1,2,3", "12 34", "1,234,50", "€5", "5 EUR",
        "1.234.5,6",        "1 234 5", "0x10", "--5", "1,23,456",
    ],
)  # fmt: skip
def test_amounts_that_are_refused(desk: Desk, text: str) -> None:
    assert f"column money: “{text}” is not an amount" in str(customer(desk, "money", text, code=2))


@pytest.mark.parametrize("text", ["3", " 3", "3.0", "3,0", "3.00", "\u00a03"])
def test_whole_numbers_that_are_taken(desk: Desk, text: str) -> None:
    assert customer(desk, "complaints", text) == 3
    desk.run("import", desk.write([["metric", "score", "answered_at"], ["csat", text, "2026-11-16T09:00Z"]]))
    assert desk.answers()[0]["score"] == "3"


@pytest.mark.parametrize(
    "text", ["３", "3e0", "3_0", "+3", "3.5", "1.000", "1 000", "TRUE", "0x3", "٣", "3.", "9" * 30]
)
def test_whole_numbers_that_are_refused(desk: Desk, text: str) -> None:
    assert "is not a whole number" in str(customer(desk, "complaints", text, code=2))
    assert f"Line 2, column score: “{text}” is not a whole number. Scores of CSAT go from 1 to 5." in refused(
        desk, "score", text
    )


def test_handling_times(desk: Desk) -> None:
    lines = [["external_id", "closed_at", "handling_seconds"]]
    lines += [[text, "2026-11-16T09:00Z", text] for text in ("420", "420.5", "420,25", "0:07:00", "30:00:01", "1 200")]
    desk.run("import", desk.write(lines))
    database = Database(desk.database)
    found = rows(database.reader, "SELECT handling_seconds AS s FROM ratings ORDER BY id")
    database.close()
    assert [each["s"] for each in found] == [420.0, 420.5, 420.25, 420.0, 108001.0, 1200.0]
    for text in ("7:00", "0:60:00", "1e3", "-1", "nan", "7 min"):
        assert "is not a number of seconds" in refused(desk, "handling_seconds", text)


def test_what_can_not_be_is_refused(desk: Desk) -> None:
    assert "“2047-11-16T09:00Z” lies in the future" in refused(desk, "answered_at", "2047-11-16T09:00Z")
    assert "lies in the future" in refused(desk, "sent_at", "2047-11-16T09:00Z")
    assert "“0206-11-16T09:00Z” is before 1970" in refused(desk, "answered_at", "0206-11-16T09:00Z")
    assert "column answered_at: “2026-11-16T09:00Z” is before sent_at, “2026-11-16T10:00Z”" in refused(
        desk, "sent_at", "2026-11-16T10:00Z"
    )
    assert "lies in the future" in str(customer(desk, "lost_on", "2047-01-01", code=2))
    assert "before the start" in str(customer(desk, "lost_on", "2024-02-29", code=2))
    assert "is before 1900" in str(customer(desk, "started_on", "0024-03-01", code=2))
    for text, *options in (("13.12.2046",), ("12/13/2046", "--dates", "dmy"), ("2046-12-13+02:00",), ("1/2/2046",)):
        assert f"“{text}” lies in the future" in refused(desk, "answered_at", text, *options)
    lines = [["external_id", "opened_at", "closed_at"], ["1", "2026-11-16T10:00Z", "2026-11-16T09:00Z"]]
    assert "column closed_at" in desk.run("import", desk.write(lines), code=2)


def test_an_answer_of_the_day_it_was_asked_for(desk: Desk) -> None:
    lines = [
        ["external_id", "metric", "score", "sent_at", "answered_at"],
        ["1", "csat", "5", "2026-11-16 09:00", "2026-11-16"],
    ]
    desk.run("import", desk.write(lines), *HELSINKI)
    assert desk.answers()[0]["answered_at"] == desk.answers()[0]["sent_at"]
    lines[1][4] = "2026-11-15"
    assert "is before sent_at" in desk.run("import", desk.write(lines), *HELSINKI, code=2)


def test_answers_in_words(desk: Desk) -> None:
    desk.run("survey", "add", desk.save(TOML, "rated.toml"))
    lines = [["external_id", "metric", "score", "answered_at"]]
    lines += [[text, "rated", text, "2026-11-16T09:00Z"] for text in ("Good", "bad", "HYVÄ", " Huono ", "2", "2.0")]
    lines += [[text, "promise", text, "2026-11-16T09:00Z"] for text in ("Partly", "yes")]
    desk.run("import", desk.write(lines))
    assert [each["score"] for each in desk.answers()] == ["2", "1", "2", "1", "2", "2", "1", "2"]
    wrong = [lines[0], ["1", "rated", "Fine", "2026-11-16T09:00Z"], ["2", "rated", "3", "2026-11-16T09:00Z"],
             ["3", "promise", "maybe", "2026-11-16T09:00Z"]]  # fmt: skip
    said = desk.run("import", desk.write(wrong), code=2)
    assert "“Fine” is not an answer of RATED. Give a whole number from 1 to 2 or a word: Bad = 1, Good = 2." in said
    assert "“3” is not an answer of RATED." in said
    assert "a word: Yes = 2, Partly = 1, No = 0." in said
    said = desk.run("import", desk.write(wrong), code=2, CXBOT_LOCALE="fi")
    assert "”Fine” ei ole mittarin RATED vastaus. Anna kokonaisluku väliltä 1–2 tai sana: Huono = 1, Hyvä = 2." in said
    assert "tai sana: Kyllä = 2, Osittain = 1, Ei = 0." in said


def test_errors_are_in_one_language(desk: Desk) -> None:
    lines = [
        ["external_id", "metric", "score", "answered_at"],
        ["1", "csat", "hyvä", "16.11.2026"],
        ["2", "stars", "1", "x"],
    ]
    assert desk.run("import", desk.write(lines), code=2, CXBOT_LOCALE="fi").strip().splitlines() == [
        "cxbot: Rivi 2, sarake answered_at: ajasta ”16.11.2026” puuttuvat kellonaika ja aikavyöhyke. Kirjoita se näin: "
        "2026-11-16T00:00Z tai 2026-11-16T00:00+02:00. Tai kerro vyöhyke, jossa tällaiset päivät alkavat: "
        "`--timezone Europe/Helsinki`.",
        "Rivi 2, sarake score: ”hyvä” ei ole kokonaisluku. Mittarin CSAT arvosanat ovat 1–5.",
        *desk.run("import", desk.write(lines), code=2, CXBOT_LOCALE="fi").strip().splitlines()[2:4],
        "Mitään ei tuotu.",
    ]


def test_errors_beyond_the_first_twenty_are_counted(desk: Desk) -> None:
    header = ["external_id", "metric", "score", "answered_at"]
    for wrong, told in ((20, ""), (21, "… and 1 more: 21 errors in all."), (400, "… and 380 more: 400 errors in all.")):
        lines = [header, *([str(i), "csat", "x", "2026-11-16T09:00Z"] for i in range(wrong))]
        said = desk.run("import", desk.write(lines), code=2)
        assert said.count("is not a whole number") == min(wrong, 20)
        assert ("more" in said) == bool(told)
        assert told in said


VALUE = re.compile(r"\b\d{4}-\d\d-\d\d(?:T[\d:]+(?:Z|[+-]\d\d:\d\d)?)?(?=[ ,:.])")
AMOUNT = re.compile(r"(?<=Write it like )(\S+) or (\S+?)[.,]?\s")
OPTION = re.compile(r"`(--\w+ \S+)`")
CLOCKS = st.sampled_from(["", " 09:00", "T09:12:33", " 3:30", " 03.30", " 23:59:59", " 9:12 PM"])
PARTS = (st.integers(1, 31), st.integers(1, 31), st.integers(2024, 2026))
DATES = st.one_of(
    st.dates().map(str),
    *(st.builds(form.format, *PARTS) for form in ("{}.{}.{}", "{}/{}/{}", "{}-{}-{}")),
    st.sampled_from(["2026-10-25", "2026-03-29", "20261116", "2026-W46-1", "soon", "16.11.26", "2026-11-16+02:00"]),
)
AMOUNTS = st.one_of(
    st.builds("{}{}{:03}".format, st.integers(0, 1500), st.sampled_from(".,"), st.integers(0, 999)),
    st.sampled_from(["many", "1_000", "１２", "1e3", "nan"]),
)


def said_about(desk: Desk, kind: str, lines: list[list[str]], options: list[str]) -> str:
    """What is said about a file; "" if it is imported."""
    try:
        desk.run("import", *([kind] if kind else []), desk.write(lines), *options)
    except AssertionError as error:
        return str(error)
    return ""


def follow_every_hint(kind: str, lines: list[list[str]], options: list[str]) -> None:
    """If the last cell is refused, each value and each option that the error proposes makes it importable."""
    header, row = lines
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        said = said_about(desk, kind, lines, options)
        if not said or "Correct it" in said:
            return
        hint = said.partition("”")[2].replace(f"in the order of `{' '.join(options)}`", "")
        amounts = [each for pair in AMOUNT.findall(hint) for each in pair]
        values = amounts if header[-1] == "money" else VALUE.findall(hint)
        named = OPTION.findall(hint)
        assert values, said
        for value in values:
            assert said_about(desk, kind, [header, [*row[:-1], value]], options) == ""
        for option in named:
            others = {each.split()[0]: each for each in named if each.split()[0] != option.split()[0]}
            followed = [word for each in (option, *others.values()) for word in each.split()]
            again = said_about(desk, kind, lines, [*options, *followed])
            assert not again or re.search("was twice|never was|in the future", again), (option, again)


@settings(max_examples=40, deadline=None)
@given(DATES, CLOCKS, st.sampled_from([[], list(HELSINKI), ["--dates", "dmy"], ["--dates", "mdy"]]))
def test_every_hint_about_a_moment_works(day: str, clock: str, options: list[str]) -> None:
    follow_every_hint("", [["metric", "score", "answered_at"], ["csat", "5", day + clock]], options)


@settings(max_examples=40, deadline=None)
@given(DATES, CLOCKS, st.sampled_from([[], ["--dates", "dmy"], ["--dates", "mdy"]]))
def test_every_hint_about_a_day_works(day: str, clock: str, options: list[str]) -> None:
    follow_every_hint("customers", [["customer", "started_on"], ["A", day + clock]], options)


@settings(max_examples=40, deadline=None)
@given(AMOUNTS)
def test_every_hint_about_an_amount_works(text: str) -> None:
    follow_every_hint("customers", [["customer", "started_on", "money"], ["A", "2024-03-01", text]], [])
