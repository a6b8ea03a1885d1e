"""Teams, their people and their source channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cxbot.core.names import key
from cxbot.core.teams import conditions
from cxbot.core.teams import settings as team_settings
from cxbot.core.teams.team import Team
from cxbot.errors import N_, UsageError
from cxbot.public_holidays import checked, closed_days
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run
from cxbot.store.engine.steps.interactions import KEY
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import names, surveys

COLUMNS = (
    "name",
    "channel",
    "leads_channel",
    "timezone",
    "locale",
    "digest",
    "survey",
    "delay_minutes",
    "throttle_days",
    "hours",
    "reaction",
    "delivery",
    "agents",
    "rehearsal",
    "paused",
    "sampling",
    "reaction_means",
    "never_companies",
    "company_days",
    "silence",
    "conditions",
    "holidays",
    "reminder_days",
    "relationship_days",
    "surveys",
    "quiet",
)


def every(db: Connection) -> list[Team]:
    """All teams, by name."""
    people: dict[tuple[int, str], list[str]] = {}
    for person in rows(db, "SELECT team_id, role, principal FROM team_people ORDER BY principal"):
        people.setdefault((person["team_id"], person["role"]), []).append(person["principal"])
    channels: dict[int, list[str]] = {}
    for source in rows(db, "SELECT team_id, channel FROM source_channels ORDER BY channel"):
        channels.setdefault(source["team_id"], []).append(source["channel"])
    return [
        _team(db, kept, people, channels.get(kept["id"], []))
        for kept in rows(db, "SELECT * FROM teams ORDER BY name_key")
    ]


def _team(db: Connection, kept: Row, people: Mapping[tuple[int, str], list[str]], channels: Iterable[str]) -> Team:
    created = moment(kept["created_at"])
    assert created is not None
    settings: dict[str, Any] = {
        name: bool(kept[name]) if name in ("rehearsal", "paused") else kept[name] for name in COLUMNS
    }
    settings["survey"] = surveys.named(db, kept["survey"])
    settings["never_companies"] = tuple(name for name in kept["never_companies"].split("\n") if name)
    settings["surveys"] = tuple((source, surveys.named(db, name)) for source, name in _pairs(kept["surveys"]))
    settings["closed"] = closed_days(kept["holidays"])
    return Team(
        id=kept["id"],
        leads=tuple(people.get((kept["id"], "lead"), ())),
        members=tuple(people.get((kept["id"], "member"), ())),
        source_channels=tuple(channels),
        created_at=created,
        **settings,
    )


def _pairs(lines: str) -> list[tuple[str, str]]:
    """The sources with their surveys, each `source=survey`."""
    return [(source, name) for source, _, name in (line.partition("=") for line in lines.split("\n")) if source]


def secret(db: Connection) -> bytes:
    """The key of this installation, by which samples are drawn and people are known whose names were erased."""
    known = switched(db, KEY)
    assert known is not None, "made with the file"
    return bytes.fromhex(known)


def named(db: Connection, name: str) -> Team:
    """The team with this name, in any case. Raises UsageError that lists the teams."""
    teams = every(db)
    for team in teams:
        if key(team.name) == key(name):
            return team
    if not teams:
        raise UsageError(
            N_("There is no team yet. Add one: `cxbot team add %(name)s --channel C…`, or `/cx team` in Slack."),
            name=name,
        )
    raise UsageError(
        N_("There is no team “%(name)s”. Teams: %(teams)s."),
        name=name,
        teams=", ".join(team.name for team in teams),
    )


def add(db: Connection, settings: Mapping[str, Any], now: datetime) -> int:
    """Add a team. Raises UsageError if its name or a source channel is taken."""
    wanted = key(settings["name"])
    if row(db, "SELECT id FROM teams WHERE name_key = :key", key=wanted):
        raise UsageError(
            N_("There is already a team “%(name)s”. Change it with `cxbot team set %(name)s …`."),
            name=settings["name"],
        )
    values = _columns(db, settings)
    name_id = names.give(db, "team", settings["name"])
    if row(db, "SELECT id FROM teams WHERE name_id = :id", id=name_id):  # the earlier name of another team
        name_id = names.split(db, "team", settings["name"])
    insert(db, "teams", {**values, "name_key": wanted, "name_id": name_id, "created_at": stamp(now)})
    kept = row(db, "SELECT id FROM teams WHERE name_key = :key", key=wanted)
    assert kept is not None
    _set_people(db, kept["id"], settings)
    return int(kept["id"])


def _columns(db: Connection, settings: Mapping[str, Any]) -> dict[str, Any]:
    if "survey" in settings:
        # The survey may have been retired since the settings were read.
        team_settings.survey(settings["survey"], surveys.catalogue(db))
    values = {name: settings[name] for name in COLUMNS if name in settings}
    for name in ("never_companies", "surveys"):
        if name in values:
            values[name] = "\n".join(values[name])
    if "holidays" in values:
        values["holidays"] = checked(values["holidays"])
    _check_sources(db, values)
    return values


def _check_sources(db: Connection, values: Mapping[str, Any]) -> None:
    """Raise UsageError for a source that there is not, and for a survey that was retired since the settings were
    read."""
    rules = conditions.parse(values.get("conditions", ""))
    pairs = _pairs(values.get("surveys", ""))
    named = {
        "conditions": {value for each in rules if each.word == "source" for value in each.values},
        "surveys": {source for source, _ in pairs},
    }
    hooks = {str(each["name"]) for each in rows(db, "SELECT name FROM hooks")}
    for field, sources in named.items():
        conditions.check_sources(sources, hooks, field)
    for _, name in pairs:
        team_settings.survey(name, surveys.catalogue(db))


def change(db: Connection, team_id: int, settings: Mapping[str, Any]) -> None:
    """Change the given settings; the others stay."""
    values = _columns(db, settings)
    if "name" in values:
        values["name_key"] = key(values["name"])
        taken = row(db, "SELECT id FROM teams WHERE name_key = :key AND id != :id", key=values["name_key"], id=team_id)
        if taken:
            raise UsageError(N_("There is already a team “%(name)s”. Choose another name."), name=values["name"])
        _rename(db, team_id, values["name"])
    if values:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        run(db, f"UPDATE teams SET {changes} WHERE id = :id", id=team_id, **values)
    _set_people(db, team_id, settings)


def _rename(db: Connection, team_id: int, name: str) -> None:
    """The team's history goes along."""
    kept = row(db, "SELECT name_id FROM teams WHERE id = :id", id=team_id)
    assert kept is not None
    other = names.find(db, "team", name)
    if other != kept["name_id"] and row(db, "SELECT id FROM teams WHERE name_id = :id", id=other):
        names.split(db, "team", name)  # the earlier name of another team
    names.rename(db, kept["name_id"], name)


