"""The main job from end to end, as people do it."""

from tests.office import Office, labels


def test_reaction_survey_answer_report(office: Office) -> None:
    thread = office.conversation()
    office.close(thread)
    notes = office.slack.ephemerals(office.acme, office.anna)
    assert "will be asked in the thread" in notes[-1]["text"]
    office.pass_time(minutes=10)
    survey = office.slack.messages(office.acme, thread)[-1]
    assert labels(survey)[:5] == ["1", "2", "3", "4", "5"]
    reply = office.slack.click(office.carla, office.acme, survey["ts"], label="5")
    assert reply.status == 200
    office.settle()
    shown = office.slack.messages(office.acme, thread)[-1]
    assert "5" not in shown["text"]
    private = office.slack.ephemerals(office.acme, office.carla)[-1]
    assert "5 of 5" in private["text"]
    reply = office.slack.command(office.leo, office.team_channel, "/csat", "week")
    assert "1 answer" in reply.body["text"], reply
