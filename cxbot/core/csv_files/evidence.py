"""Tells from its text and its values which metric a column of answers is on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cxbot.core.csv_files.cells import whole
from cxbot.core.csv_files.headers import plain
from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.shipped import RATING

NUMBER = re.compile(r"(-?[0-9]+(?:[.,]0+)?)(?:\s*[-–—:.(=]\s*\D*|\s+[^\W\d]\D*)?")
EMPTY = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "(blank)"})
MOST_VALUES = 60  # a column with more different values is no question on a scale

SIGNS: Mapping[str, re.Pattern[str]] = {
    "nps": re.compile(r"recommend|\bnps\b|suosittel|rekommend"),
    "csat": re.compile(r"satisf|\bcsat\b|tyytyväi|nöjd"),
    "ces": re.compile(r"\beas(?:y|ily|e|ier)\b|\beffort|\bces\b|helppo|vaivat|\benkel(?:t|het)?\b|\blätt\b|ansträng"),
}
COUNTED = re.compile(
    r"\bhow (?:many|much|long|often|old)\b|\bnumber of\b|\b(?:age|years?)\b|kuinka (?:mont|kauan|paljon|usein)|"
    r"\bhur (?:många|mycket|länge|ofta|gammal)\b"
)
COMMENT = re.compile(
    r"comment|\breason|\bwhy\b|feedback|improve|\bbetter\b|elaborate|thoughts|tell us|explain|anything else|suggest|"
    r"miksi|kommen|palaut|perust|paran|kerro|varför|återkoppl|synpunkt|förbättr|\bbättre\b|förklara|berätta"
)

Scores = Mapping[str, int | None]

WORDS: Mapping[str, Scores] = {
    "csat": {
        "very satisfied": 5, "extremely satisfied": 5, "satisfied": 4, "somewhat satisfied": 4,
        "neither satisfied nor dissatisfied": 3, "neutral": 3, "dissatisfied": 2, "somewhat dissatisfied": 2,
        "unsatisfied": 2, "very dissatisfied": 1, "extremely dissatisfied": 1, "very unsatisfied": 1,
        "erittäin tyytyväinen": 5, "tyytyväinen": 4, "en tyytyväinen enkä tyytymätön": 3, "tyytymätön": 2,
        "erittäin tyytymätön": 1,
        "mycket nöjd": 5, "nöjd": 4, "ganska nöjd": 4, "varken nöjd eller missnöjd": 3, "missnöjd": 2,
        "ganska missnöjd": 2, "mycket missnöjd": 1,
    },
    "rating": {
        "good": 2, "neutral": 1, "bad": 0, "happy": 2, "unhappy": 0, "positive": 2, "negative": 0, "satisfied": 2,
        "unsatisfied": 0, "dissatisfied": 0, "thumbs up": 2, "thumbs down": 0, "up": 2, "down": 0, "👍": 2, "👎": 0,
        "hyvä": 2, "huono": 0, "bra": 2, "dåligt": 0, "dålig": 0,
    },
}  # fmt: skip
"""Words that every mapping knows, as scores by metric."""
TWO_VALUED = frozenset({"satisfied", "dissatisfied", "unsatisfied", "tyytyväinen", "tyytymätön", "nöjd", "missnöjd"})
"""If these are all, there may be only two answers, which would not be CSAT."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a column being on `metric`: its text, its values, or only its text (then it is not `sure`)."""

    metric: str
    by_text: bool
    sure: bool = True


def score_of(text: str, words: Scores) -> int | None:
    """The score in a cell: a word of the mapping, or a whole number that may be followed by words, such as “10 -
    Extremely likely”. None if there is neither, or if the word means that there is no answer."""
    value = plain(text)
    if value in words:
        return words[value]
    number = NUMBER.fullmatch(value)
    return whole(number[1]) if number else None


def is_empty(text: str) -> bool:
    """Whether a cell has nothing, or one of the usual words for nothing."""
    return plain(text) in EMPTY


def fits(metric: Metric, values: Collection[str], words: Scores) -> bool:
    """Whether there are answers among the values, and all are on the metric's scale.

    The numbers of a rating are our own, so it takes words: in another tool 1 may be the best.
    """
    if metric.name == RATING.name:
        return only_words(values, words)
    found = [score_of(value, words) for value in values if words.get(plain(value), 0) is not None]
    return bool(found) and all(score in metric.scale for score in found)


def only_words(values: Collection[str], words: Scores) -> bool:
    """Whether all values are in the mapping's list of words."""
    return bool(values) and all(plain(value) in words for value in values)


def sign_of(text: str, values: Counter[str], metrics: Mapping[str, Metric], words: Mapping[str, Scores]) -> Sign | None:
    """What speaks for a question with this text and these answers being on a metric; None if nothing does.

    A text decides if the values don't contradict it. Values alone decide only if they show how far the scale goes:
    above 7 is NPS, 6 and 7 CES, 4 and 5 CSAT, good and bad a rating. What counts something, such as “How many …”, is
    no rating.
    """
    if len(values) > MOST_VALUES:
        return None
    said = {plain(value) for value in values}
    asks_words = COMMENT.search(plain(text)) is not None
    if said and said <= set(words.get("rating", {})) and said - set(words.get("csat", {})) and not asks_words:
        return Sign("rating", by_text=False)
    if any(_doubled(values, words.get(name, {})) for name in SIGNS):
        return None
    if said and said <= TWO_VALUED:
        return Sign("csat", by_text=True, sure=False)
    named = [name for name, sign in SIGNS.items() if sign.search(plain(text))]
    on = [name for name in SIGNS if fits(metrics[name], values, words.get(name, {}))]
    shown = _shown(values, on, words)
    if len(named) == 1:
        name = named[0]
        numeric = any(fits(metrics[each], values, words.get(each, {})) for each in SIGNS)
        if name in on and _reaches(name, values, words):
            return Sign(name, by_text=True)
        return Sign(name, by_text=True, sure=False) if numeric else None
    if shown and not asks_words and not COUNTED.search(plain(text)):
        return Sign(shown, by_text=False)
    return None


def _doubled(values: Collection[str], words: Scores) -> bool:
    """Whether two of the words have one score: then the scale has more points than the words that are known."""
    said = {plain(value) for value in values} & set(words)
    return len({words[each] for each in said}) < len(said)


def _reaches(name: str, values: Counter[str], words: Mapping[str, Scores]) -> bool:
    """Whether values show that the scale is not a shorter one: 0 or more than 5 for NPS, 6 or 7 for CES."""
    if name == "csat":
        return True
    scores = [score for value in values if (score := score_of(value, words.get(name, {}))) is not None]
    return max(scores) > 5 or (name == "nps" and min(scores) == 0)


def _shown(values: Counter[str], on: Collection[str], words: Mapping[str, Scores]) -> str:
    """The metric that values alone speak for; "" if none."""
    for name in on:
        if only_words(values, words.get(name, {})):
            return name
    scores = [score for value in values if (score := score_of(value, {})) is not None]
    if not scores or len(scores) < len(values):
        return ""
    highest = max(scores)
    name = "nps" if highest > 7 else "ces" if highest > 5 else "csat" if highest > 3 else ""
    return name if name in on else ""
