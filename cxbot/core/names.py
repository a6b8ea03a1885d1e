"""Names of people, teams and things: when two spellings are the same one, and what an e-mail address is."""

from __future__ import annotations

import re
import unicodedata

WORD = r'[^\s"(),.:;<>@\[\\\]]+'
LABEL = r"[^\W_]+(?:-+[^\W_]+)*"
ADDRESS = re.compile(rf"{WORD}(?:\.{WORD})*@{LABEL}(?:\.{LABEL})+")
MEMBER = re.compile(r"[UW][A-Z0-9]+")
"""The id of a member of Slack, where Slack itself says that it is one."""

SLACK_ID = re.compile(r"[UW](?=[A-Z]*[0-9])[A-Z0-9]{4,30}")
"""What is certainly the id of a member, among names as people write them."""

LONGEST_ADDRESS, LONGEST_BEFORE_AT = 254, 64  # RFC 5321


def key(text: str) -> str:
    """The form in which names are compared; "" for a text without any visible character.

    Upper and lower case, the width and composition of characters (Unicode NFKC), and the amount and kind of white
    space make no difference, so that “Päivi” and “PÄIVI ” are one name. E-mail addresses and Slack ids follow
    the same rule: neither has capitals that matter in practice.
    """
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    for _ in range(2):  # once more, since what was folded may compose to letters that fold again
        visible = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return " ".join(visible.split())


def shown(text: str) -> str:
    """A name as it is stored and shown: composed, and without extra spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address as people have them: one @, a domain with a dot, no spaces or quotes."""
    fits = len(text) <= LONGEST_ADDRESS and text.find("@") <= LONGEST_BEFORE_AT
    return fits and text.isprintable() and ADDRESS.fullmatch(text) is not None


def spelled(known: str) -> str:
    """The spelling of a linked address whose key is known: Slack ids have capitals, e-mail addresses need none."""
    capitals = known.upper()
    return capitals if MEMBER.fullmatch(capitals) else known
