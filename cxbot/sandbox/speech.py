"""Texts in the language of the local Slack, from the catalogues in `locale/`. The English texts are the keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from .errors import NotPossible

ENGLISH = "en"


@dataclass(frozen=True)
class Speech:
    """One language. `texts` has the translation of each text, `plurals` the singular and the plural by the English
    singular; their placeholders are `{name}`."""

    code: str
    texts: dict[str, str]
    plurals: dict[str, list[str]]

    def say(self, text: str, /, **values: object) -> str:
        """The translation with its values filled in. What is in no catalogue, such as the app's words, stays."""
        said = self.texts.get(text, text)
        return said.format(**values) if values else said

    def refusal(self, refusal: NotPossible) -> str:
        """Why something is not possible."""
        return self.say(refusal.text, **refusal.values)


@cache
def speech(code: str) -> Speech:
    """The language with this code: `en`, or one that has a catalogue. Raises FileNotFoundError for others."""
    name = "sandbox.pot" if code == ENGLISH else f"{code}.po"
    with files(__package__).joinpath("locale", name).open("rb") as file:
        catalogue = read_po(file, locale=code)
    return Speech(code, *_forms(catalogue, english=code == ENGLISH))


def _forms(catalogue: Catalog, *, english: bool) -> tuple[dict[str, str], dict[str, list[str]]]:
    texts, plurals = {}, {}
    for message in catalogue:
        said = message.id if english else message.string
        if isinstance(message.id, str):
            texts[message.id] = str(said)
        else:
            plurals[message.id[0]] = [str(each) for each in said or ()]
    texts.pop("", None)  # the catalogue's header
    return texts, plurals
