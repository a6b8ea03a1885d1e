"""Cases: a person who was let down, or asks to be contacted, and who takes care of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.office import Office, labels


@pytest.mark.parametrize(
    ("survey", "highest_low", "lowest_fine"), [("nps", "6", "7"), ("csat", "2", "3"), ("ces", "3", "4")]
)
def test_a_low_score_calls_the_leads(tmp_path: Path, survey: str, highest_low: str, lowest_fine: str) -> None:
    with Office(tmp_path, throttle_days="0") as office:
        channel, ts = office.ask(survey)
        office.click(office.carla, channel, ts, lowest_fine)
        assert office.notices() == []
        office.pass_time(minutes=1)
        channel, ts = office.ask(survey)
        office.click(office.carla, channel, ts, highest_low)
        [notice] = office.notices()
        assert f"<@{office.carla}> was let down." in notice["text"]
        assert f"{highest_low} of " in notice["text"]
        assert f"helped by <@{office.anna}>" in notice["text"]
        assert labels(notice) == ["Take it", "Done"]


def test_a_wish_for_contact_calls_the_leads_at_any_score_once(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "5")
    click = office.slack.click_payload(office.carla, channel, ts, label="Please contact me")
    for _ in range(3):
        office.slack.send_action(click)
    office.settle()
    [notice] = office.notices()
    assert "asks to be contacted" in notice["text"]
    assert "Please contact me" not in labels(office.message(channel, ts))


def test_leads_take_a_case_and_finish_it(office: Office) -> None:
    case = low_answer(office)
    office.click(office.leo, office.leads_channel, case, "Take it")
    shown = office.message(office.leads_channel, case)
    assert f"<@{office.leo}> takes care of it." in shown["text"]
    assert labels(shown) == ["Done"]
    office.click(office.leo, office.leads_channel, case, "Done")
    shown = office.message(office.leads_channel, case)
    assert f"Done by <@{office.leo}>." in shown["text"]
    assert labels(shown) == []


def test_the_second_taker_is_told(office: Office) -> None:
    case = low_answer(office)
    late = office.slack.click_payload(office.ada, office.leads_channel, case, label="Take it")
    office.click(office.leo, office.leads_channel, case, "Take it")
    assert office.slack.send_action(late).status == 200
    office.settle()
    assert "Somebody else was faster" in office.whispers(office.ada, office.leads_channel)[-1]
    assert f"<@{office.leo}> takes care of it." in office.message(office.leads_channel, case)["text"]


@pytest.mark.parametrize("label", ["Take it", "Done"])
def test_only_leads_and_admins_work_on_cases(office: Office, label: str) -> None:
    case = low_answer(office)
    office.slack.join(office.leads_channel, office.anna)
    office.click(office.anna, office.leads_channel, case, label)
    assert "Only leads of the team and admins" in office.whispers(office.anna, office.leads_channel)[-1]
    assert labels(office.message(office.leads_channel, case)) == ["Take it", "Done"]


def test_a_forged_case_is_refused(office: Office) -> None:
    case = low_answer(office)
    forged = ("999", "-1", "x", "", "9" * 40, "1.5", "١")
    for value in forged:
        click = office.slack.click_payload(office.leo, office.leads_channel, case, label="Take it")
        click["actions"][0]["value"] = value
        assert office.slack.send_action(click).status == 200
    office.settle()
    said = office.whispers(office.leo, office.leads_channel)
    assert said == ["This case is not known any more."] * len(forged)


def test_a_changed_answer_updates_the_notice(office: Office) -> None:
    channel, ts = office.ask()
    old = office.slack.click_payload(office.carla, channel, ts, label="2")
    office.click(office.carla, channel, ts, "1")
    [notice] = office.notices()
    office.click(office.carla, channel, ts, "Long wait")
    office.slack.post(office.carla, channel, "Three days!")
    old["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(old)
    office.settle()
    shown = office.message(office.leads_channel, notice["ts"])
    for part in ("2 of 5", "Long wait", "“Three days!”"):
        assert part in shown["text"]
    assert len(office.notices()) == 1


def test_a_score_that_falls_later_calls_the_leads(office: Office) -> None:
    channel, ts = office.ask()
    old = office.slack.click_payload(office.carla, channel, ts, label="1")
    office.click(office.carla, channel, ts, "5")
    assert office.notices() == []
    old["actions"][0]["action_ts"] = office.slack.workspace.world.new_ts()
    office.slack.send_action(old)
    office.settle()
    assert "was let down" in office.notices()[0]["text"]


def test_a_wish_for_contact_after_the_case_was_done_calls_the_leads_anew(office: Office) -> None:
    case = low_answer(office)
    office.click(office.leo, office.leads_channel, case, "Done")
    channel = office.slack.dm(office.carla)
    ts = office.slack.messages(channel)[-1]["ts"]
    office.click(office.carla, channel, ts, "Please contact me")
    assert len(office.notices()) == 2
    assert "asks to be contacted" in office.notices()[-1]["text"]
    assert labels(office.notices()[-1]) == ["Take it", "Done"]


def test_without_a_leads_channel_every_lead_is_told_directly(tmp_path: Path) -> None:
    with Office(tmp_path, leads_channel="") as office:
        lisa = office.slack.add_user("lisa")
        office.change_team(leads=[office.leo, lisa])
        low_answer(office)
        assert "was let down" in office.told(office.leo)[-1]
        assert "was let down" in office.told(lisa)[-1]
        [notice] = [each for each in office.slack.messages(office.slack.dm(office.leo)) if each.get("bot_id")]
        office.click(office.leo, office.slack.dm(office.leo), notice["ts"], "Take it")
        assert f"<@{office.leo}> takes care of it." in office.told(lisa)[-1]
        assert f"<@{office.leo}> takes care of it." in office.told(office.leo)[-1]


def test_without_leads_the_admins_are_told(tmp_path: Path) -> None:
    with Office(tmp_path, leads_channel="", leads=[]) as office:
        low_answer(office)
        assert "was let down" in office.told(office.ada)[-1]


@pytest.mark.parametrize("what", ["archived", "left"])
def test_a_leads_channel_that_cannot_be_reached_is_replaced_by_direct_messages(office: Office, what: str) -> None:
    if what == "archived":
        office.slack.archive(office.leads_channel)
    else:
        office.slack.remove_member(office.leads_channel, office.slack.bot_user_id)
    low_answer(office)
    assert "was let down" in office.told(office.leo)[-1]


def test_a_lead_who_left_does_not_keep_the_notice_to_themselves(tmp_path: Path) -> None:
    with Office(tmp_path, leads_channel="") as office:
        office.slack.deactivate(office.leo)
        low_answer(office)
        assert "was let down" in office.told(office.ada)[-1]


def low_answer(office: Office) -> str:
    """Carla scores 1; gives the notice's ts in the leads' channel, if there is one."""
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    found = office.notices()
    return str(found[-1]["ts"]) if found else ""
