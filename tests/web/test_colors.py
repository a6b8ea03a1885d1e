"""Whatever colour a company has, what is written on it or in it can be read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cxbot.web.colors import BLACK, READABLE, WHITE, contrast, readable, text_on
from cxbot.web.pages import DARK, stylesheet

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colors)
def test_text_on_any_colour_can_be_read(color: str) -> None:
    assert contrast(text_on(color), color) >= READABLE


@given(colors)
def test_every_colour_has_a_readable_neighbour(color: str) -> None:
    for background in (WHITE, DARK):
        found = readable(color, background)
        assert contrast(found, background) >= READABLE
        if contrast(color, background) >= READABLE:
            assert found == color


def test_contrasts_are_those_of_the_guidelines() -> None:
    assert contrast(BLACK, WHITE) == 21
    assert round(contrast("#767676", WHITE), 2) == 4.54
    assert contrast("#0b5fff", "#0b5fff") == 1
    assert (text_on("#ffdd00"), text_on("#1f3a5f")) == (BLACK, WHITE)


def test_the_background_in_the_dark_is_the_one_of_the_stylesheet() -> None:
    assert f"--panel: {DARK};" in stylesheet(BLACK)
