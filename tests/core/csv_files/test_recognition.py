"""A file is of a tool if its header says so, and never if it is one of our own."""

from __future__ import annotations

from cxbot.core.csv_files.mapping import Layout
from cxbot.core.csv_files.recognition import is_ours, recognise

LAYOUT = Layout("tool", "Tool", recognise=("metric + score",))
FINER = Layout("finer", "Finer", recognise=("metric + score + at",))


def test_our_own_header_is_ours_whatever_a_layout_says() -> None:
    ours = [(1, ("",)), (2, ("Metric", " score", "answered_at"))]
    assert is_ours(ours)
    assert recognise(ours, [LAYOUT]) is None


def test_the_layout_with_the_most_columns_counts() -> None:
    theirs = [(1, ("Sample report", "")), (2, ("metric", "score", "at"))]
    assert recognise(theirs, [LAYOUT]) is LAYOUT
    assert recognise(theirs, [LAYOUT, FINER]) is FINER
    assert recognise([(1, ("Rating", "at"))], [LAYOUT, FINER]) is None
