"""Mapping files: what is wrong with one is said by its key, and the line to write instead is right."""

from __future__ import annotations

import re

import pytest

from cxbot.core.csv_files.headers import key, places, plain
from cxbot.core.csv_files.mapping import read_mapping
from cxbot.errors import UsageError

GOOD = 'columns = { score = "Rating", answered_at = "Submitted" }\n'
WRONG = {
    "columns": ("columns = 3\n", "`columns`"),
    "columns.score": ('[columns]\nanswered_at = "At"\nscore = 5\n', "`columns.score`"),
    "an unknown column": ('[columns]\nanswered_at = "At"\nstars = "Stars"\n', "`columns.stars` is not known"),
    "no time": ('[columns]\nscore = "Rating"\n', "`columns` says nowhere"),
    "no score": ('[columns]\nanswered_at = "At"\n', "where the scores are"),
    "two ways to a score": (f"find_questions = true\n{GOOD}", "Leave out the others"),
    "an unknown key": (f"colums = {{}}\n{GOOD}", "`colums` is not known here"),
    "name": (f'name = "Our Tool"\n{GOOD}', "`name` can't be “Our Tool”"),
    "title": (f"title = 3\n{GOOD}", "`title` is not right"),
    "header_rows": (f"header_rows = 9\n{GOOD}", "`header_rows` has to be a number from 1 to 5"),
    "header_rows as text": (f'header_rows = "two"\n{GOOD}', "`header_rows` is not right"),
    "footer": (f"footer = true\n{GOOD}", "`footer` is not right"),
    "zone": (f'zone = "Helsinki"\n{GOOD}', "`zone` can't be “Helsinki”"),
    "dates": (f'dates = "d.m.y"\n{GOOD}', "`dates` can't be “d.m.y”"),
    "recognise": (f"recognise = [1]\n{GOOD}", "`recognise` is not right"),
    "first_column": (f"first_column = 1\n{GOOD}", "`first_column` is not right"),
    "find_questions": ('find_questions = "yes"\n[columns]\nanswered_at = "At"\n', "`find_questions` is not right"),
    "ignore": (f"ignore = [true]\n{GOOD}", "`ignore` is not right"),
    "constants": (f"constants = 1\n{GOOD}", "`constants` is not right"),
    "an unknown constant": (f'constants.stars = "5"\n{GOOD}', "`constants.stars` is not known"),
    "values": (f"values.metric = 1\n{GOOD}", "`values.metric` is not right"),
    "a value that is no text": (f'values.metric = {{ "5STAR" = 5 }}\n{GOOD}', "`values.metric` is not right"),
    "scores": (f'scores.rating = "good"\n{GOOD}', "`scores` is not right"),
    "a score in words": (f'scores.rating = {{ "Good" = "best" }}\n{GOOD}', "`scores` is not right"),
    "drop": (f"drop = 1\n{GOOD}", "`drop` is not right"),
    "drop without a column": (f'drop = [{{ when = ["x"] }}]\n{GOOD}', "`drop 1: column` is missing"),
    "drop without a condition": (f'drop = [{{ column = "Status" }}]\n{GOOD}', "needs either"),
    "drop with a wrong value": (
        f'drop = [{{ column = "Status", when = [1.5] }}]\n{GOOD}', "`drop 1: when` is not right",
    ),
    "questions": ('questions = ["nps"]\n[columns]\nanswered_at = "At"\n', "`questions` is not right"),
    "a question without a column": (
        'questions = [{ metric = "nps" }]\n[columns]\nanswered_at = "At"\n', "`questions 1: score` is missing",
    ),
}  # fmt: skip
AT = '[columns]\nanswered_at = "At"\n'
DROP = f'drop = [{{ column = "Status", LINE }}]\n{GOOD}'
WITH = {
    "columns": "LINE",
    "columns.score": f"{AT}LINE",
    "no time": '[columns]\nscore = "Rating"\nLINE',
    "no score": f"{AT}LINE",
    "find_questions": f"LINE\n{AT}",
    "drop without a column": f'drop = [{{ LINE, when = ["x"] }}]\n{GOOD}',
    "drop without a condition": DROP,
    "drop with a wrong value": DROP,
    "questions": f"LINE\n{AT}",
    "a question without a column": f'questions = [{{ metric = "nps", LINE }}]\n{AT}',
}
"""What stands around the line that an error says to write; for all others, the rest of a good file."""


@pytest.mark.parametrize("case", WRONG)
def test_an_error_names_the_key_and_the_line_to_write_is_right(case: str) -> None:
    text, said = WRONG[case]
    with pytest.raises(UsageError) as caught:
        read_mapping(text, "map")
    assert said in str(caught.value)
    examples = re.findall(r"`([\w.]+ = [^`]+)`", str(caught.value))
    if examples:
        assert read_mapping(WITH.get(case, f"LINE\n{GOOD}").replace("LINE", examples[0]), "map").name
    else:
        assert re.search(r"Write one of these|Leave out|number from", str(caught.value))


def test_a_file_that_is_no_toml_says_so() -> None:
    with pytest.raises(UsageError, match=r"not valid TOML .*line 2"):
        read_mapping("\ncolumns = [1 2]", "map")


def test_names_of_columns_are_compared_without_case_spaces_and_signs() -> None:
    header = ["\ufeffResponse ID", " E-Mail ", "First Name", "last_name", "Q1 – score?", "", "Q1 other"]
    assert key("\ufeffResponse_ID ") == key("response id")
    assert places(header, ["responseid", "missing", "email"]) == ((0,), (1,))
    assert places(header, ["First name + Last name", "First name + missing"]) == ((2, 3),)
    assert places(header, ["q1*"]) == ((4,), (6,))
    assert plain("  Good, I’m\u00a0 satisfied ") == "good, i'm satisfied"
