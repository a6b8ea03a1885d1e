"""A company's own words, in the languages in which it gives them."""

from __future__ import annotations

from collections.abc import Mapping

LOCALES = ("en", "fi")


class Text(str):
    """A text that no catalogue translates, since its writer did; as a plain string it is what readers of all other
    languages get."""

    given: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str], order: tuple[str, ...]) -> Text:
        """The text from its translations by language code; the first of `order` that is given is for everybody
        else."""
        made = cls(next(given[code] for code in order if code in given))
        made.given = given
        return made

    def to(self, code: str) -> str:
        """The text for readers of a language."""
        return self.given.get(code, str(self))
