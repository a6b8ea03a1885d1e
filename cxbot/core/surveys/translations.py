"""A company's own texts in the languages in which it wrote them."""

from __future__ import annotations

from collections.abc import Mapping

LOCALES = ("en", "fi")


class Text(str):
    """A text with its own translations instead of a catalogue's. As a plain string it is the text for readers of
    other languages."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str], order: tuple[str, ...]) -> Text:
        """The text from its translations by language code. The first given one of `order` is for readers of other
        languages."""
        made = cls(next(given[code] for code in order if code in given))
        made.given = given
        return made

    def to(self, code: str) -> str:
        """The text in a language."""
        return self.given.get(code, str(self))
