"""Names of people, teams and things: when two spellings are the same one, and what an e-mail address is."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

WORD = r'[^\s"(),.:;<>@\[\\\]]+'
LABEL = r"[^\W_]+(?:-+[^\W_]+)*"
WHOLE_LABEL = re.compile(LABEL)
ADDRESS = re.compile(rf"{WORD}(?:\.{WORD})*@{LABEL}(?:\.{LABEL})+")
MEMBER = re.compile(r"[UW][A-Z0-9]+")
"""The id of a member of Slack, where Slack itself says that it is one."""

SLACK_ID = re.compile(r"[UW](?=[A-Z]*[0-9])[A-Z0-9]{4,30}")
"""What is certainly the id of a member, among names as people write them."""

LINKED = re.compile(r"[UW](?:[A-Z0-9]{6,}|[A-Z0-9]*[0-9][A-Z0-9]*)")
"""The id of a member, among addresses that are linked: these are ids and e-mail addresses."""

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that turn the direction of what follows: with them a text could change how those around it read."""
LINE_ENDS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")
HARMFUL = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{TURNING}]")
LONGEST_ADDRESS, LONGEST_BEFORE_AT = 254, 64  # RFC 5321
IN_ASCII = re.compile(r"(?<![^@.])xn--([a-z0-9](?:[a-z0-9-]{0,57}[a-z0-9])?)(?![^.])")
"""A part of a domain whose other letters are written in ASCII (RFC 5890)."""


@lru_cache(maxsize=4096)  # most names come again and again: a click looks up its team
def key(text: str) -> str:
    """The form in which names are compared; "" for a text without any visible character.

    Upper and lower case, the width and composition of characters (Unicode NFKC), and the amount and kind of white
    space make no difference, so that “Päivi” and “PÄIVI ” are one name. E-mail addresses and Slack ids follow
    the same rule: neither has capitals that matter in practice. A domain is the same in its own letters and in ASCII:
    `bücher.example` is `xn--bcher-kva.example`.
    """
    folded = _folded(_visible(text))
    return _folded(IN_ASCII.sub(_in_letters, folded)) if "xn--" in folded else folded


def mailbox(text: str) -> str:
    """An e-mail address as mails go to it, in small letters. `key` is for comparing only: it takes `ß` for `ss`, and
    a mail to that address would be somebody else's."""
    return " ".join(unicodedata.normalize("NFKC", _visible(text)).lower().split())


def _visible(text: str) -> str:
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def _folded(text: str) -> str:
    for _ in range(2):  # once more, since what was folded may compose to letters that fold again
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.split())


def _in_letters(part: re.Match[str]) -> str:
    """A part of a domain in its own letters; as it is if it only looks like one."""
    try:
        letters = part[1].encode().decode("punycode")
    except UnicodeError:
        return part[0]
    is_domain = not letters.isascii() and WHOLE_LABEL.fullmatch(letters) and not _folded(letters).startswith("xn--")
    return letters if is_domain else part[0]


def shown(text: str) -> str:
    """A name as it is stored and shown: composed, and without extra spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def harmless(text: str) -> str:
    """A text as people wrote it, without control characters, halves of characters and marks that turn its direction.
    Terminals obey the first, and the last change how what is beside it reads. Its lines end as ours do."""
    return HARMFUL.sub("", LINE_ENDS.sub("\n", text))


def nearest(text: str, keys: Iterable[str]) -> list[str]:
    """Up to three of some keys of names that look most like a text, the nearest first."""
    return difflib.get_close_matches(key(text), tuple(keys), n=3)


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address as people have them: one @, a domain with a dot, no spaces or quotes."""
    fits = len(text) <= LONGEST_ADDRESS and text.find("@") <= LONGEST_BEFORE_AT
    return fits and text.isprintable() and ADDRESS.fullmatch(text) is not None


def spelled(known: str) -> str:
    """The spelling of a linked address whose key is known: Slack ids have capitals, e-mail addresses need none."""
    capitals = known.upper()
    return capitals if LINKED.fullmatch(capitals) else known
