"""The company's own surveys: their definitions, which never change, and which ones are retired."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.surveys.own_surveys import check_names, parse
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Survey
from cxbot.errors import N_, UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import insert, row, rows, run
from cxbot.store.engine.times import stamp

MOST = 50  # in use; one of Slack's menus holds 100 entries


def catalogue(db: Connection) -> Catalogue:
    """Every survey as of now, including one that another process has just added."""
    kept = rows(db, "SELECT definition, retired_at FROM surveys ORDER BY added_at, name")
    return _catalogue(tuple((own["definition"], own["retired_at"] is not None) for own in kept))


@lru_cache(maxsize=8)  # one entry for each file; definitions change rarely
def _catalogue(definitions: tuple[tuple[str, bool], ...]) -> Catalogue:
    own = [(parse(definition), retired) for definition, retired in definitions]
    return Catalogue.of((survey for survey, _ in own), (survey.name for survey, retired in own if retired))


def named(db: Connection, name: str) -> Survey:
    """The survey with this name. Shipped surveys need no query, and most clicks are on these."""
    if name in SURVEYS:
        return SURVEYS[name]
    return parse(definition(db, name))


def definition(db: Connection, name: str) -> str:
    """The file from which a company's own survey was added. Raises UsageError for any other name."""
    kept = row(db, "SELECT definition FROM surveys WHERE name = :name", name=name)
    if kept is None:
        own = ", ".join(survey.name for survey in catalogue(db).own)
        raise UsageError(N_("`%(name)s` is not a survey of your own. Yours: %(all)s."), name=name, all=own or "–")
    return str(kept["definition"])


def add(db: Connection, text: str, taken: Collection[str], now: datetime) -> tuple[Survey, bool]:
    """Store the definition in a text, or take a retired survey with the same content back into use; returns the
    survey and whether it is new.

    `taken` are words that have another meaning. Raises UsageError if the name has another meaning, or if a survey
    with this name has another definition: answers to different questions are never mixed.
    """
    survey, existing = parse(text), catalogue(db)
    new = survey.name not in (own.name for own in existing.own)
    if new:
        check_names(survey, {*taken, *existing.surveys, *existing.metrics})
    elif tomllib.loads(definition(db, survey.name)) != tomllib.loads(text):
        raise UsageError(
            N_("There is already a survey `%(name)s`, and its answers belong to its own words. Give this one another "
               "name, such as `%(other)s`."), name=survey.name, other=f"{survey.name[:29]}_2",
        )  # fmt: skip
    if survey.name not in existing.in_use and len(existing.own) - len(existing.retired) >= MOST:
        raise UsageError(
            N_("There are %(n)s surveys of your own in use already. Retire one first: `cxbot survey retire NAME`."),
            n=MOST,
        )
    values = {"name": survey.name, "definition": text, "added_at": stamp(now)}
    insert(db, "surveys", values, "ON CONFLICT (name) DO UPDATE SET retired_at = NULL")
    return survey, new


def retire(db: Connection, name: str, now: datetime) -> None:
    """Retire a survey: nobody is asked it any more. Its answers, reports and waiting invitations stay."""
    definition(db, name)
    sql = "SELECT name, survey, surveys FROM teams ORDER BY name_key"
    teams = [team for team in rows(db, sql) if name in (team["survey"], *_for_sources(team["surveys"]))]
    if teams:
        raise UsageError(
            N_("`%(name)s` is what %(teams)s asks after a conversation. Give it another one first: `cxbot team set "
               '"%(team)s" --survey csat`.') if name == teams[0]["survey"] else
            N_("`%(name)s` is what %(teams)s asks about some sources. Give them another one first: `cxbot team set "
               '"%(team)s" --survey-for SOURCE=csat`.'),
            name=name, teams=", ".join(f"“{team['name']}”" for team in teams), team=teams[0]["name"],
        )  # fmt: skip
    run(db, "UPDATE surveys SET retired_at = :now WHERE name = :name AND retired_at IS NULL", name=name, now=stamp(now))


def _for_sources(lines: str) -> list[str]:
    return [line.rpartition("=")[2] for line in lines.split("\n")]
