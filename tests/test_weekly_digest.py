"""The weekly digest: once, on the team's clock, short, and never where outsiders read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cxbot import jobs
from cxbot.language import LANGUAGES
from cxbot.sandbox import ALL_SCOPES
from cxbot.store.files import imports
from tests.desk import source_of
from tests.digests import digests, thread, until
from tests.office import Office, at_once

MONDAY = datetime(2026, 11, 23, 6, 59, 40, tzinfo=UTC)  # 08:59:40 in Helsinki


def test_the_digest_comes_at_the_teams_local_time_once(office: Office) -> None:
    office.seed([5, 4, 5, 5, 2], agent=office.anna)
    until(office, MONDAY)
    assert digests(office) == []
    office.pass_time(seconds=20)
    [digest] = digests(office)
    assert "Support · week 2026-W47" in digest["text"]
    for _ in range(3):
        office.pass_time(hours=20)
    assert len(digests(office)) == 1


def test_no_digest_of_a_slot_before_the_team_was_made(tmp_path: Path) -> None:
    with Office(tmp_path, start=MONDAY + timedelta(hours=1)) as office:
        office.pass_time(hours=1)
        assert digests(office) == []
        until(office, MONDAY + timedelta(days=7, minutes=1))
        assert len(digests(office)) == 1


def test_a_team_can_do_without(tmp_path: Path) -> None:
    with Office(tmp_path, digest="off") as office:
        until(office, MONDAY + timedelta(days=8))
        assert digests(office) == []


def test_after_a_downtime_only_the_most_recent_digest_is_posted(office: Office) -> None:
    office.clock.advance(timedelta(weeks=3))
    office.restart()
    office.settle()
    [digest] = digests(office)
    assert "2026-W49" in digest["text"]


def test_ticks_that_race_post_one(office: Office) -> None:
    office.clock.advance(MONDAY + timedelta(minutes=1) - office.clock.now())
    at_once(lambda _: jobs.tick(office.database, office.clock.now()), range(4))
    office.settle()
    assert len(digests(office)) == 1


def test_a_restart_posts_no_second_one(office: Office) -> None:
    until(office, MONDAY + timedelta(minutes=1))
    for _ in range(2):
        office.restart()
        office.settle()
    assert len(digests(office)) == 1


@pytest.mark.parametrize(
    ("start", "slot", "before", "posted"),
    [
        # 2027-03-28: clocks in Helsinki go from 3 to 4; 2026-10-25: from 4 to 3.
        (datetime(2027, 3, 24, 8, tzinfo=UTC), "mon 00:30", "2027-03-28T21:29", "2027-03-28T21:30"),
        (datetime(2027, 3, 24, 8, tzinfo=UTC), "sun 03:30", "2027-03-28T01:29", "2027-03-28T01:30"),
        (datetime(2026, 10, 21, 8, tzinfo=UTC), "sun 03:30", "2026-10-25T00:29", "2026-10-25T00:30"),
        (datetime(2026, 10, 21, 8, tzinfo=UTC), "mon 09:00", "2026-10-26T06:59", "2026-10-26T07:00"),
    ],
)
def test_clock_changes_neither_skip_nor_double_the_digest(
    tmp_path: Path, start: datetime, slot: str, before: str, posted: str
) -> None:
    with Office(tmp_path, start=start, digest=slot) as office:
        until(office, datetime.fromisoformat(before).replace(tzinfo=UTC))
        assert digests(office) == []
        until(office, datetime.fromisoformat(posted).replace(tzinfo=UTC))
        assert len(digests(office)) == 1
        for _ in range(8):
            office.pass_time(minutes=30)
        assert len(digests(office)) == 1


def test_a_quiet_week_gets_one_honest_line(office: Office) -> None:
    office.seed([5] * 5, agent=office.anna)
    until(office, MONDAY + timedelta(days=7, minutes=1))
    assert digests(office)[-1]["text"].splitlines()[1:] == ["No answers this week (0 surveys sent)."]


def test_the_first_digest_of_a_new_team_says_where_it_stands_and_what_to_do(office: Office) -> None:
    until(office, MONDAY + timedelta(minutes=1))
    [digest] = digests(office)
    [_, said] = digest["text"].splitlines()
    assert said.startswith("No answers yet: nobody has been asked.")
    assert ":ballot_box_with_ballot:" in said
    assert "`/cx ask @customer`" in said
    assert thread(office) == [], "no rows of zeros"
    office.ask()
    until(office, MONDAY + timedelta(days=7, minutes=1))
    assert "No answers yet. The first customers have been asked" in digests(office)[-1]["text"]


def test_a_digest_names_answers_to_other_questions_than_the_teams(office: Office) -> None:
    office.seed([9] * 6, agent=office.anna, survey="nps")
    until(office, MONDAY + timedelta(minutes=1))
    [digest] = digests(office)
    said = digest["text"].replace("*", "")
    assert "Support asks the CSAT question, and this week nobody answered it." in said
    assert "• NPS: 100 " in said
    assert "an admin can change it: `/cx team`" in said
    assert "No answers" not in said
    office.command(office.anna, "/csat", "last week")
    assert "There are answers to other questions: NPS 6 (`/nps`)." in office.command(office.anna, "/csat", "last week")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_digest_stays_short_with_many_long_comments(tmp_path: Path, locale: str) -> None:
    with Office(tmp_path, locale=locale, name="Kansainvälinen asiakaspalvelu ja tekninen tuki, toinen linja") as office:
        name = office.service.bot.teams()[0].name
        office.seed([1, 2, 3, 4, 5] * 8, agent=office.anna, team=name)
        comments(office, "<Pitkä & perusteellinen> kommentti 😀 " * 80, "long_wait,not_solved,hard_to_follow,tone")
        until(office, MONDAY + timedelta(minutes=1))
        [digest] = digests(office)
        shown = digest["blocks"][0]["text"]["text"]
        for text in (digest["text"], shown):
            assert len(text) <= 900
            assert len(text.splitlines()) <= 12
        assert len(digest["blocks"]) == 1


def test_a_digest_names_no_agents_or_customers_and_uses_no_jargon(office: Office) -> None:
    office.seed([1, 2, 5, 5, 5, 5], agent=office.anna)
    comments(office, "All went well.", "")
    until(office, MONDAY + timedelta(minutes=1))
    office.settle()
    messages = [*digests(office), *thread(office)]
    shown = json.dumps([[each["text"], each.get("blocks")] for each in messages], ensure_ascii=False)
    assert "All went well." in shown
    for word in ("<@", "anna", "carla", "p-value", "Wilson", "MOVER", "↑", "↓", "U0"):
        assert word not in shown


def test_details_and_the_picture_are_in_the_thread(office: Office) -> None:
    office.seed([5, 4, 5, 5, 2], agent=office.anna)
    until(office, MONDAY + timedelta(minutes=1))
    details, picture = office.slack.wait_for(lambda: len(thread(office)) == 2 and thread(office))
    assert "95% range" in details["text"]
    [file] = office.slack.files()
    assert file["mimetype"] == "image/png"
    assert picture["files"][0]["id"] == file["id"]
    assert len(digests(office)) == 1


class Slow(Office):
    interval = 2.0


def test_message_details_and_picture_say_the_same_whatever_comes_in_between(tmp_path: Path) -> None:
    with Slow(tmp_path) as office:
        office.seed([5, 4, 5, 5, 2], agent=office.anna)
        office.clock.advance(MONDAY + timedelta(minutes=1) - office.clock.now())
        office.service.tick()
        [digest] = office.slack.wait_for(lambda: digests(office), timeout=10)
        (tmp_path / "more.csv").write_text(
            "external_id,metric,score,sent_at,answered_at,team,asked_by\n"
            "x1,csat,1,2026-11-18T08:00:00Z,2026-11-18T09:00:00Z,Support,hand-picked\n"
        )
        imports.import_file(office.database, source_of(tmp_path / "more.csv"), office.clock.now())
        assert "6 answers" in office.command(office.leo, "/csat", "2026-W47")
        office.settle()
        details, picture = thread(office)
        [file] = office.slack.files()
        assert picture["files"][0]["id"] == file["id"]
        assert "CSAT 80% from 5 answers" in digest["text"]
        for said in (details["text"], file["alt_txt"]):
            assert "2026-W47 (16 Nov): 80% (38 to 96), 5 answers" in said


@pytest.mark.parametrize(
    ("method", "kind"),
    [("files.getUploadURLExternal", "500"), ("files.getUploadURLExternal", "error"), ("upload", "drop_before"),
     ("upload", "500"), ("files.completeUploadExternal", "html_200"), ("files.completeUploadExternal", "drop_after")],
)  # fmt: skip
def test_a_failed_picture_holds_nothing_up(office: Office, method: str, kind: Any) -> None:
    office.seed([5, 4, 5, 5, 2], agent=office.anna)
    office.slack.faults.next(method, kind, times=3)
    until(office, MONDAY + timedelta(minutes=1))
    assert len(digests(office)) == 1
    assert "95% range" in thread(office)[0]["text"]
    office.seed([1], agent=office.leo)
    assert office.command(office.leo, "/cx", "digest").startswith("Preview")
    assert office.service.health() == dict.fromkeys(office.service.health(), True)


def test_without_the_scope_there_is_no_picture_and_no_attempt(tmp_path: Path) -> None:
    with Office(tmp_path, scopes=set(ALL_SCOPES) - {"files:write"}) as office:
        office.seed([5, 4, 5, 5, 2], agent=office.anna)
        until(office, MONDAY + timedelta(minutes=1))
        assert len(thread(office)) == 1
        assert not [call for call in office.slack.calls if call.method.startswith("files.")]


def test_the_preview_is_for_one_person_only(office: Office) -> None:
    office.seed([5, 4, 5, 5, 2], agent=office.anna)
    until(office, MONDAY)
    before = office.slack.messages(office.team_channel)
    said = office.command(office.anna, "/cx", "digest")
    assert said.startswith("Preview; only you see this.")
    assert "2026-W46" in said
    assert office.slack.messages(office.team_channel) == before
    assert office.whispers(office.anna, office.team_channel) == [said]


def test_leads_can_post_a_digest_once(tmp_path: Path) -> None:
    with Office(tmp_path, digest="off") as office:
        assert "is being posted" in office.command(office.leo, "/cx", "digest post")
        assert "has been posted already" in office.command(office.leo, "/cx", "digest post")
        assert len(digests(office)) == 1


def test_a_digest_posted_by_hand_is_not_posted_again_by_the_clock(office: Office) -> None:
    until(office, MONDAY + timedelta(minutes=1))
    assert "has been posted already" in office.command(office.leo, "/cx", "digest post")
    office.pass_time(minutes=1)
    assert len(digests(office)) == 1


def test_a_digest_for_a_channel_with_outsiders_goes_to_the_leads_with_the_reason(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.change_team(channel=office.acme)
        office.seed([5, 4, 5, 5, 3], agent=office.anna)
        until(office, MONDAY + timedelta(minutes=1))
        assert digests(office, office.acme) == []
        [digest] = digests(office, office.leads_channel)
        assert f"people of other companies in <#{office.acme}>, so the digest comes to the leads" in digest["text"]
        assert "95% range" in thread(office, office.leads_channel)[0]["text"]


def test_a_digest_that_cannot_be_posted_is_reported_to_an_admin(office: Office) -> None:
    office.slack.archive(office.team_channel)
    until(office, MONDAY + timedelta(minutes=1))
    assert "I could not post the digest" in office.told(office.ada)[-1]


def test_a_pause_passes_digests_over_and_its_end_brings_none(office: Office) -> None:
    office.command(office.leo, "/cx", "pause")
    until(office, MONDAY + timedelta(minutes=1))
    office.command(office.leo, "/cx", "resume")
    office.pass_time(hours=1)
    assert digests(office) == []
    assert "is being posted" in office.command(office.leo, "/cx", "digest post")
    assert len(digests(office)) == 1


def test_who_waits_to_hear_from_the_team_is_counted(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    until(office, MONDAY + timedelta(minutes=1))
    assert "1 customer still waits to hear from the team, since 18 Nov." in digests(office)[0]["text"]


def comments(office: Office, text: str, reasons: str) -> None:
    """Write the same comment and reasons on every answer."""
    sql = "UPDATE ratings SET comment = :text, reasons = :reasons"
    office.database.write(lambda db: db.execute(sql, {"text": text, "reasons": reasons}))


def test_a_comment_is_quoted_once_and_reasons_say_whether_they_are_good(office: Office) -> None:
    office.seed([1] * 6, agent=office.anna)
    comments(office, "Too slow!", "long_wait")
    office.seed([5] * 6, agent=office.leo)
    sql = "UPDATE ratings SET comment = 'too  slow!', reasons = 'attitude' WHERE score = 5"
    office.database.write(lambda db: db.execute(sql))
    until(office, MONDAY + timedelta(minutes=1))
    [digest] = digests(office)
    assert digest["text"].casefold().count("slow!") == 1
    assert "Reasons: Long wait 6. What was good: Attitude 6" in digest["text"]


def test_two_digests_of_a_small_team_do_not_tell_what_few_customers_answered(office: Office) -> None:
    """Three answers a week: what came between two digests would be their difference."""
    said = []
    for week in range(5):
        office.seed([5, 1, 5], agent=office.anna)
        until(office, MONDAY + timedelta(weeks=week, minutes=1))
        said.append(digests(office)[-1]["text"].splitlines()[1].replace("*", ""))
    told, held_back = "from {} answers, hand-picked of the last 12 weeks", "A value now would tell"
    assert "too few for a value" in said[0]
    assert told.format(6) in said[1]
    assert held_back in said[2]
    assert told.format(12) in said[3]
    assert held_back in said[4]


def test_the_digest_shows_members_no_distribution(office: Office) -> None:
    office.seed([5] * 20 + [2] * 10, agent=office.anna)
    until(office, MONDAY + timedelta(minutes=1))
    [digest] = digests(office)
    below = str(thread(office, office.team_channel))
    assert "from 30 answers" in digest["text"]
    for hidden in ("█", "Satisfied", "Mean "):
        assert hidden not in digest["text"] + below
