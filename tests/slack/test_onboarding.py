"""Inviting the bot to a channel, and what `/cx team` says about a team's set-up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxbot.sandbox import ALL_SCOPES
from cxbot.store.engine.statements import rows
from tests.office import Office, labels
from tests.team_form import team
from tests.web.test_hooks import Desk


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(tmp_path) as made:
        yield made


def invite(office: Office, inviter: str, name: str = "globex", **about: Any) -> str:
    """A new channel to which somebody invites the bot; returns it."""
    channel = office.slack.add_channel(name, members=[inviter, office.anna], bot_member=False, **about)
    office.slack.invite(inviter, channel, office.slack.bot_user_id)
    office.settle()
    return channel


def choose(office: Office, channel: str, user: str = "") -> dict[str, Any]:
    """Press *Choose…*; returns the form."""
    who = user or office.ada
    shown = office.slack.ephemerals(channel, who)[-1]
    office.click(who, channel, shown["ts"], "Choose…")
    return office.slack.views(who)[-1]


def submit(office: Office, view: dict[str, Any], **values: str) -> Any:
    reply = office.slack.submit(office.ada, view["id"], {name: {name: value} for name, value in values.items()})
    office.settle()
    return reply


def test_whoever_invites_the_bot_is_asked_privately_and_choosing_sets_it(office: Office) -> None:
    channel = invite(office, office.ada)
    [asked] = office.slack.ephemerals(channel, office.ada)
    assert "for which team and language is it, and what ends a conversation?" in asked["text"]
    assert labels(asked) == ["Choose…"]
    assert not [each for each in office.slack.messages(channel) if each.get("bot_id")]
    reply = submit(office, choose(office, channel), team="1", locale="fi", ending="silence")
    found = team(office)
    assert set(found.source_channels) == {office.acme, channel}
    assert (found.locale, found.silence, found.reaction_means) == ("fi", "4h", "ask")
    assert reply.body["response_action"] == "update"
    assert "Nothing is missing" in str(office.slack.views(office.ada)[-1]["blocks"])


@pytest.mark.parametrize(
    ("ending", "silence", "means", "kept"),
    [("reaction", "6h", "close", "off"), ("silence", "6h", "ask", "6h"), ("helpdesk", "off", "ask", "off")],
)
def test_what_ends_a_conversation(office: Office, ending: str, silence: str, means: str, kept: str) -> None:
    office.change_team(silence=silence)
    submit(office, choose(office, invite(office, office.ada)), team="1", locale="same", ending=ending)
    found = team(office)
    assert (found.reaction_means, found.silence, found.locale) == (means, kept, "en")
    said = str(office.slack.views(office.ada)[-1]["blocks"])
    assert ("cxbot hook add desk --kind zendesk --team Support" in said) == (ending == "helpdesk")


def test_the_same_event_again_asks_once(office: Office) -> None:
    office.slack.faults.duplicate_events()
    channel = invite(office, office.ada)
    assert len(office.slack.ephemerals(channel, office.ada)) == 1


def test_who_joins_by_themselves_is_not_asked(office: Office) -> None:
    channel = office.slack.add_channel("globex", members=[office.ada], bot_member=False)
    office.slack.join(channel, office.slack.bot_user_id)
    office.slack.invite(office.ada, channel, office.anna)
    office.settle()
    assert office.slack.ephemerals(channel, office.ada) == []


def test_somebody_without_rights_hears_who_can(office: Office) -> None:
    channel = invite(office, office.leo)
    [told] = office.slack.ephemerals(channel, office.leo)
    assert f"chosen by an admin: <@{office.ada}>" in told["text"]
    assert labels(told) == []


def test_rights_are_checked_again_when_the_button_is_pressed(office: Office) -> None:
    channel = invite(office, office.ada)
    view = choose(office, channel)
    world = office.slack.workspace.world
    with world.change():
        world.users[office.ada].guest = "multi"
    office.service.bot.directory.forget(office.ada)
    reply = submit(office, view, team="1", locale="fi", ending="reaction")
    assert reply.body["response_action"] == "errors"
    assert channel not in team(office).source_channels


def test_if_nothing_can_be_shown_in_the_channel_it_is_a_direct_message(office: Office) -> None:
    office.slack.faults.next("chat.postEphemeral", "error", code="user_not_in_channel")
    channel = invite(office, office.ada)
    assert office.slack.ephemerals(channel, office.ada) == []
    assert f"Thank you for inviting me to <#{channel}>" in office.told(office.ada)[-1]


def test_a_channel_can_go_to_another_team(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel)
    office.slack.remove_member(office.acme, office.slack.bot_user_id)
    office.ada_in(office.acme)
    office.slack.invite(office.ada, office.acme, office.slack.bot_user_id)
    office.settle()
    assert "where Support serves its customers" in office.whispers(office.ada)[-1]
    sales = str(team(office, "Sales").id)
    submit(office, choose(office, office.acme), team=sales, locale="same", ending="reaction")
    assert (team(office).source_channels, team(office, "Sales").source_channels) == ((), (office.acme,))
    done = rows(office.database.reader, "SELECT about FROM audit WHERE what = 'team changed' ORDER BY id")
    assert [each["about"] for each in done] == ["Support", "Sales"]


def test_the_channel_of_a_team_asks_nothing(office: Office) -> None:
    office.slack.remove_member(office.team_channel, office.slack.bot_user_id)
    office.slack.invite(office.ada, office.team_channel, office.slack.bot_user_id)
    office.settle()
    [told] = office.slack.ephemerals(office.team_channel, office.ada)
    assert "what is for Support comes here" in told["text"]
    assert labels(told) == []


def test_a_new_team_begins_with_what_was_chosen(office: Office) -> None:
    channel = invite(office, office.ada)
    submit(office, choose(office, channel), team="new", locale="fi", ending="reaction")
    form = office.slack.views(office.ada)[-1]
    assert form["callback_id"] == "team_form"
    submit(office, form, name="Globex desk", channel=office.team_channel)
    found = team(office, "Globex desk")
    assert (found.source_channels, found.locale, found.reaction_means) == ((channel,), "fi", "close")


def test_without_any_team_the_form_of_a_new_one_opens(office: Office) -> None:
    office.database.write(lambda db: db.execute("DELETE FROM teams"))
    form = choose(office, invite(office, office.ada))
    assert form["callback_id"] == "team_form"


def test_cx_team_says_what_is_missing_and_the_next_step(tmp_path: Path) -> None:
    scopes = [scope for scope in ALL_SCOPES if scope not in ("channels:history", "files:write")]
    with Desk(tmp_path, scopes=scopes, leads=[], silence="4h") as desk:
        desk.slack.remove_member(desk.team_channel, desk.slack.bot_user_id)
        desk.service.bot.directory.forget(desk.team_channel)
        said = desk.command(desk.ada, "/cx", "team")
        assert "*Support*" not in said.split("\n")[0]
        assert f"Missing: me in <#{desk.team_channel}>, the feature history" in said
        assert f"Next: in <#{desk.team_channel}>, type `/invite @cxbot`." in said
        assert "Features that are off: files, history" in said
        desk.slack.join(desk.team_channel, desk.slack.bot_user_id)
        desk.settle()
        desk.change_team(silence="off")
        desk.add_hook()
        said = desk.command(desk.ada, "/cx", "team Support")
        assert "Missing: a mail server for customers who are not in Slack, leads." in said
        assert "conversations end by :ballot_box_with_ballot:, the helpdesk desk" in said
        assert "Next: set CXBOT_SMTP_URL" in said


def test_a_team_without_any_source_is_told_where_to_begin(office: Office) -> None:
    office.change_team(source_channels=[])
    said = office.command(office.ada, "/cx", "team")
    assert "Next: invite me to a channel with customers" in said