def _set_people(db: Connection, team_id: int, settings: Mapping[str, Any]) -> None:
    for role, option in (("lead", "leads"), ("member", "members")):
        if option in settings:
            run(db, "DELETE FROM team_people WHERE team_id = :id AND role = :role", id=team_id, role=role)
            for principal in dict.fromkeys(settings[option]):
                insert(db, "team_people", {"team_id": team_id, "role": role, "principal": principal})
    if "source_channels" not in settings:
        return
    run(db, "DELETE FROM source_channels WHERE team_id = :id", id=team_id)
    for channel in dict.fromkeys(settings["source_channels"]):
        taken = row(
            db,
            "SELECT t.name FROM source_channels s JOIN teams t ON t.id = s.team_id WHERE s.channel = :channel",
            channel=channel,
        )
        if taken:
            raise UsageError(
                N_("Channel %(channel)s already belongs to team “%(team)s”; a source channel belongs to one team."),
                channel=channel,
                team=taken["name"],
            )
        insert(db, "source_channels", {"channel": channel, "team_id": team_id})


def remove(db: Connection, team_id: int) -> None:
    """Remove a team. Its answers stay under its name."""
    run(db, "DELETE FROM teams WHERE id = :id", id=team_id)


def switch(db: Connection, name: str, value: str | None) -> None:
    """Set or (with None) clear a switch of the whole bot, such as `paused`."""
    if value is None:
        run(db, "DELETE FROM switches WHERE name = :name", name=name)
        return
    insert(db, "switches", {"name": name, "value": value}, "ON CONFLICT (name) DO UPDATE SET value = excluded.value")


def switched(db: Connection, name: str) -> str | None:
    """The value of a switch, or None."""
    switch = row(db, "SELECT value FROM switches WHERE name = :name", name=name)
    return None if switch is None else str(switch["value"])


def rename_channel(db: Connection, old: str, new: str) -> None:
    """A channel's id has changed: update the teams that use it."""
    for column in ("channel", "leads_channel"):
        run(db, f"UPDATE teams SET {column} = :new WHERE {column} = :old", old=old, new=new)
    run(
        db,
        "DELETE FROM source_channels WHERE channel = :old "
        "AND EXISTS (SELECT 1 FROM source_channels AS known WHERE known.channel = :new)",
        old=old, new=new,
    )  # fmt: skip
    run(db, "UPDATE source_channels SET channel = :new WHERE channel = :old", old=old, new=new)
