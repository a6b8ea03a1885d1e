"""One deed has one effect, however often and under whatever ids Slack tells of it; and what shows a state shows the
state as it is now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.office import REACTION, Office, labels


def reacted(office: Office, thread: str, at: str, kind: str = "reaction_added") -> dict[str, Any]:
    item = {"type": "message", "channel": office.acme, "ts": thread}
    return {"type": kind, "user": office.anna, "reaction": REACTION, "item": item, "item_user": office.carla,
            "event_ts": at}  # fmt: skip


def test_one_reaction_under_six_ids_is_one_close(tmp_path: Path) -> None:
    with Office(tmp_path, throttle_days=0, delay_minutes=0, hours="always") as office:
        thread = office.conversation()
        event = reacted(office, thread, office.slack.workspace.world.new_ts())
        for number in range(6):
            assert office.slack.send_event(event, event_id=f"Ev0SAME{number}").status == 200
            office.settle()
        office.pass_time(minutes=1)
        assert [row["state"] for row in office.invitations()] == ["sent"]
        assert len(office.whispers(office.anna)) == 1


def test_a_late_copy_of_a_reaction_that_was_taken_back_asks_nobody(office: Office) -> None:
    thread = office.conversation()
    added, removed = (office.slack.workspace.world.new_ts() for _ in range(2))
    office.slack.send_event(reacted(office, thread, added), event_id="Ev0FIRST")
    office.settle()
    office.slack.send_event(reacted(office, thread, removed, "reaction_removed"), event_id="Ev0BACK")
    office.settle()
    office.slack.send_event(reacted(office, thread, added), event_id="Ev0LATE")
    office.settle()
    office.pass_time(minutes=20)
    assert [row["state"] for row in office.invitations()] == ["withdrawn"]


def test_an_older_deed_that_comes_after_a_newer_one_does_nothing(office: Office) -> None:
    thread = office.conversation()
    added, removed = (office.slack.workspace.world.new_ts() for _ in range(2))
    office.slack.send_event(reacted(office, thread, removed, "reaction_removed"), event_id="Ev0BACK")
    office.slack.send_event(reacted(office, thread, added), event_id="Ev0FIRST")
    office.settle()
    office.pass_time(minutes=20)
    assert office.invitations() == []


def answered(office: Office, *scores: str) -> None:
    """Carla gives these scores to one survey, one after the other."""
    channel, ts = office.ask()
    clicks = [office.slack.click_payload(office.carla, channel, ts, label=score) for score in scores]
    for click in clicks:
        click["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
        office.slack.send_action(click)
        office.settle()
        office.pass_time(minutes=1)


def test_who_changes_a_bad_answer_into_a_good_one_was_not_let_down(office: Office) -> None:
    answered(office, "1", "5")
    [notice] = office.notices()
    assert "was let down" not in notice["text"]
    assert "has changed the answer to a better one" in notice["text"]
    assert "There is nothing to do any more." in notice["text"]
    assert not [block for block in notice["blocks"] if block["type"] == "actions"]
    assert "still wait" not in office.command(office.leo, "/cx", "digest")


def test_a_good_answer_that_becomes_bad_again_is_told_again(office: Office) -> None:
    answered(office, "1", "5", "2")
    first, second = office.notices()
    assert "was let down" in second["text"]
    assert "2 of 5" in second["text"]
    assert "was let down" in first["text"], "both notices show the case as it is now"


def test_whoever_has_taken_a_case_keeps_it(office: Office) -> None:
    channel, ts = office.ask()
    better = office.slack.click_payload(office.carla, channel, ts, label="5")
    office.click(office.carla, channel, ts, "1")
    [notice] = office.notices()
    office.click(office.leo, office.leads_channel, notice["ts"], "Take it")
    better["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(better)
    office.settle()
    [notice] = office.notices()
    assert f"<@{office.leo}> takes care of it." in notice["text"]
    assert "has changed the answer to a better one" in notice["text"]


def test_who_changes_an_answer_again_and_again_does_not_flood_the_leads(office: Office) -> None:
    answered(office, *["1", "5"] * 6)
    notices = office.notices()
    assert len(notices) == 2, "one at first, one when the answer was bad again"
    assert all("has changed the answer to a better one" in notice["text"] for notice in notices)


def test_every_notice_shows_that_an_answer_is_bad_again(office: Office) -> None:
    answered(office, *["1", "5"] * 3, "2")
    notices = office.notices()
    assert len(notices) == 2
    assert all("Take it" in labels(notice) for notice in notices)
