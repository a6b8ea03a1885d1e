"""Invitations by e-mail, and who writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.headerregistry import Address
from typing import Any

from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.mail.letter import Letterhead

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
HEAD = Letterhead(
    Address("Support", "support", "example.com"), "https://cx.example.com", "Example Company",
    "https://example.com/privacy",
)  # fmt: skip
MADE = Invitation(
    key="k" * 16, state="sending", reason="", survey=SURVEYS["nps"], team_id=3, team="Support", agent="U0ANNA",
    customer="carla@customer.example", channel="", thread_ts="", trigger_ts="", delivery="email", topic="",
    touchpoint="", asked_by="automatic", asked_via="hook", timezone="Europe/Helsinki", locale="en", closed_at=AT,
    send_at=AT,
)  # fmt: skip


def invitation(survey: str = "nps", **changes: Any) -> Invitation:
    return replace(MADE, survey=SURVEYS[survey], **changes)
