"""The form for teams: what it sets, what it refuses, and what holds afterwards."""

from __future__ import annotations

from tests.office import Office
from tests.team_form import open_form, submit, team

NONSENSE = {
    "hours": ("whenever", "is not weekdays and hours"),
    "timezone": ("Atlantis", "is not a time zone"),
    "digest": ("someday", "is not a weekday and a time"),
    "delay_minutes": ("soon", "is not a number of minutes"),
    "throttle_days": ("-1", "is not a number of days"),
    "reaction": ("two words", "is not the name of an emoji"),
    "silence": ("a while", "is not a number of working hours"),
    "groups": ("everybody", "is neither a person nor a user group"),
}


def test_a_form_saved_as_it_was_changes_nothing(office: Office) -> None:
    before = team(office)
    submit(office, open_form(office))
    assert team(office) == before


def test_every_setting_can_be_changed(office: Office) -> None:
    reply = submit(
        office, open_form(office), name="Tuki", survey="nps", reaction=":white_check_mark:", delay_minutes="0",
        throttle_days="60", hours="always", delivery="dm", digest="fri 15:00", timezone="europe/stockholm",
        locale="fi", agents="lead", rehearsal=["yes"], leads=[office.ada], members=[office.anna, office.leo],
        silence="6 h",
    )  # fmt: skip
    assert reply.body["response_action"] == "update"
    found = team(office, "Tuki")
    assert (found.survey.name, found.reaction) == ("nps", "white_check_mark")
    assert (found.delay_minutes, found.hours, found.silence) == (0, "always", "6h")
    assert (found.timezone, found.locale, found.agents, found.rehearsal) == ("Europe/Stockholm", "fi", "lead", True)
    assert (found.leads, found.members) == ((office.ada,), (office.anna, office.leo))


def test_what_makes_no_sense_is_said_under_its_field(office: Office) -> None:
    before = team(office)
    view = open_form(office)
    reply = submit(office, view, **{field: value for field, (value, _) in NONSENSE.items()})
    assert reply.body["response_action"] == "errors"
    assert reply.body["errors"].keys() == NONSENSE.keys()
    for field, (_, complaint) in NONSENSE.items():
        assert complaint in reply.body["errors"][field]
    assert office.slack.views(office.ada)[-1]["errors"] == reply.body["errors"]
    assert team(office) == before


def test_a_source_channel_belongs_to_one_team(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel)
    reply = submit(office, open_form(office, "Sales"), source_channels=[office.acme])
    assert "already belongs to team “Support”" in str(reply.body["errors"])
    assert team(office, "Sales").source_channels == ()


def test_names_are_unique(office: Office) -> None:
    office.add_team(name="Sales", channel=office.team_channel)
    reply = submit(office, open_form(office, "Sales"), name="  support ")
    assert "There is already a team" in reply.body["errors"]["name"]


def test_a_team_is_chosen_from_a_list(office: Office) -> None:
    view = open_form(office, "")
    office.slack.click_in_view(office.ada, view["id"], label="Support")
    form = office.slack.views(office.ada)[-1]
    assert form["callback_id"] == "team_form"
    submit(office, form, delay_minutes="3")
    assert team(office).delay_minutes == 3


def test_a_new_team_is_made_and_serves_at_once(office: Office) -> None:
    other = office.slack.add_channel("globex", members=[office.leo, office.anna])
    gus = office.slack.add_user("gus", guest="single")
    office.slack.join(other, gus)
    view = open_form(office, "")
    office.slack.click_in_view(office.ada, view["id"], label="New team…")
    form = office.slack.views(office.ada)[-1]
    submit(office, form, name="Globex desk", channel=office.team_channel, members=[office.leo],
           source_channels=[other])  # fmt: skip
    thread = office.conversation(other, gus)
    office.close_as(office.leo, thread, other)
    assert [each["team"] for each in office.invitations()] == ["Globex desk"]


def test_members_cannot_submit_the_form(office: Office) -> None:
    view = open_form(office)
    forged = {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": office.anna}, "view": view}
    reply = office.slack.workspace.outbound.deliver("interactive", forged)
    assert reply.body is not None
    assert "Only admins can do that" in str(reply.body["errors"])


def test_a_form_for_a_team_that_is_gone_says_so(office: Office) -> None:
    assert "There is no team “Sales”. Teams: Support." in office.command(office.ada, "/cx", "team Sales")


def test_a_form_that_slack_does_not_open_is_explained(office: Office) -> None:
    office.slack.faults.next("views.open", "error", code="expired_trigger_id")
    assert "could not be opened in time" in office.command(office.ada, "/cx", "team Support")


def test_many_teams_fit_into_the_list(office: Office) -> None:
    for number in range(89):
        office.add_team(name=f"Team {number}", channel=office.team_channel)
    assert open_form(office, "")["title"]["text"] == "Teams"


def test_the_rest_of_the_rules_can_be_changed_and_are_shown_again(office: Office) -> None:
    rules = {
        "conditions": 'topic:billing company:"Example Oy" handling>=2m -tag:internal', "surveys": "silence=nps",
        "holidays": "FI, 2026-12-24..2026-12-26", "reminder_days": "2", "relationship_days": "120", "quiet": "30m",
    }  # fmt: skip
    assert submit(office, open_form(office), **rules).body["response_action"] == "update"
    found = team(office)
    assert (found.conditions, found.holidays) == (rules["conditions"], rules["holidays"])
    assert (found.reminder_days, found.relationship_days, found.quiet) == (2, 120, "30m")
    assert [(source, survey.name) for source, survey in found.surveys] == [("silence", "nps")]
    form = open_form(office)
    shown = {block["block_id"]: block["element"].get("initial_value") for block in form["blocks"] if "element" in block}
    assert {name: shown[name] for name in rules} == rules
    assert submit(office, form).body["response_action"] == "update"
    assert team(office) == found


def test_what_a_rule_cannot_be_is_said_under_its_field(office: Office) -> None:
    before = team(office)
    wrong = {
        "conditions": ("colour:red", "Words: source"), "surveys": ("silence", "Write `desk=ces`"),
        "holidays": ("Finland", "Write `FI`"), "reminder_days": ("7", "from 1 to 6"),
        "quiet": ("long", "`1m` to `48h`"), "relationship_days": ("x", "not a number of days"),
    }  # fmt: skip
    errors = submit(office, open_form(office), **{name: value for name, (value, _) in wrong.items()}).body["errors"]
    assert errors.keys() == wrong.keys()
    assert all(complaint in errors[name] for name, (_, complaint) in wrong.items())
    for name, value in (("conditions", "source:nowhere"), ("surveys", "nowhere=ces"), ("holidays", "XX")):
        errors = submit(office, open_form(office), **{name: value}).body["errors"]
        assert errors.keys() == {name}
    assert team(office) == before


def test_an_empty_field_takes_a_rule_back(office: Office) -> None:
    office.change_team(conditions="topic:billing", surveys="silence=nps", holidays="FI")
    submit(office, open_form(office), conditions="", surveys="", holidays="")
    found = team(office)
    assert (found.conditions, found.surveys, found.holidays) == ("", (), "off")
