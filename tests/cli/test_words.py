"""`cxbot report words`: what low answers say more than high ones, and this month's more than last month's."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats

from cxbot.core.figures import keyness
from tests.desk import AT, Desk

HEAD = ["external_id", "metric", "score", "answered_at", "comment"]


def brought(desk: Desk, *groups: tuple[str, int, str, int]) -> None:
    """Import answers: their day, score, comment and number."""
    lines: list[list[object]] = [HEAD]
    for place, (day, score, comment, n) in enumerate(groups):
        lines += [[f"{place}.{n}", "nps", score, f"{day}T10:{n:02}:00Z", comment] for n in range(n)]
    desk.run("import", desk.write(lines))


def test_words_of_low_answers_stand_out_from_those_of_high_ones(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(
        desk, ("2026-11-10", 2, "Waited and waited for the invoice", 12), ("2026-11-10", 3, "The team was nice", 8),
        ("2026-11-10", 10, "Friendly and quick, the team helped", 30), ("2026-11-10", 9, "", 10),
        ("2026-10-10", 2, "The team was nice", 30),
    )  # fmt: skip
    found = desk.report("words", "nps", "month")
    assert (found["n"], found["low"]["n"], found["high"]["n"], found["more"]["n"]) == (50, 20, 30, 30)
    low = {word["word"]: word for word in found["low"]["words"]}
    assert {"waited", "invoice", "nice"} <= low.keys()
    assert not {"the", "team"} & low.keys(), "what both have tells nothing"
    waited = low["waited"]
    assert (waited["n"], waited["of"], waited["others"], waited["others_of"]) == (12, 20, 0, 30), "once a comment"
    assert "friendly" in {word["word"] for word in found["high"]["words"]}
    assert "waited" in {word["word"] for word in found["more"]["words"]}
    assert "nice" not in {word["word"] for word in found["more"]["words"]}
    said = desk.run("report", "words", "nps", "month", "--at", AT)
    assert "• waited: 12 of 20 comments, elsewhere 0 of 30" in said


def test_a_period_that_is_no_month_is_told_by_its_days(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk, ("2026-11-10", 2, "Waited for the invoice", 30), ("2026-10-10", 2, "The team was nice", 30))
    said = desk.run("report", "words", "nps", "30d", "--at", "2026-11-18T10:00:00Z")
    assert "More than in 19 Sep–18 Oct 2026" in said


def test_without_words_that_stand_out_it_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk, ("2026-11-10", 2, "fine", 4), ("2026-11-10", 10, "good", 4))
    assert "No word stands out" in desk.run("report", "words", "nps", "month", "--at", AT)
    assert "No word stands out" in desk.run("report", "words", "--at", "2025-01-01T10:00:00Z")


@pytest.mark.parametrize(
    ("language", "comments", "together"),
    [
        ("en", ("waiting", "waits", "waited"), True),
        ("fi", ("laskussa oli virhe", "laskun maksu", "lasku"), True),
        ("sv", ("kund", "kunder", "kundens"), True),
        ("xx", ("waiting", "waits"), False),
    ],
)
def test_forms_of_a_word_count_together(language: str, comments: tuple[str, ...], together: bool) -> None:
    reader = keyness.Reader(language)
    first = [next(iter(reader.words(comment))) for comment in comments]
    assert (len(set(first)) == 1) is together


def test_addresses_and_short_words_are_left_out() -> None:
    words = keyness.Reader("en").words(
        "Write to anna@example.com or https://example.com/x, it's OK: I'm not-so SURE 12"
    )
    assert set(words.values()) == {"write", "not-so", "sure"}


@pytest.mark.parametrize(
    ("language", "comment", "telling"),
    [
        ("en", "They didn’t help me and I had to wait for weeks", {"help", "wait", "weeks"}),
        ("fi", "Minun piti odottaa koska kukaan ei vastannut siihen", {"piti", "odottaa", "kukaan", "vastannut"}),
        ("sv", "Jag fick vänta eftersom ingen svarade på det", {"vänta", "svarade"}),
        ("xx", "and wait", {"and", "wait"}),
    ],
)
def test_words_that_only_hold_a_sentence_together_are_left_out(language: str, comment: str, telling: set[str]) -> None:
    assert set(keyness.Reader(language).words(comment).values()) == telling


@pytest.mark.parametrize(("here", "of", "there", "others_of"), [(12, 20, 3, 30), (5, 9, 5, 40), (7, 50, 6, 40)])
def test_the_test_is_that_of_scipy(here: int, of: int, there: int, others_of: int) -> None:
    table = [[here, of - here], [there, others_of - there]]
    wanted = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue
    comments = [[{"word": "word"}] * having + [{}] * (n - having) for having, n in ((here, of), (there, others_of))]
    found = keyness.telling(*comments, q=1.0)
    if found:
        assert found[0].p == pytest.approx(wanted)
    else:
        assert here * others_of <= there * of


@pytest.mark.parametrize("words", [("words", "nps", "by:topic"), ("words", "enps"), ("words", "nps", "vs:2026-10")])
def test_what_is_not_about_words_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    desk = Desk(tmp_path)
    desk.run("migrate")
    assert "words" in desk.run("report", *words, code=2)
