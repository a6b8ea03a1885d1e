"""Splits typed text into words: `key:value`, quoted values and Slack's mentions."""

import re
import unicodedata
from dataclasses import dataclass

from cxbot.errors import N_, UsageError

# Phones replace straight quotation marks by typographic ones, not always by the right ones.
_DOUBLE_QUOTES = '"“”„‟«»'
_SINGLE_QUOTES = "'‘’‚‛"
_KEY = re.compile(rf"([^\s:<>{_DOUBLE_QUOTES}{_SINGLE_QUOTES}]+):")
_DOUBLE_QUOTED = re.compile(rf"[{_DOUBLE_QUOTES}]([^{_DOUBLE_QUOTES}]*)[{_DOUBLE_QUOTES}]")
# An apostrophe inside a name is not a closing quotation mark.
_SINGLE_QUOTED = re.compile(rf"[{_SINGLE_QUOTES}](.*?)[{_SINGLE_QUOTES}](?!\S)", re.DOTALL)
_MENTION = re.compile(r"<(?:[@#]|!subteam\^)([A-Z0-9]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"<((?:mailto|https?):[^<>|]*)(?:\|([^<>]*))?>")
_BARE = re.compile(r"\S*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, or a key with its value. For a mention, `value` is the Slack id."""

    key: str | None
    value: str
    quoted: bool = False
    mention: bool = False

    @property
    def bare(self) -> bool:
        """Whether it is a plain word, which may be part of a phrase such as "last week"."""
        return self.key is None and not self.quoted and not self.mention


def split(text: str) -> list[Token]:
    """The words of a text in order. Raises UsageError for an unclosed quotation mark.

    Slack's escapes (`&amp;`) are undone, and letters are composed (Unicode NFC). So the same name is always the same
    string.
    """
    tokens = []
    position = 0
    while (position := position + len(text[position:]) - len(text[position:].lstrip())) < len(text):
        key = _KEY.match(text, position)
        token, position = _token(key[1] if key else None, text, key.end() if key else position)
        tokens.append(token)
    return tokens


def _token(key: str | None, text: str, start: int) -> tuple[Token, int]:
    if match := _MENTION.match(text, start):
        return Token(key, match[1], mention=True), match.end()
    if match := _LINK.match(text, start):
        return Token(key, as_typed(match[2] or match[1].removeprefix("mailto:")), quoted=True), match.end()
    if match := _DOUBLE_QUOTED.match(text, start) or _SINGLE_QUOTED.match(text, start):
        return Token(key, as_typed(match[1]), quoted=True), match.end()
    if start < len(text) and text[start] in _DOUBLE_QUOTES:
        raise UsageError(
            N_('The quotation mark before `%(text)s` is not closed. Write `team:"Second line"`.'),
            text=echo(text[start + 1 :]),
        )
    match = _BARE.match(text, start)
    assert match is not None, "an empty match is one"
    return Token(key, as_typed(match[0])), match.end()


def name_in(text: str) -> str:
    """The name that a whole text is, as somebody typed it, with or without quotation marks."""
    return as_typed(text).strip(_DOUBLE_QUOTES)


def echo(text: str) -> str:
    """A person's text made safe to repeat in a message: one line of at most 60 characters, without backticks."""
    line = " ".join(text.split()).replace("`", "'")
    return line if len(line) <= 60 else f"{line[:59]}…"


def as_typed(text: str) -> str:
    """A text as somebody typed it: Slack's escapes undone, letters composed, without white space around it."""
    unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return unicodedata.normalize("NFC", unescaped).strip()
