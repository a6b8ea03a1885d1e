"""The monthly roll-up over teams: once, on the first working day, about every team's month."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot import jobs
from cxbot.sandbox import ALL_SCOPES
from cxbot.store.files import imports
from tests.desk import Desk, source_of
from tests.digests import digests, thread, until
from tests.office import Office, at_once
from tests.team_form import open_form, submit, team

SLOT = datetime(2026, 12, 1, 7, tzinfo=UTC)  # Tuesday, 09:00 in Helsinki


def manage(office: Office, digest: str = "monthly", **team: Any) -> str:
    """Add a team of managers without customers; returns its channel."""
    channel = office.slack.add_channel("managers", members=[office.leo, office.ada])
    office.add_team(name="Managers", channel=channel, leads=[office.leo], digest=digest, **team)
    return channel


def answers(team: str, until: datetime, weeks: int, per_week: int, fall: float = 0.0, metric: str = "csat") -> str:
    """Lines of a CSV file: the answers of a team; of the last 13 weeks an ever larger share up to `fall` turns bad."""
    chance = random.Random(team)
    lines = []
    for number in range(weeks * per_week):
        week = number // per_week
        at = until - timedelta(weeks=weeks - week) + timedelta(hours=1 + 160 * (number % per_week) / per_week)
        bad = 0.2 + fall * max(0, week - (weeks - 13) + 1) / 13
        score = chance.choice((5, 4)) if chance.random() >= bad else 1
        sent = (at - timedelta(minutes=30)).isoformat()
        lines.append(f"{team}{number},{metric},{score},{sent},{at.isoformat()},{team},{team}-{number},automatic")
    return "\n".join(lines)


def bring_in(office: Office, folder: Path, *parts: str) -> None:
    """Import answers beside the running bot."""
    head = "external_id,metric,score,sent_at,answered_at,team,customer,asked_by"
    (folder / "answers.csv").write_text("\n".join([head, *parts]), encoding="utf-8")
    imports.import_file(office.database, source_of(folder / "answers.csv"), office.clock.now())


def test_it_comes_once_on_the_first_working_day_of_the_month(office: Office) -> None:
    channel = manage(office)
    office.seed([5, 4, 5, 5, 2], agent=office.anna)
    until(office, SLOT - timedelta(seconds=20))
    assert digests(office, channel) == []
    office.pass_time(seconds=20)
    [rollup] = digests(office, channel)
    assert rollup["text"].splitlines()[:2] == [
        "Managers · month 2026-11 (1 Nov–30 Nov 2026)",
        "• Support: CSAT 80% (38 to 96), 5 answers · response rate 100% · no baseline yet",
    ]
    for _ in range(4):
        office.pass_time(days=6)
    assert len(digests(office, channel)) == 1
    until(office, datetime(2027, 1, 1, 7, 1, tzinfo=UTC))
    assert len(digests(office, channel)) == 2


def test_what_a_customer_changes_after_the_month_is_in_no_digest_of_it(office: Office) -> None:
    """From two previews, or from one and the digest, a member would get what one customer has changed."""
    channel = manage(office, members=[office.anna])
    until(office, SLOT - timedelta(hours=15))
    office.seed([5, 4, 5, 5, 2] * 2, agent=office.anna)
    survey = office.ask()
    change = office.slack.click_payload(office.carla, *survey, label="1")
    office.click(office.carla, *survey, "5")
    until(office, SLOT)
    preview = office.command(office.anna, "/cx", "digest Managers")
    assert "CSAT 82%" in preview
    change["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    assert office.slack.send_action(change).status == 200
    office.settle()
    assert "1 of 5" in office.told(office.carla)[-1]
    assert office.command(office.anna, "/cx", "digest Managers") == preview
    office.seed([5] * 10, agent=office.anna)
    until(office, datetime(2027, 1, 1, 7, 1, tzinfo=UTC))
    assert "+18" in " ".join(each["text"] for each in thread(office, channel))


@pytest.mark.parametrize(
    ("slot", "hours", "start", "posted"),
    [
        # 1 November 2026 is a Sunday; 1 January 2027 a Friday.
        ("monthly", "mon-fri 8-18", "2026-10-20T08:00", "2026-11-02T07:00"),
        ("monthly 7.30", "always", "2026-10-20T08:00", "2026-11-01T05:30"),
        ("monthly 16:00", "tue,thu 8-18", "2026-10-20T08:00", "2026-11-03T14:00"),
        # Clocks in Helsinki go from 3 to 4 on 28 March 2027 and from 4 to 3 on 31 October.
        ("monthly", "mon-fri 8-18", "2027-03-20T08:00", "2027-04-01T06:00"),
        ("monthly", "mon-fri 8-18", "2027-10-20T08:00", "2027-11-01T07:00"),
    ],
)
def test_the_day_is_a_working_day_of_the_team_on_its_own_clock(
    tmp_path: Path, slot: str, hours: str, start: str, posted: str
) -> None:
    with Office(tmp_path, start=datetime.fromisoformat(start).replace(tzinfo=UTC), digest=slot, hours=hours) as office:
        moment = datetime.fromisoformat(posted).replace(tzinfo=UTC)
        until(office, moment - timedelta(minutes=1))
        assert digests(office) == []
        until(office, moment)
        assert len(digests(office)) == 1
        for _ in range(8):
            office.pass_time(minutes=30)
        assert len(digests(office)) == 1


@pytest.mark.parametrize(
    ("tz", "slot", "posted"),
    [
        # On 1 November 2026 at 02:00 clocks in Denver are put back to 01:00: 01:30 comes twice, the first counts.
        ("America/Denver", "monthly 01:30", "2026-11-01T07:30"),
        ("Pacific/Kiritimati", "monthly 00:00", "2026-10-31T10:00"),
        ("Pacific/Pago_Pago", "monthly 00:00", "2026-11-01T11:00"),
    ],
)
def test_zones_far_apart_have_their_own_first_of_the_month(tmp_path: Path, tz: str, slot: str, posted: str) -> None:
    start = datetime(2026, 10, 25, 12, tzinfo=UTC)
    with Office(tmp_path, start=start, digest=slot, timezone=tz, hours="always") as office:
        moment = datetime.fromisoformat(posted).replace(tzinfo=UTC)
        until(office, moment - timedelta(minutes=1))
        assert digests(office) == []
        until(office, moment)
        office.pass_time(hours=1)
        assert len(digests(office)) == 1
        assert "month 2026-10" in digests(office)[0]["text"]


def test_an_answer_at_the_edge_of_the_month_belongs_to_one_month(tmp_path: Path) -> None:
    with Office(tmp_path, start=datetime(2026, 11, 30, 21, 59, 59, tzinfo=UTC)) as office:
        manage(office)
        office.seed([5], agent=office.anna)
        office.clock.advance(timedelta(seconds=1))  # midnight in Helsinki
        office.seed([4, 4], agent=office.leo)
        until(office, SLOT)
        assert "Support: CSAT, 1 answer: too few" in office.command(office.leo, "/cx", "digest Managers")
        until(office, datetime(2027, 1, 1, 7, tzinfo=UTC))
        assert "Support: CSAT, 2 answers: too few" in office.command(office.leo, "/cx", "digest Managers")


def test_a_team_that_asks_nobody_is_no_line_of_its_own_roll_up(office: Office) -> None:
    channel = manage(office)
    office.seed([5], agent=office.anna)
    until(office, SLOT)
    assert "Managers" not in "".join(digests(office, channel)[0]["text"].splitlines()[1:])


def test_after_a_downtime_of_months_only_the_last_one_is_posted(office: Office) -> None:
    channel = manage(office)
    office.clock.advance(timedelta(days=100))
    office.restart()
    office.settle()
    [rollup] = digests(office, channel)
    assert "month 2027-01" in rollup["text"]


def test_ticks_that_race_and_restarts_post_one(office: Office) -> None:
    channel = manage(office)
    office.clock.advance(SLOT + timedelta(minutes=1) - office.clock.now())
    at_once(lambda _: jobs.tick(office.database, office.clock.now()), range(4))
    office.settle()
    office.restart()
    office.settle()
    assert len(digests(office, channel)) == 1


def test_no_roll_up_of_a_slot_before_the_team_was_made(tmp_path: Path) -> None:
    with Office(tmp_path, start=SLOT + timedelta(minutes=1), digest="monthly") as office:
        office.pass_time(days=20)
        assert digests(office) == []


def test_a_pause_passes_it_over(office: Office) -> None:
    channel = manage(office)
    office.command(office.leo, "/cx", "pause Managers")
    until(office, SLOT)
    office.command(office.leo, "/cx", "resume Managers")
    office.pass_time(hours=1)
    assert digests(office, channel) == []


def test_the_setting_can_be_switched_back_and_forth(office: Office) -> None:
    """What was due last under the new setting comes once, as after a downtime; what was posted never again."""
    weekly, monthly = "Support · week 2026-W", "Support · month 2026-"
    until(office, datetime(2026, 12, 2, 8, tzinfo=UTC))
    assert [each["text"].splitlines()[0] for each in digests(office)] == [f"{weekly}48 (23 Nov–29 Nov 2026)"]
    office.change_team(digest="monthly")
    office.pass_time(minutes=1)
    assert [each["text"].startswith(monthly) for each in digests(office)] == [False, True]
    for digest in ("off", "mon 09:00", "monthly 09:00", "off", "monthly"):
        office.change_team(digest=digest)
        office.pass_time(hours=1)
    assert len(digests(office)) == 2
    until(office, datetime(2026, 12, 7, 8, tzinfo=UTC))
    assert len(digests(office)) == 2  # no weekly digest of a team whose digest is monthly
    office.change_team(digest="mon 09:00")
    office.pass_time(minutes=1)
    assert digests(office)[-1]["text"].startswith(f"{weekly}49")


def test_a_quiet_month_gets_one_honest_line(office: Office) -> None:
    channel = manage(office)
    until(office, SLOT)
    [rollup] = digests(office, channel)
    assert rollup["text"].splitlines()[1:] == ["No team had answers this month (0 surveys sent)."]
    assert not office.slack.files()


def test_teams_with_a_new_level_come_first_with_its_size_and_a_picture(office: Office, tmp_path: Path) -> None:
    channel = manage(office)
    office.add_team(name="Billing", channel=office.team_channel)
    office.add_team(name="Sales <&>", channel=office.team_channel, survey="nps")
    until(office, SLOT - timedelta(minutes=1))
    month = datetime(2026, 11, 29, 22, tzinfo=UTC)
    bring_in(office, tmp_path, answers("Billing", month, 40, 20), answers("Support", month, 40, 20, fall=0.5))
    until(office, SLOT)
    office.slack.wait_for(lambda: len(thread(office, channel)) == 2)
    lines = digests(office, channel)[0]["text"].splitlines()
    assert lines[1].startswith("• Support: CSAT ")
    assert "↓ a new level since about " in lines[1].replace("*", "")
    assert lines[2].startswith("• Billing: CSAT ")
    assert lines[2].endswith("· steady")
    assert lines[3].startswith("• All teams: CSAT ")
    assert lines[4] == "No answers: Sales &lt;&amp;&gt; (0 surveys sent)"
    details, picture = thread(office, channel)
    assert "Support, CSAT: usual is " in details["text"]
    assert "Sales &lt;&amp;&gt;, NPS: no baseline yet (0 answers in these weeks, 0 answers before)" in details["text"]
    assert "EWMA, Roberts 1959" in details["text"]
    [file] = office.slack.files()
    assert (file["mimetype"], picture["files"][0]["id"]) == ("image/png", file["id"])
    assert file["title"] == "26 weeks of 2 of 3 teams, up to 2026-11"
    assert "a new level since about " in file["alt_txt"]


def test_weeks_of_a_known_incident_are_left_out_and_it_is_named(office: Office, tmp_path: Path) -> None:
    channel = manage(office)
    until(office, SLOT - timedelta(minutes=1))
    month = datetime(2026, 11, 29, 22, tzinfo=UTC)
    bring_in(office, tmp_path, answers("Support", month, 40, 20, fall=0.5))
    office.command(office.ada, "/cx", 'incident "outage" 2026-09-01..2026-11-29')
    until(office, SLOT)
    [rollup] = digests(office, channel)
    assert "too few answers to see a change of level" in rollup["text"]
    assert "Known incident: outage" in rollup["text"]


def test_metrics_are_never_pooled(office: Office, tmp_path: Path) -> None:
    manage(office)
    for name, survey in (("Billing", "csat"), ("Sales", "nps"), ("Field", "nps")):
        office.add_team(name=name, channel=office.team_channel, survey=survey)
    until(office, SLOT - timedelta(minutes=1))
    month = datetime(2026, 11, 29, 22, tzinfo=UTC)
    lines = [answers("Billing", month, 2, 10), answers("Sales", month, 2, 10, metric="nps"),
             answers("Field", month, 2, 10, metric="nps"), answers("Support", month, 2, 10)]  # fmt: skip
    bring_in(office, tmp_path, *lines)
    said = office.command(office.leo, "/cx", "digest Managers")
    assert said.count("• All teams: CSAT") == said.count("• All teams: NPS") == 0  # the month is not over
    until(office, SLOT)
    said = office.command(office.leo, "/cx", "digest Managers")
    together = [line for line in said.splitlines() if line.startswith("• All teams: ")]
    assert [line.split()[3] for line in together] == ["CSAT", "NPS"]
    assert all("40 answers" in line for line in together)


def test_the_form_takes_it_and_says_what_it_does_not_take(office: Office) -> None:
    reply = submit(office, open_form(office), digest="monthly noon")
    assert "`monthly noon` is not a weekday and a time. Write `mon 09:00`, `monthly`" in reply.body["errors"]["digest"]
    submit(office, open_form(office), digest="Monthly  7.30")
    assert team(office).digest == "monthly 7.30"
    until(office, SLOT - timedelta(minutes=90))
    assert digests(office)[-1]["text"].startswith("Support · month 2026-11")


def test_it_is_previewed_and_posted_by_hand_once(office: Office) -> None:
    channel = manage(office)
    until(office, SLOT - timedelta(minutes=1))
    office.seed([5, 4, 5, 5, 2], agent=office.anna)
    before = office.slack.messages(channel)
    said = office.command(office.leo, "/cx", "digest Managers")
    assert said.startswith("Preview; only you see this.")
    assert "month 2026-10" in said
    assert office.slack.messages(channel) == before
    assert "digest of 2026-10 is being posted" in office.command(office.leo, "/cx", "digest post Managers")
    assert "digest of 2026-10 has been posted already" in office.command(office.leo, "/cx", "digest post Managers")
    until(office, SLOT)
    assert "digest of 2026-11 has been posted already" in office.command(office.leo, "/cx", "digest post Managers")
    assert ["2026-10" in each["text"] for each in digests(office, channel)] == [True, False]


def test_members_of_other_teams_do_not_get_it(office: Office) -> None:
    manage(office)
    assert "You can ask about your own team: Support." in office.command(office.anna, "/cx", "digest Managers")


def test_where_outsiders_read_it_goes_to_the_leads(office: Office) -> None:
    manage(office)
    office.change_team("Managers", channel=office.acme, leads_channel=office.leads_channel)
    office.seed([5, 4, 5, 5, 3], agent=office.anna)
    until(office, SLOT)
    assert digests(office, office.acme) == []
    rollup = next(each for each in digests(office, office.leads_channel) if "month 2026-11" in each["text"])
    assert f"people of other companies in <#{office.acme}>, so the digest comes to the leads" in rollup["text"]


def test_one_that_cannot_be_posted_is_reported_to_an_admin(office: Office) -> None:
    office.slack.archive(manage(office))
    until(office, SLOT)
    assert "I could not post the digest of Managers for 2026-11" in office.told(office.ada)[-1]


def test_without_the_scope_there_is_no_picture(tmp_path: Path) -> None:
    with Office(tmp_path, scopes=set(ALL_SCOPES) - {"files:write"}) as office:
        channel = manage(office)
        until(office, SLOT - timedelta(minutes=1))
        bring_in(office, tmp_path, answers("Support", datetime(2026, 11, 29, 22, tzinfo=UTC), 40, 20))
        until(office, SLOT)
        assert "steady" in digests(office, channel)[0]["text"]
        assert len(thread(office, channel)) == 1


def test_the_terminal_shows_the_same(desk: Desk) -> None:
    month = datetime(2026, 11, 1, tzinfo=UTC)
    lines = ["external_id,metric,score,sent_at,answered_at,team,customer,asked_by",
             answers("Support", month, 45, 20, fall=0.5), answers("Billing", month, 45, 20)]  # fmt: skip
    (desk.folder / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
    desk.run("import", "answers.csv")
    for name, digest in (("Support", "off"), ("Billing", "mon 09:00"), ("Managers", "monthly 08:30")):
        desk.run("team", "add", name, "--channel", "C0TEAM", "--digest", digest, "--timezone", "Europe/Helsinki")
    assert "monthly 08:30 Europe/Helsinki" in desk.run("team", "list")
    found = json.loads(desk.run("digest", "Managers", "--month", "2026-10", "--json"))
    assert (found["team"], found["month"]) == ("Managers", "2026-10")
    assert [each["team"] for each in found["teams"]] == ["Support", "Billing"]
    [together] = found["together"]
    assert together["report"]["n"] == sum(each["report"]["n"] for each in found["teams"])
    level = found["teams"][0]["level"]
    assert level["word"] == "down"
    assert level["now"] < level["before"]
    of_weeks = [desk.report("csat", f"2026-W{week}", "team:Support")["verdict"]["level"] for week in range(36, 44)]
    assert level["since"] in [told["since"] for told in of_weeks if told], "the weekly verdicts say the same"
    report = desk.report("csat", "2026-10", "team:Support", at="2026-11-21T12:00:00Z")
    assert report.pop("funnel")["closed"] == 0, "imported answers are no closes"
    assert {**found["teams"][0]["report"], "warnings": []} == {**report, "warnings": []}
    said = desk.run("digest", "Support", "--month", "2026-10")
    assert "Support · month 2026-10" in said
    assert "↓ a new level since about" in said
    assert "Managers · month" in desk.run("digest", "managers")
    assert "week 2026-W46" in desk.run("digest", "managers", "--week", "2026-W46")
    assert "`2026-W46` is not a month. Try `2026-11`." in desk.run("digest", "Support", "--month", "2026-W46", code=2)
    assert "not both" in desk.run("digest", "Support", "--month", "2026-10", "--week", "2026-W46", code=2)
    for wrong in ("monthly 25:00", "monthly mon", "month"):
        said = desk.run("team", "set", "Support", "--digest", wrong, code=2)
        assert f"`{wrong}` is not a weekday and a time. Write `mon 09:00`, `monthly`" in said
