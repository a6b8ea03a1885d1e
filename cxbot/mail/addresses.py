"""Addresses that mail can be sent to."""

from __future__ import annotations

import unicodedata
from email.headerregistry import Address

from cxbot.core.names import is_address
from cxbot.errors import N_, CxbotError


class NoAddressError(CxbotError):
    """Mail can't be sent to this address."""


def address(text: str) -> Address:
    """An address as it is sent, with its domain in ASCII. Raises NoAddressError if it is none."""
    local, _, domain = text.rpartition("@")
    parts = [_in_ascii(part) for part in domain.split(".")]
    if not is_address(text) or any(len(part) > LONGEST_PART for part in parts):
        raise NoAddressError(NO_ADDRESS)
    return Address(username=local, domain=".".join(parts))


def _in_ascii(part: str) -> str:
    """A part of a domain in ASCII, as browsers and today's registries do it (IDNA 2008). Python's own `idna` is of
    2003: it takes `ß` for `ss`, which is another domain."""
    if part.isascii():
        return part
    return "xn--" + unicodedata.normalize("NFKC", part).lower().encode("punycode").decode()


LONGEST_PART = 63  # RFC 1035
NO_ADDRESS = N_("this is no address that mail can be sent to")
