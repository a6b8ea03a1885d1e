"""What a customer sees of their answer: one card with buttons, however they write and change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.office import Office, buttons, labels

WRITE = "Comment or change"
CONTACT = "Please contact me"


def cards(office: Office) -> list[dict[str, Any]]:
    """What only the customer sees in the channel, oldest first."""
    return office.slack.ephemerals(office.acme, office.carla)


def live(office: Office) -> list[dict[str, Any]]:
    """The private messages with buttons."""
    return [card for card in cards(office) if buttons(card)]


def write(office: Office, ts: str, words: str, **more: Any) -> dict[str, Any]:
    """Open the form from a message in the channel, write and save; gives the form."""
    office.clock_seconds(1)
    office.slack.click(office.carla, office.acme, ts, label=WRITE)
    view = office.slack.views(office.carla)[-1]
    given = {"comment": words, **more}
    reply = office.slack.submit(office.carla, view["id"], {name: {name: value} for name, value in given.items()})
    assert reply.status == 200
    office.settle()
    return view


def fields(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


@pytest.fixture
def survey(office: Office) -> str:
    """The survey in the thread of #acme, answered with 3."""
    _, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "3")
    return ts


# -- in a thread ----------------------------------------------------------------------------------------------


def test_the_card_has_the_reasons_and_the_public_thanks_the_one_way_to_write(office: Office, survey: str) -> None:
    [card] = cards(office)
    assert labels(card) == ["Long wait", "Not solved", "Hard to follow", "Tone"]
    assert labels(office.message(office.acme, survey)) == [WRITE]


def test_words_make_no_second_set_of_buttons(office: Office, survey: str) -> None:
    [card] = cards(office)
    write(office, survey, "Slow.")
    assert [each["ts"] for each in live(office)] == [card["ts"]]
    said = cards(office)[-1]["text"]
    assert "3 of 5" in said
    assert "“Slow.”" in said


def test_a_card_that_was_touched_gives_way_to_the_new_one(office: Office, survey: str) -> None:
    [card] = cards(office)
    office.click(office.carla, office.acme, card["ts"], "Tone")
    write(office, survey, "Slow.")
    [now] = cards(office)
    assert now["ts"] != card["ts"]
    assert "“Slow.”" in now["text"]
    assert "✓ Tone" in labels(now)
    write(office, survey, "Slow, but kind.")  # nobody has clicked on this one
    assert live(office) == [now]


def test_a_card_lost_to_a_restart_of_slack_comes_again_or_its_words_do(office: Office, survey: str) -> None:
    [card] = cards(office)
    office.click(office.carla, office.acme, card["ts"], "Tone")
    office.slack.reload(office.carla)
    write(office, survey, "Slow.")
    assert "✓ Tone" in labels(cards(office)[-1])
    office.slack.reload(office.carla)
    view = write(office, survey, "Slow, but kind.")
    assert fields(view) == ["score", "reasons", "comment", "contact"], "the form has everything that a lost card had"
    assert "“Slow, but kind.”" in cards(office)[-1]["text"]


def test_a_card_whose_address_is_used_up_stays_beside_words_without_buttons(office: Office, survey: str) -> None:
    [card] = cards(office)
    office.click(office.carla, office.acme, card["ts"], "Tone")
    office.clock_seconds(31 * 60)
    write(office, survey, "Slow.")
    assert [each["ts"] for each in live(office)] == [card["ts"]]
    assert "“Slow.”" in cards(office)[-1]["text"]


def test_an_older_copy_of_the_card_is_brought_up_to_date_by_a_click(office: Office, survey: str) -> None:
    [old] = cards(office)
    write(office, survey, "Better now.", score="5")
    assert labels(live(office)[0])[0] == "Long wait", "Slack gives no way to change a card that nobody has clicked on"
    office.click(office.carla, office.acme, old["ts"], "Long wait")
    [now] = live(office)
    assert now["ts"] == old["ts"]
    assert "5 of 5" in now["text"]
    assert "“Better now.”" in now["text"]
    assert labels(now)[0] == "Speed"
    assert office.rating()["reasons"] == ""


def test_a_card_of_a_survey_that_is_over_says_so_by_losing_its_buttons(office: Office, survey: str) -> None:
    [card] = cards(office)
    office.pass_time(days=7)
    office.click(office.carla, office.acme, card["ts"], "Tone")
    [now] = cards(office)
    assert "3 of 5" in now["text"]
    assert buttons(now) == []
    assert survey


def test_in_a_thread_the_wish_to_be_contacted_is_in_the_form_alone_and_is_confirmed(
    office: Office, survey: str
) -> None:
    [card] = cards(office)
    assert CONTACT not in labels(card)
    view = write(office, survey, "Call me.", contact=["yes"])
    assert fields(view)[-1] == "contact"
    assert "Somebody will contact you." in cards(office)[-1]["text"]
    again = write(office, survey, "Call me soon.")
    assert "contact" not in fields(again)
    assert "Somebody will contact you." in str(again["blocks"])


def test_taps_on_several_items_leave_one_card_with_buttons(office: Office) -> None:
    office.change_team(survey="experience")
    _, ts = office.thread_survey()
    for item in ("goal", "ease", "emotion"):
        assert live(office) == []
        click = office.slack.click_payload(office.carla, office.acme, ts, action_id=f"score:{item}:4")
        office.slack.send_action(click)
        office.settle()
    [card] = live(office)
    assert labels(card) == ["Speed", "Expertise", "Attitude", "Solved"]


# -- in a direct message --------------------------------------------------------------------------------------


def test_in_a_direct_message_everything_is_in_the_one_message(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "3")
    office.slack.post(office.carla, channel, "Slow.")
    office.settle()
    office.clock_seconds(1)
    office.slack.click(office.carla, channel, ts, label=WRITE)
    view = office.slack.views(office.carla)[-1]
    assert fields(view) == ["score", "reasons", "comment"], "the message has the wish as a button"
    office.slack.submit(office.carla, view["id"], {"comment": {"comment": "Slow, but kind."}})
    office.settle()
    office.click(office.carla, channel, ts, CONTACT)
    shown = office.message(channel, ts)
    assert labels(shown)[-1] == WRITE
    assert "“Slow, but kind.”" in shown["text"]
    assert "Somebody will contact you." in shown["text"]
    assert office.slack.ephemerals(channel, office.carla) == []
    assert len(office.told(office.carla)) == 1


def test_a_card_in_place_of_a_deleted_message_stays_the_only_one(office: Office) -> None:
    channel, ts = office.ask()
    click = office.slack.click_payload(office.carla, channel, ts, label="3")
    office.slack.delete_message(office.ada_in(channel), channel, ts)
    office.slack.send_action(click)
    office.settle()
    [card] = office.slack.ephemerals(channel, office.carla)
    office.click(office.carla, channel, card["ts"], "Tone")
    office.click(office.carla, channel, card["ts"], CONTACT)
    [now] = office.slack.ephemerals(channel, office.carla)
    assert labels(now) == ["Long wait", "Not solved", "Hard to follow", "✓ Tone", WRITE]
