"""The form of a team's settings, as an admin fills it in."""

from __future__ import annotations

from typing import Any

from tests.office import Office


def open_form(office: Office, team: str = "Support") -> dict[str, Any]:
    assert "The form is open" in office.command(office.ada, "/cx", f"team {team}")
    return office.slack.views(office.ada)[-1]


def submit(office: Office, view: dict[str, Any], **values: Any) -> Any:
    return office.slack.submit(office.ada, view["id"], {name: {name: value} for name, value in values.items()})


def team(office: Office, name: str = "Support") -> Any:
    return next(each for each in office.service.bot.teams() if each.name == name)
