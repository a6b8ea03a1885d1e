"""Puts answers on file, for tests that are not about the click."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cxbot.core.invitations.replies import Action
from cxbot.core.invitations.rules import Invitation
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.records import answers, endings, invitations, links, surveys, teams


def seed(
    database: Database,
    scores: Iterable[int],
    now: datetime,
    *,
    team: str = "Support",
    agent: str = "U0AGENT",
    survey: str = "csat",
    asked_by: str = "hand-picked",
    comment: str = "",
) -> None:
    """Answers of as many customers to surveys that an agent of a team sent now."""

    def write(db: Connection) -> None:
        team_id = teams.named(db, team).id
        for number, score in enumerate(scores):
            key = invitations.new_key()
            made = Invitation(
                key=key, state="sending", reason="", survey=SURVEYS[survey], team_id=team_id, team=team, agent=agent,
                customer=f"U0{agent[-2:]}{number:04}", channel="C0SOURCE", thread_ts="", trigger_ts="", delivery="dm",
                topic="", touchpoint="", asked_by=asked_by, asked_via="command", timezone="Europe/Helsinki",
                locale="en", closed_at=now, send_at=now,
            )  # fmt: skip
            invitations.keep(db, made, made.closed_at)
            sent = endings.sent(db, key, "D0NOWHERE", f"{number}.1", now)
            assert sent is not None
            answers.take_score(db, sent, SURVEYS[survey].first, score, Action("1.0", now))
            if comment:
                answers.take_comment(db, sent, comment, Action("1.1", now))

    database.write(write)


def link(
    database: Database,
    now: datetime,
    *,
    survey: str = "csat",
    customer: str = "carla@example.com",
    state: str = "sent",
    locale: str = "en",
    team: str = "Support",
) -> str:
    """The token of the link to a survey that was mailed to a customer now; with the state `sending` its outcome is
    unknown."""

    def write(db: Connection) -> str:
        made = Invitation(
            key=invitations.new_key(), state="sending", reason="", survey=surveys.named(db, survey),
            team_id=teams.named(db, team).id, team=team, agent="U0AGENT", customer=customer, channel="", thread_ts="",
            trigger_ts="", delivery="email", topic="", touchpoint="", asked_by="automatic", asked_via="hook",
            timezone="Europe/Helsinki", locale=locale, closed_at=now, send_at=now,
        )  # fmt: skip
        invitations.keep(db, made, now)
        if state == "sent":
            endings.sent(db, made.key, "", "", now)
        return links.make(db, made, now)

    return database.write(write)
