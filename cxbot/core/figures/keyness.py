"""Words that some comments have more often than others (keyness), by the number of comments that have them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import snowballstemmer

from cxbot.core.figures.function_words import FUNCTION_WORDS
from cxbot.core.metrics import differences

LEAST = 5
"""Comments with a word that are needed to look at the word; fewer could be one person's."""
STEMMED = {"en": "english", "fi": "finnish", "sv": "swedish"}
"""The languages whose endings are taken off, with Snowball's names for them."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_SHORTEST = 3

Words = Mapping[str, str]
"""The words of a comment: by stem, the word as it was written."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that `n` of `of` comments have, and `others` of `others_of` other comments. `p` is the p-value (0–1) of
    "as often in both"."""

    text: str
    n: int
    of: int
    others: int
    others_of: int
    p: float


class Reader:
    """Splits comments into words in a language, by its code, without those that only hold sentences together; in other
    languages words are taken as they are."""

    def __init__(self, language: str) -> None:
        name = STEMMED.get(language)
        self._stem = snowballstemmer.stemmer(name).stemWord if name else str
        self._left_out = FUNCTION_WORDS.get(language, frozenset())

    def words(self, comment: str) -> dict[str, str]:
        """The words of a comment of at least three letters, each once. Addresses are left out."""
        text = unicodedata.normalize("NFKC", _ADDRESS.sub(" ", comment)).casefold()
        words = (word.replace("’", "'") for word in _WORD.findall(text) if len(word) >= _SHORTEST)
        return {self._stem(word): word for word in words if word not in self._left_out}


def telling(these: Sequence[Words], others: Sequence[Words], q: float = 0.10) -> list[Word]:
    """The words that stand out because more of these comments have them than of the others, the surest first.

    A word in at least 5 comments is tested by the log-likelihood ratio G² of the numbers of comments with and without
    it (Dunning 1993). At most a share q of the words found is expected to be false (Benjamini & Hochberg 1995). Each
    word is shown in its most frequent form.
    """
    here, there = (_counted(comments) for comments in (these, others))
    forms = _forms([*these, *others])
    tested = [
        Word(forms[stem], here[stem], len(these), there[stem], len(others),
             _p(here[stem], len(these), there[stem], len(others)))
        for stem in sorted(forms)
        if here[stem] + there[stem] >= LEAST
    ]  # fmt: skip
    flags = differences.flag([word.p for word in tested], q)
    found = [word for word, flag in zip(tested, flags, strict=True) if flag and _more(word)]
    return sorted(found, key=lambda word: (word.p, word.text))


def _more(word: Word) -> bool:
    return word.n >= LEAST and word.n * word.others_of > word.others * word.of


def _counted(comments: Iterable[Words]) -> Counter[str]:
    return Counter(stem for words in comments for stem in words)


def _forms(comments: Iterable[Words]) -> dict[str, str]:
    written: dict[str, Counter[str]] = {}
    for words in comments:
        for stem, word in words.items():
            written.setdefault(stem, Counter())[word] += 1
    return {stem: min(forms, key=lambda form: (-forms[form], form)) for stem, forms in written.items()}


def _p(here: int, of: int, there: int, others_of: int) -> float:
    """The p-value of a word, from G² with one degree of freedom."""
    if not of or not others_of:
        return 1.0
    n, having = of + others_of, here + there
    cells = ((here, of, having), (of - here, of, n - having), (there, others_of, having),
             (others_of - there, others_of, n - having))  # fmt: skip
    g2 = 2 * sum(seen * math.log(seen * n / (row * column)) for seen, row, column in cells if seen)
    return math.erfc(math.sqrt(max(g2, 0.0) / 2))
