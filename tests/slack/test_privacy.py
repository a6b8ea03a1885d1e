"""Privacy: what others may see of an answer, and what must never be where outsiders read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cxbot.store.records import outbox
from tests.office import Office, labels

COMMENT = "The export lost seventeen rows."


def answered_in_thread(office: Office) -> tuple[str, str]:
    """Carla scores 2, taps a reason, writes, and asks for contact, all in the shared channel."""
    thread, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "2")
    private = office.slack.ephemerals(office.acme, office.carla)[-1]
    office.click(office.carla, office.acme, private["ts"], "Not solved")
    office.slack.click(office.carla, office.acme, ts, label="Comment or change")
    view = office.slack.views(office.carla)[-1]
    values = {"comment": {"comment": COMMENT}, "contact": {"contact": ["yes"]}}
    office.slack.submit(office.carla, view["id"], values)
    office.settle()
    return thread, ts


def everything_others_see(office: Office) -> str:
    """All that is in the shared channel, metadata and button values included, and what only Anna and Leo see."""
    seen: list[Any] = office.slack.messages(office.acme)
    for user in (office.anna, office.leo, office.ada):
        seen += office.slack.ephemerals(office.acme, user)
        seen += office.slack.messages(office.slack.dm(user))
    return json.dumps(seen, ensure_ascii=False)


def test_others_in_the_channel_see_thanks_and_nothing_else(office: Office) -> None:
    _, ts = answered_in_thread(office)
    shown = office.message(office.acme, ts)
    assert shown["text"] == "Thank you for your answer!"
    assert labels(shown) == ["Comment or change"]
    seen = everything_others_see(office)
    for secret in (COMMENT, "of 5", "Not solved", "not_solved", "contact you", "score:"):
        assert secret not in seen
    assert office.rating()["comment"] == COMMENT


def test_the_customer_sees_the_answer_where_nobody_else_does(office: Office) -> None:
    answered_in_thread(office)
    private = office.whispers(office.carla)[-1]
    for part in ("2 of 5", COMMENT, "Somebody will contact you."):
        assert part in private
    [*_, shown] = office.slack.ephemerals(office.acme, office.carla)
    assert "✓ Not solved" in labels(shown)


def test_the_team_sees_it_only_in_the_leads_channel(office: Office) -> None:
    answered_in_thread(office)
    assert COMMENT in office.notices()[-1]["text"]
    assert [each for each in office.slack.messages(office.team_channel) if each.get("bot_id")] == []


@pytest.mark.parametrize(
    ("locale", "said", "others"),
    [
        ("en", "Only the leads of Support see your answer.", " Others in this channel don't."),
        ("fi", "Vastauksesi näkevät nimelläsi vain tiimin Support esihenkilöt", ", eivät muut tällä kanavalla."),
        ("sv", "Bara teamledarna i Support ser ditt svar.", " Andra i den här kanalen gör det inte."),
    ],
)
def test_every_survey_says_who_will_see_the_answer(office: Office, locale: str, said: str, others: str) -> None:
    office.change_team(locale=locale)
    _, ts = office.thread_survey()
    assert said + others in office.message(office.acme, ts)["text"]
    bea = office.slack.add_user("bea", external=True)
    office.slack.join(office.acme, bea)
    channel, ts = office.ask(customer=bea)
    assert said in office.message(channel, ts)["text"]


@pytest.mark.parametrize("label", ["4", "Not now", "Don't ask me again"])
def test_only_the_invited_person_can_act_on_a_survey(office: Office, label: str) -> None:
    _, ts = office.thread_survey()
    bea = office.slack.add_user("bea", external=True)
    for person in (office.anna, office.leo, office.ada, bea):
        office.slack.join(office.acme, person)
        assert office.click(person, office.acme, ts, label).status == 200
        assert "this question is for the person we helped" in office.whispers(person)[-1]
    assert office.rating()["score"] is None
    assert office.invitations()[0]["state"] == "sent"
    assert "this question is for the person" not in json.dumps(office.slack.messages(office.acme))


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("fi", "tämä kysymys on tarkoitettu henkilölle, jota autoimme"),
        ("sv", "den här frågan är till den som vi hjälpte"),
    ],
)
def test_others_are_told_so_in_the_language_of_the_survey(office: Office, locale: str, said: str) -> None:
    office.change_team(locale=locale)
    _, ts = office.thread_survey()
    bea = office.slack.add_user("bea", external=True)
    office.slack.join(office.acme, bea)
    office.click(bea, office.acme, ts, "4")
    assert said in office.whispers(bea)[-1]


def test_others_cannot_open_the_form_of_an_answer(office: Office) -> None:
    _, ts = answered_in_thread(office)
    assert office.click(office.anna, office.acme, ts, "Comment or change").status == 200
    assert office.slack.views(office.anna) == []
    assert "this question is for the person we helped" in office.whispers(office.anna)[-1]


def test_others_cannot_submit_a_form_they_were_never_shown(office: Office) -> None:
    _, ts = office.thread_survey()
    office.click(office.carla, office.acme, ts, "5")
    office.slack.click(office.carla, office.acme, ts, label="Comment or change")
    view = office.slack.views(office.carla)[-1]
    forged = {
        "type": "view_submission", "team": {"id": office.slack.workspace_id}, "user": {"id": office.anna},
        "view": view | {"state": {"values": {"comment": {"comment": {"type": "plain_text_input", "value": "Great!"}}}}},
    }  # fmt: skip
    reply = office.slack.workspace.outbound.deliver("interactive", forged)
    assert reply.body is not None
    assert reply.body["response_action"] == "errors"
    assert office.rating()["comment"] == ""


def test_in_a_direct_message_the_score_is_shown_in_place(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "2")
    assert "2 of 5" in office.message(channel, ts)["text"]
    assert office.whispers(office.carla, channel) == []


def test_messages_carry_opaque_ids_only(office: Office) -> None:
    _, ts = office.thread_survey()
    shown = office.message(office.acme, ts)
    names = (office.carla, office.anna, "carla", "anna", "Support", "csat")
    carried = json.dumps([shown["metadata"], [each for each in shown["blocks"] if each["type"] == "actions"]])
    assert not any(name in carried for name in names)


def test_logs_hold_ids_and_no_words(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="cxbot")
    answered_in_thread(office)
    office.command(office.leo, "/csat", "week")
    assert len(caplog.messages) > 5
    written = "\n".join(caplog.messages)
    for secret in (COMMENT, "Our export does not work", "carla", office.slack.bot_token):
        assert secret not in written


def test_texts_of_conversations_are_not_stored(office: Office) -> None:
    office.slack.post(office.carla, office.slack.dm(office.carla), "My password is swordfish.")
    office.thread_survey()
    office.service.stop()
    kept = b"".join(path.read_bytes() for path in office.path.parent.iterdir())
    assert b"Support" in kept
    assert b"swordfish" not in kept
    assert b"export does not work" not in kept
    office.restart()


# -- channels with outsiders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("outsider", ["external", "guest"])
def test_a_report_is_not_shared_where_outsiders_read(office: Office, outsider: str) -> None:
    place = office.acme
    if outsider == "guest":
        gus = office.slack.add_user("gus", guest="multi")
        place = office.slack.add_channel("mixed", members=[office.leo, gus])
    office.command(office.leo, "/csat", "week", place)
    shown = office.slack.ephemerals(place, office.leo)[-1]
    before = len(office.slack.messages(place))
    office.click(office.leo, place, shown["ts"], "Share in this channel")
    assert len(office.slack.messages(place)) == before
    assert "internal figures can't be shared in this channel" in office.whispers(office.leo, place)[-1]


def test_a_report_is_not_shared_where_it_cannot_be_checked_who_reads(office: Office) -> None:
    office.command(office.leo, "/csat", "week")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.slack.faults.next("conversations.info", "500", times=2)
    office.slack.faults.next("conversations.members", "500", times=2)
    office.click(office.leo, office.team_channel, shown["ts"], "Share in this channel")
    assert [each for each in office.slack.messages(office.team_channel) if each.get("bot_id")] == []
    said = office.whispers(office.leo, office.team_channel)[-1]
    assert "guests" not in said  # nobody knows that
    assert "Try again in a moment" in said or "`cxbot doctor` may know why" in said


def test_a_notice_waits_until_slack_lists_the_leads(tmp_path: Path) -> None:
    with Office(tmp_path, leads_channel="") as office:
        office.change_team(leads=[office.slack.add_usergroup("leads", [office.leo])])
        office.slack.faults.next("usergroups.users.list", "500", times=2)
        answered_in_thread(office)
        for _ in range(3):
            office.pass_time(seconds=20)
        assert COMMENT in office.told(office.leo)[-1]
        assert office.told(office.ada) == []


def test_a_report_is_shared_among_colleagues_once_and_without_its_buttons(office: Office) -> None:
    office.command(office.leo, "/csat", "week")
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    click = office.slack.click_payload(office.leo, office.team_channel, shown["ts"], label="Share in this channel")
    office.slack.send_action(click)
    office.slack.send_action(click)
    office.settle()
    [shared] = [each for each in office.slack.messages(office.team_channel) if each.get("bot_id")]
    assert f"Shared by <@{office.leo}>" in shared["text"]
    assert labels(shared) == []


def share(office: Office, place: str, text: str) -> str:
    """What a lead's report looks like when it is shared; "" if it isn't."""
    office.command(office.leo, "/csat", text, place)
    before = len(office.slack.messages(place))
    shown = office.slack.ephemerals(place, office.leo)[-1]
    office.click(office.leo, place, shown["ts"], "Share in this channel")
    return "".join(str(each) for each in office.slack.messages(place)[before:])


def test_a_shared_report_is_what_members_may_see_but_in_the_leads_channel(office: Office) -> None:
    office.seed([5] * 12 + [1] * 3, agent=office.anna)
    office.pass_time(days=7)
    shared = share(office, office.team_channel, "last week")
    assert "from 15 answers" in shared
    assert "Satisfied" not in shared
    assert "█" not in shared
    for whole in (share(office, office.leads_channel, "last week"), share(office, office.leads_channel, "2026-11-18")):
        assert "Satisfied 12" in whole
        assert "█" in whole


@pytest.mark.parametrize("text", ["last week by:topic", "2026-11-18", "last week by:agent"])
def test_what_only_leads_may_see_is_not_shared_with_members(office: Office, text: str) -> None:
    office.seed([5] * 12 + [1] * 3, agent=office.anna)
    office.pass_time(days=7)
    shared = share(office, office.team_channel, text)
    if text.endswith("by:agent"):  # members see their own part there; Leo has none
        assert "Nothing to split" in shared
        assert office.anna not in shared
        return
    assert shared == ""
    assert "Share it in the leads' channel" in office.whispers(office.leo, office.team_channel)[-1]
    assert share(office, office.leads_channel, text) != ""


def test_where_the_bot_is_not_a_report_cannot_be_shared_and_the_person_hears_it(office: Office) -> None:
    place = office.slack.add_channel("elsewhere", members=[office.leo], bot_member=False)
    office.command(office.leo, "/csat", "week", place)
    shown = office.slack.ephemerals(place, office.leo)[-1]
    office.click(office.leo, place, shown["ts"], "Share in this channel")
    assert office.slack.messages(place) == []
    assert "not_in_channel" in office.told(office.leo)[-1]


def test_somebody_who_joins_makes_a_channel_unfit_at_once(office: Office) -> None:
    office.command(office.leo, "/csat", "week")
    office.slack.join(office.team_channel, office.slack.add_user("gus", guest="single"))
    shown = office.slack.ephemerals(office.team_channel, office.leo)[-1]
    office.click(office.leo, office.team_channel, shown["ts"], "Share in this channel")
    assert [each for each in office.slack.messages(office.team_channel) if each.get("bot_id")] == []


def test_a_notice_never_goes_to_a_leads_channel_with_outsiders(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.slack.join(office.leads_channel, office.slack.add_user("gus", guest="single"))
        answered_in_thread(office)
        assert office.notices() == []
        assert COMMENT in office.told(office.leo)[-1]


@pytest.mark.parametrize("where", ["leads_channel", "team_channel"])
def test_what_is_internal_goes_out_only_after_slack_was_asked_anew(office: Office, where: str) -> None:
    """The event of a guest who joined is lost, and a minute ago the channel was fit."""
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    assert len(office.notices()) == 1
    listens, office.slack.events_url = office.slack.events_url, None
    office.slack.join(getattr(office, where), office.slack.add_user("gus", guest="single"))
    office.slack.settle()
    office.slack.events_url = listens
    if where == "leads_channel":
        other = office.slack.add_user("other", external=True)
        office.slack.join(office.acme, other)
        channel, ts = office.ask(customer=other)
        office.click(other, channel, ts, "1")
        assert len(office.notices()) == 1
    else:
        office.command(office.leo, "/cx", "digest post")
        office.settle()
        assert [each for each in office.slack.messages(office.team_channel) if each.get("bot_id")] == []


# -- rights that are lost between two messages --------------------------------------------------------------------


def comment(office: Office, channel: str) -> None:
    office.slack.post(office.carla, channel, COMMENT)
    office.settle()


def test_what_is_new_about_a_case_is_not_shown_where_outsiders_read_by_now(office: Office) -> None:
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    office.slack.join(office.leads_channel, office.slack.add_user("gus", guest="single"))
    comment(office, channel)
    assert office.rating()["comment"] == COMMENT
    assert COMMENT not in json.dumps(office.notices())


def test_who_leads_no_more_is_not_shown_what_is_new_about_a_case(tmp_path: Path) -> None:
    with Office(tmp_path, leads_channel="") as office:
        lena = office.slack.add_user("lena")
        office.change_team(leads=[office.leo, lena])
        channel, ts = office.ask()
        office.click(office.carla, channel, ts, "1")
        assert "was let down" in office.told(office.leo)[-1]
        office.change_team(leads=[lena])
        comment(office, channel)
        assert COMMENT not in json.dumps(office.told(office.leo))
        assert COMMENT in office.told(lena)[-1]


@pytest.mark.parametrize("lost", ["leading", "insiders", ""])
def test_a_share_that_waited_for_slack_goes_out_only_if_it_still_may(office: Office, lost: str) -> None:
    office.seed([5, 4, 3] * 4)
    if lost == "leading":
        office.change_team(leads=[office.ada])
    elif lost == "insiders":
        office.slack.join(office.leads_channel, office.slack.add_user("gus", guest="single"))
    where = {"channel": office.leads_channel, "metric": "csat", "words": "month by:topic", "post": True}
    office.database.write(lambda db: outbox.put(db, "say", office.leo, office.now(), user=office.leo, **where))
    office.settle()
    if not lost:
        assert "Shared by" in office.notices()[0]["text"]
        return
    assert office.notices() == []
    assert "can't be shared" in office.told(office.leo)[-1] or "You are in no team" in office.told(office.leo)[-1]


def test_the_rest_of_a_digest_stays_out_of_a_channel_that_outsiders_read_by_now(office: Office) -> None:
    office.seed([5, 4, 3] * 4)
    office.clock_seconds(8 * 86_400)
    office.command(office.ada, "/cx", "digest post")
    office.settle()
    [digest] = [each for each in office.slack.messages(office.team_channel) if each.get("bot_id")][:1]
    office.slack.join(office.team_channel, office.slack.add_user("gus", guest="single"))
    where = {"channel": office.team_channel, "ts": digest["ts"]}
    team = office.service.bot.teams()[0]
    subject = f"{team.id}:{office.database.reader.execute('SELECT period FROM digests').fetchone()[0]}"
    before = len(office.slack.messages(office.team_channel, digest["ts"]))
    office.database.write(lambda db: outbox.put(db, "digest_details", subject, office.now(), once="again", **where))
    office.settle()
    assert len(office.slack.messages(office.team_channel, digest["ts"])) == before


def test_a_members_preview_does_not_tell_that_somebody_was_let_down_just_now(office: Office) -> None:
    office.seed([5, 4, 3])
    channel, ts = office.ask()
    before = office.command(office.anna, "/cx", "digest")
    office.click(office.carla, channel, ts, "1")
    assert office.command(office.anna, "/cx", "digest") == before
    assert "1 customer still waits" in office.command(office.leo, "/cx", "digest")


def test_a_members_preview_does_not_tell_what_a_customer_adds_after_the_week(office: Office) -> None:
    office.seed([5, 4, 3, 2, 4, 5], agent=office.anna)
    channel, ts = office.ask()
    office.click(office.carla, channel, ts, "1")
    office.pass_time(days=5)
    before = office.command(office.anna, "/cx", "digest")
    leads = office.command(office.leo, "/cx", "digest")
    office.click(office.carla, channel, office.slack.messages(channel)[-1]["ts"], "Long wait")
    office.slack.post(office.carla, channel, "Three days for one tick mark!")
    office.settle()
    assert office.command(office.leo, "/cx", "digest") != leads
    assert "tick mark" in office.command(office.leo, "/cx", "digest")
    assert office.command(office.anna, "/cx", "digest") == before


# -- customers' words ---------------------------------------------------------------------------------------------

NASTY = "see http://evil.example \u202egnp.exe\u202c \x1b[31mred\x07 <!channel> \u2066iso\u2069\u200f a\x85b"
HARM = set("\u202e\u202c\x1b\x07\u2066\u2069\u200f\x85")


def with_words(blocks: list[Any]) -> list[dict[str, Any]]:
    return [each["text"] for each in blocks if "evil.example" in str(each.get("text", ""))]


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ("leo", "/csat team:&lt;!here&gt;RR"),  # a near name is shown
        ("leo", "/csat &lt;!channel&gt;"),
        ("leo", "/csat topic:x &lt;!channel&gt;"),
        ("leo", "/csat by:&lt;!channel&gt;"),
        ("leo", "/cx &lt;!channel&gt;"),
        ("leo", "/cx why &lt;!channel&gt;"),
        ("leo", "/cx digest &lt;!channel&gt;"),
        ("leo", "/cx pause team:&lt;!channel&gt;"),
        ("leo", '/cx incident remove "&lt;!channel&gt;"'),
        ("ada", "/cx team &lt;!channel&gt;"),
        ("ada", "/cx campaign &lt;!channel&gt;"),
        ("leo", "/cx attribute &lt;!channel&gt; @anna"),
        ("leo", "/cx compare &lt;!channel&gt;"),
        ("leo", "/cx plan &lt;!channel&gt;"),
        ("leo", "/cx explain &lt;!channel&gt;"),
    ],
)
def test_an_error_repeats_peoples_words_as_words(office: Office, person: str, text: str) -> None:
    office.add_team(name="<!here>R&D", channel=office.team_channel, leads=[office.leo])
    name, _, rest = text.partition(" ")
    reply = office.slack.command(getattr(office, person), office.team_channel, name, rest)
    assert reply.body is not None
    shown = json.dumps(reply.body["blocks"])
    assert reply.status == 200
    assert "<!" not in shown
    assert "&amp;lt;" not in shown


@pytest.mark.parametrize("stored", ["now", "earlier"])
def test_customers_words_change_nothing_around_them_wherever_they_go(office: Office, stored: str) -> None:
    nina = office.slack.add_user("nina\u202e\x07", external=True)
    office.slack.join(office.acme, nina)
    channel, ts = office.ask(customer=nina)
    office.click(nina, channel, ts, "1")
    office.slack.post(nina, channel, NASTY)
    office.settle()
    assert not HARM & set(office.rating()["comment"])
    if stored == "earlier":
        office.database.write(lambda db: db.execute("UPDATE ratings SET comment = ?", (NASTY,)))
        office.click(nina, channel, ts, "Please contact me")
    office.seed([5, 4, 3] * 3)
    preview = office.command(office.leo, "/cx", "digest")
    seen = [office.notices(), office.slack.messages(channel), office.slack.ephemerals(office.team_channel, office.leo)]
    shown = [block for messages in seen for each in messages for block in each.get("blocks", ())]
    words = with_words(shown)
    assert len(words) >= 2
    assert all(text["verbatim"] is True for text in words)
    assert not HARM & set(preview + str(words))
    assert "<!channel>" not in str(words)
    assert not any(sign in json.dumps(seen[0]) for sign in ("u202e", "u001b", "u0007", "u2066"))
