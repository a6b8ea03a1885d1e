"""A company's own texts in the languages in which it wrote them."""

from __future__ import annotations

from collections.abc import Mapping

LOCALES = ("en", "fi", "sv")


class Text(str):
    """A text that has its own translations in `given`, so that no message catalogue is needed.

    As a plain string it is the text for readers of all other languages.
    """

    given: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str], order: tuple[str, ...]) -> Text:
        """The text made from its translations by language code.

        Readers of other languages get the translation whose code comes first in `order`.
        """
        made = cls(next(given[code] for code in order if code in given))
        made.given = given
        return made

    def to(self, code: str) -> str:
        """The text for readers of a language: its translation, else the plain string."""
        return self.given.get(code, str(self))
