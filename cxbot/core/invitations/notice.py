"""Where people read how their data are handled."""

from __future__ import annotations

PATH = "/privacy"


def notice_at(privacy_url: str, public_url: str, code: str) -> str:
    """The address of the notice in a language: the company's own one, else the bot's page; "" if there is neither."""
    return privacy_url or (f"{public_url}{PATH}?lang={code}" if public_url else "")
