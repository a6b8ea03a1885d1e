"""The possible answers to a company's own questions, and how each kind is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cxbot.core.metrics import shipped
from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.surveys import shipped as templates
from cxbot.core.surveys.survey import Item, numbers
from cxbot.errors import N_

NET_OF_TEN = N_(
    "100 · (answers 9–10 − answers 0–6) / all answers; 7–8 count in the number of answers. The range is the score "
    "interval for a net score (Tango 1998)."
)
RATED_TO_7 = N_(
    "The mean of the answers on the scale 1–7; its range comes from the answers plus 3 pseudo-answers spread over the "
    "scale, a method of our own. The share of 5–7 has Wilson's interval (1927)."
)
NET_OF_WORDS = N_(
    "100 · (%(good)s − %(bad)s) / all answers; the others count in the number of answers. The range is the score "
    "interval for a net score (Tango 1998)."
)
SHARE_OF_WORDS = N_(
    "The share of %(good)s among all answers, with Wilson's interval (1927); the others count in the number of answers."
)


def _like(item: Item, formula: str, good: range, middling: range, poor: range) -> Item:
    """A scale that is counted like that of a shipped item, whatever the question."""
    groups = {"good": good, "middling": middling, "poor": poor}
    metric = replace(item.metric, formula=formula, groups=groups)
    return replace(item, metric=metric, low_label="", high_label="", alarm=poor, praise=good)


RATED_0_TO_10 = N_(
    "The mean of the answers on the scale 0–10; its range comes from the answers plus 3 pseudo-answers spread over the "
    "scale, a method of our own. The share of 9–10 has Wilson's interval (1927)."
)
RATED_1_TO_10 = N_(
    "The mean of the answers on the scale 1–10; its range comes from the answers plus 3 pseudo-answers spread over the "
    "scale, a method of our own. The share of 8–10 has Wilson's interval (1927)."
)
RATED_1_TO_4 = N_(
    "The mean of the answers on the scale 1–4; its range comes from the answers plus 3 pseudo-answers spread over the "
    "scale, a method of our own. The share of 3–4 has Wilson's interval (1927)."
)
RATED_0_TO_2 = N_(
    "The mean of the answers on the scale 0–2; its range comes from the answers plus 3 pseudo-answers spread over the "
    "scale, a method of our own. The share of 2 has Wilson's interval (1927)."
)


def _mean(low: int, high: int, formula: str, good: range, middling: range, poor: range) -> Item:
    """A scale whose figure is the mean, with the share of good answers beside it."""
    groups = {"good": good, "middling": middling, "poor": poor}
    template = templates.EXPERIENCE.first
    metric = replace(
        template.metric, low=low, high=high, formula=formula, beside={"share": Statistic(Kind.SHARE, good=good)},
        groups={name: scores for name, scores in groups.items() if scores},
    )  # fmt: skip
    return replace(
        template, metric=metric, choices=numbers(low, high), low_label="", high_label="", alarm=poor, praise=good
    )


NET, MEAN = "net", "mean"
FIGURES = (NET, MEAN)
"""What the answers to 0–10 can be counted as."""
MEAN_OF_TEN = _mean(0, 10, RATED_0_TO_10, range(9, 11), range(7, 9), range(7))
SCALES: Mapping[str, Item] = {
    "0-10": _like(templates.NPS.first, NET_OF_TEN, range(9, 11), range(7, 9), range(7)),
    "1-5": _like(templates.EXPERIENCE.first, shipped.RATED, range(4, 6), range(3, 4), range(1, 3)),
    "1-10": _mean(1, 10, RATED_1_TO_10, range(8, 11), range(6, 8), range(1, 6)),
    "1-4": _mean(1, 4, RATED_1_TO_4, range(3, 5), range(0), range(1, 3)),
    "0-2": _mean(0, 2, RATED_0_TO_2, range(2, 3), range(1, 2), range(1)),
    "1-7": _like(templates.CES.first, RATED_TO_7, range(5, 8), range(4, 5), range(1, 4)),
}
