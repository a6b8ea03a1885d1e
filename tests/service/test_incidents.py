"""Known incidents: nobody is asked about them, reports say them, and they are kept out of what is usual."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot import charts
from cxbot.core.calendar import incidents, periods
from cxbot.core.calendar.hours import parse_hours
from cxbot.core.calendar.incidents import Incident
from cxbot.core.digests import weekly
from cxbot.core.metrics.shipped import NPS
from cxbot.core.queries import incident
from cxbot.core.reports.metric_report import Slice
from cxbot.errors import UsageError
from cxbot.language import language, vocabulary
from tests.desk import Desk
from tests.office import T0, Office, labels

HELSINKI = "Europe/Helsinki"
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


# -- in Slack ---------------------------------------------------------------------------------------------------


def test_nobody_is_asked_about_what_was_closed_during_an_incident(office: Office) -> None:
    said = office.command(office.leo, "/cx", 'incident "outage" 2026-11-17 .. 2026-11-18')
    assert said.startswith("outage (17 Nov–18 Nov, Support) is a known incident now")
    said = office.command(office.anna, "/cx", f"ask <@{office.carla}>")
    assert said == ("“outage” (2026-11-17..2026-11-18) is a known incident: nobody is asked about what was closed on "
                    "those days.")  # fmt: skip
    office.close(office.conversation())
    assert "is a known incident" in office.whispers(office.anna)[-1]
    assert [each["reason"] for each in office.invitations()] == ["incident", "incident"]
    office.pass_time(days=2)
    assert [each for each in office.slack.messages(office.acme) if "Not now" in labels(each)] == []
    assert "is being asked" in office.command(office.anna, "/cx", f"ask <@{office.carla}>")


def test_what_waits_goes_out_on_the_first_working_day_after_the_incident(tmp_path: Path) -> None:
    with Office(tmp_path, start=T0 + timedelta(hours=8, minutes=30)) as office:  # Wednesday, half past six
        office.close(office.conversation())
        assert office.invitations()[0]["send_at"].startswith("2026-11-19T06:00:00")
        office.command(office.leo, "/cx", "incident outage 2026-11-19..2026-11-20")
        office.pass_time(hours=14, minutes=40)  # Thursday, ten past nine: in working hours
        assert office.invitations()[0]["state"] == "due"
        for _ in range(3):
            office.pass_time(days=1)
        assert office.invitations()[0]["state"] == "due"
        assert office.invitations()[0]["send_at"].startswith("2026-11-23T06:00:00")  # Monday, eight o'clock
        office.pass_time(hours=24)
        assert office.invitations()[0]["state"] == "sent"


def test_what_was_closed_on_a_day_that_turns_out_to_be_one_is_not_asked_about(office: Office) -> None:
    office.close(office.conversation())
    office.command(office.leo, "/cx", "incident outage today")
    office.pass_time(minutes=10)
    assert [(each["state"], each["reason"]) for each in office.invitations()] == [("refused", "incident")]


def test_an_incident_of_another_team_stops_nobody(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel, leads=[office.leo], members=[office.ada])
    said = office.command(office.leo, "/cx", "incident outage today team:Sales")
    assert "Sales" in said
    assert "is being asked" in office.command(office.anna, "/cx", f"ask <@{office.carla}> team:Support")


def test_leads_write_for_their_team_and_admins_for_everybody(office: Office) -> None:
    assert office.command(office.anna, "/cx", "incident outage today").startswith("Only leads")
    assert office.command(office.anna, "/cx", "incident remove outage").startswith("Only leads")
    assert "every team" in office.command(office.ada, "/cx", "incident outage 2026-11-03..2026-11-04")
    assert "Support" in office.command(office.leo, "/cx", "incident storm 2026-11-05")
    assert office.command(office.anna, "/cx", "incident").splitlines() == [
        "• storm: 5 Nov 2026, Support", "• outage: 3 Nov 2026–4 Nov 2026, every team",
    ]  # fmt: skip
    assert "no incident “outage” that you could remove" in office.command(office.leo, "/cx", "incident remove outage")
    assert "no longer a known incident" in office.command(office.leo, "/cx", "incident remove Storm")
    assert "no longer a known incident" in office.command(office.ada, "/cx", "incident remove outage")
    assert "No incident is known." in office.command(office.anna, "/cx", "incident list")


def test_names_are_unique_in_a_team_and_told_apart_between_teams(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel, leads=[office.leo])
    office.command(office.leo, "/cx", "incident outage 2026-11-03 team:Support")
    assert "already an incident" in office.command(office.leo, "/cx", "incident Outage 2026-11-04 team:Support")
    office.command(office.leo, "/cx", "incident outage 2026-11-03 team:Sales")
    said = office.command(office.leo, "/cx", "incident remove outage")
    assert "Say of which team: `team:Sales`, `team:Support`." in said
    assert "no longer a known incident" in office.command(office.leo, "/cx", "incident remove outage team:Sales")


def test_in_finnish(tmp_path: Path) -> None:
    with Office(tmp_path, locale="fi") as office:
        assert "häiriö" in office.command(office.leo, "/cx", 'häiriö "katkos" eilen')
        assert "katkos" in office.command(office.leo, "/cx", "häiriö lista")
        office.command(office.leo, "/cx", "häiriö poista katkos")
        assert "Häiriöitä ei ole tiedossa" in office.command(office.leo, "/cx", "häiriö")


def test_in_swedish(tmp_path: Path) -> None:
    with Office(tmp_path, locale="sv") as office:
        assert "är nu en känd störning" in office.command(office.leo, "/cx", 'störning "avbrott" igår')
        assert "avbrott" in office.command(office.leo, "/cx", "störning lista")
        office.command(office.leo, "/cx", "störning radera avbrott")
        assert "Ingen störning är känd" in office.command(office.leo, "/cx", "störning")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("incident outage", "Say on which days"),
        ('incident "outage 2026-11-03"', "Say on which days"),
        ("incident outage 2026-11-04..2026-11-03", "ends before it begins"),
        ("incident outage 2026", "an incident lasts 92 at most"),
        ('incident "" 2026-11-03', "needs a name of at most 60"),
        ("incident db:main 2026-11-03", "A name with a colon needs quotation marks"),
        ("incident outage 2026-11-03 team:Sales", "You can ask about your own team"),
    ],
)
def test_words_that_make_no_incident_are_told_what_to_type(office: Office, text: str, said: str) -> None:
    assert said in office.command(office.leo, "/cx", text)


def test_the_digest_says_it(office: Office) -> None:
    office.command(office.ada, "/cx", 'incident "DNS outage" 2026-11-10..2026-11-11')
    preview = office.command(office.leo, "/cx", "digest")
    assert "⚠ Known incident: DNS outage (10 Nov–11 Nov)" in preview


# -- in the figures ---------------------------------------------------------------------------------------------


def filled(desk: Desk, weeks: int = 16, **more: object) -> None:
    """Twenty answers a week, NPS 30, the last week being 2026-W46."""
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", *more]]
    for week in range(weeks):
        at = datetime(2026, 11, 11, 12, tzinfo=UTC) - timedelta(weeks=week)
        scores = [9] * 10 + [7] * 6 + [3] * 4
        lines += [[f"{week}-{i}", "nps", score, at.isoformat(), *more.values()] for i, score in enumerate(scores)]
    desk.run("import", desk.write(lines))


def test_weeks_of_an_incident_are_kept_out_of_the_baseline(desk: Desk) -> None:
    filled(desk)
    before = desk.report("nps", "2026-W46")["verdict"]
    assert (before["baseline_weeks"], before["baseline_n"]) == (15, 300)
    desk.run("incident", "add", "outage", "2026-10-25..2026-10-26")  # a Sunday and a Monday: two weeks
    after = desk.report("nps", "2026-W46")["verdict"]
    assert (after["baseline_weeks"], after["baseline_n"], after["word"]) == (13, 260, "within noise")
    desk.run("incident", "remove", "outage")
    assert desk.report("nps", "2026-W46")["verdict"] == before


def test_a_report_says_that_its_period_has_one(desk: Desk) -> None:
    filled(desk, 1)
    desk.run("incident", "add", "outage", "2026-11-15", "..", "2026-11-16")
    outage = {"name": "outage", "first": "2026-11-15", "last": "2026-11-16", "team": ""}
    assert desk.report("nps", "2026-W46")["incidents"] == [outage]
    assert desk.report("nps", "2026-W45")["incidents"] == []
    assert "⚠ Known incident: outage (15 Nov–16 Nov)" in desk.run("report", "nps", "2026-11")


def test_an_incident_of_a_team_concerns_its_answers(desk: Desk) -> None:
    for name in ("Support", "Sales"):
        desk.run("team", "add", name, "--channel", "C0TEAM")
    filled(desk, 1, team="Support")
    desk.run("incident", "add", "outage", "2026-11-11", "--team", "support")
    assert [len(desk.report("nps", "2026-W46", *words)["incidents"]) for words in
            (["team:Support"], ["team:support"], ["team:Sales"], [])] == [1, 1, 0, 0]  # fmt: skip
    desk.run("team", "remove", "Sales")
    assert len(desk.report("nps", "2026-W46")["incidents"]) == 1


def test_the_command_lists_and_removes(desk: Desk) -> None:
    desk.run("migrate")
    assert "No incident is known" in desk.run("incident", "list")
    desk.run("team", "add", "Support", "--channel", "C0TEAM")
    desk.run("incident", "add", "outage", "2026-11-03..2026-11-04")
    desk.run("incident", "add", "outage", "2026-11-05", "--team", "Support")
    listed = [line.split() for line in desk.run("incident", "list").splitlines()]
    assert listed == [["2026-11-05", "Support", "outage"], ["2026-11-03..2026-11-04", "every", "team", "outage"]]
    assert "its days count" in desk.run("incident", "remove", "outage")  # that of every team comes first
    assert "Support" in desk.run("incident", "list")
    desk.run("incident", "remove", "outage", "--team", "Support")
    assert "no incident" in desk.run("incident", "remove", "outage", code=2)
    assert "is not a day or a range of days" in desk.run("incident", "add", "outage", "sometime", code=2)


# -- rules ------------------------------------------------------------------------------------------------------


@given(DAYS, st.integers(0, 91), DAYS, st.sampled_from(periods.Kind))
def test_an_incident_overlaps_a_period_when_they_share_a_day(
    first: date, more: int, day: date, kind: periods.Kind
) -> None:
    found = Incident("x", first, first + timedelta(days=more))
    period = periods.containing(periods.Kind.WEEK if kind is periods.Kind.RANGE else kind, day, HELSINKI)
    start = periods.monday(period)
    assert found.overlaps(period) == any(found.covers(start + timedelta(days=i)) for i in range(period.days))


@given(DAYS, st.integers(0, 30), st.times(), st.sampled_from(["mon-fri 8-18", "sat 9-12", "always"]))
def test_a_survey_waits_for_the_first_working_day_after(first: date, more: int, clock: object, text: str) -> None:
    hours = parse_hours(text)
    due = datetime.combine(first, clock, periods.zone(HELSINKI)).astimezone(UTC)  # type: ignore[arg-type]
    found = Incident("x", first, first + timedelta(days=more))
    sent = incidents.after(found, due, hours, HELSINKI).astimezone(periods.zone(HELSINKI))
    assert sent.date() > found.last
    assert sent.date().weekday() in hours.weekdays
    between = [found.last + timedelta(days=i) for i in range(1, (sent.date() - found.last).days)]
    assert not any(day.weekday() in hours.weekdays for day in between)


@pytest.mark.parametrize(
    ("text", "name", "days"),
    [
        ('"big outage" 2026-11-03 .. 2026-11-04', "big outage", "2026-11-03..2026-11-04"),
        ("big outage 2026-11-03..2026-11-04", "big outage", "2026-11-03..2026-11-04"),
        ("„Störung“ gestern eilen", "Störung gestern", "yesterday"),
        ("outage 2026-11-03 – 2026-11-04", "outage", "2026-11-03..2026-11-04"),
        ("week", "week", None),
    ],
)
def test_the_last_words_that_make_a_period_are_the_days(text: str, name: str, days: str | None) -> None:
    found = incident.read(text, vocabulary())
    assert (found.name, found.days) == (name, days)


def test_a_name_is_never_longer_than_a_line() -> None:
    with pytest.raises(UsageError, match="at most 60"):
        incident.read(f'"{"x" * 61}" today', vocabulary())


def test_a_picture_shows_the_days(tmp_path: Path) -> None:
    weeks = weekly.weeks_before(periods.week("2026-W47", HELSINKI))
    trend = weekly.trend(NPS, weeks, [Slice({10: 20, 8: 5, 3: 6})] * len(weeks))
    known = [
        Incident("outage", date(2026, 10, 6), date(2026, 10, 7)),
        Incident("a storm with a name that goes on and on", date(2026, 11, 18), date(2026, 11, 30)),
        Incident("older: $#$", date(2026, 8, 1), date(2026, 9, 2)),
    ]
    with_them, without = (charts.trend(trend, NPS, "NPS in $#$", language("en"), None, each) for each in (known, ()))
    assert with_them != without
    (tmp_path / "trend.png").write_bytes(with_them)
