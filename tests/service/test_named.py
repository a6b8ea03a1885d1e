"""What people call agents, teams, stages and surveys in a question, and what they are told of names that nobody has."""

from __future__ import annotations

import pytest

from tests.office import Office


@pytest.fixture
def bea(office: Office) -> str:
    """A second agent, with a name of two words, and answers of both agents."""
    bea = office.slack.add_user("berg", real_name="Bea Berg")
    with office.slack.workspace.world.change():
        office.slack.workspace.world.channels[office.team_channel].members.append(bea)
    office.change_team(members=[office.anna, bea])
    office.seed([5] * 10, agent=office.anna)
    office.seed([2] * 12, agent=bea)
    return bea


@pytest.mark.parametrize("typed", ["Bea", "bea", '"Bea Berg"', "“bea berg”"])
def test_an_agent_has_the_name_that_slack_shows(office: Office, bea: str, typed: str) -> None:
    said = office.command(office.leo, "/csat", f"week agent:{typed}")
    assert f"<@{bea}>" in said
    assert "from 12 answers" in said


@pytest.mark.parametrize("words", ["agent:me", "asiakaspalvelija:minä", "handläggare:mig"])
def test_me_is_who_asks(office: Office, bea: str, words: str) -> None:
    assert f"<@{bea}>" in office.command(bea, "/csat", f"week {words}")


def test_a_name_like_others_is_answered_with_those(office: Office, bea: str) -> None:
    said = office.command(office.leo, "/csat", "week agent:Bae")
    assert said == 'Nothing is on file under `agent:Bae`. Did you mean `agent:"Bea Berg"`?'
    assert f"<@{bea}>" in office.command(office.leo, "/csat", "week " + said.split("`")[3])


def test_a_first_name_that_two_have_is_not_guessed(office: Office, bea: str) -> None:
    other = office.slack.add_user("stone", real_name="Bea Stone")
    office.change_team(members=[office.anna, bea, other])
    said = office.command(office.leo, "/csat", "week agent:Bea")
    assert '`agent:"Bea Berg"`' in said
    assert '`agent:"Bea Stone"`' in said


def test_a_member_learns_nothing_of_colleagues_by_their_names(office: Office, bea: str) -> None:
    asked = [office.command(office.anna, "/csat", f"week agent:{name}") for name in ("Bea", f"<@{bea}>", "Nobody")]
    assert set(asked) == {"You can see your own figures: `agent:me`."}
    assert f"<@{office.anna}>" in office.command(office.anna, "/csat", "week agent:anna")


def test_a_team_that_is_not_there_is_answered_with_ones_own(office: Office) -> None:
    office.add_team(name="Sales", channel=office.acme)
    said = office.command(office.leo, "/csat", "team:Suport")
    assert said == "You are in no team `Suport`. Did you mean `team:Support`?"
    assert "Sales" not in office.command(office.leo, "/csat", "team:Sale")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("stage:late", "Nothing is on file under `stage:late`. There are: before, during, after."),
        ("survey:npss", "Nothing is on file under `survey:npss`. There are: nps, csat, ces, experience, "),
    ],
)
def test_a_stage_or_survey_that_does_not_exist_is_answered_with_all(office: Office, words: str, said: str) -> None:
    assert office.command(office.leo, "/csat", f"week {words}").startswith(said)


@pytest.mark.parametrize("words", ["stage:after", "vaihe:jälkeen", "fas:Efter"])
def test_a_stage_is_known_in_every_language(office: Office, words: str) -> None:
    assert " · after · Support" in office.command(office.leo, "/csat", f"week {words}")


def test_a_stage_and_a_survey_are_shown_in_the_words_that_people_type(office: Office) -> None:
    office.change_team(locale="fi")
    office.seed([5] * 6, agent=office.anna)
    office.database.write(lambda db: db.execute("UPDATE ratings SET stage = 'after'"))
    assert "• jälkeen: " in office.command(office.leo, "/csat", "viikko jako:vaihe")
    assert " · jälkeen · Support" in office.command(office.leo, "/csat", "viikko vaihe:jälkeen")
    assert " · kokemus · Support" in office.command(office.leo, "/csat", "viikko kysely:kokemus")


def test_a_survey_is_known_in_every_language(office: Office) -> None:
    office.seed([5] * 6, agent=office.anna)
    for word in ("csat", "CSAT"):
        assert "from 6 answers" in office.command(office.leo, "/csat", f"week survey:{word}")
    assert " · experience · Support" in office.command(office.leo, "/csat", "week kysely:kokemus")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("by:kanawa", "Try `by:channel`."),
        ("kanawa:x", "Try `channel:x`."),
        ("kuukausy", "Try `/csat month`."),
        ("förra vekan", "Try `/csat last week`."),
    ],
)
def test_near_words_are_told_in_the_readers_language(office: Office, text: str, said: str) -> None:
    assert said in office.command(office.leo, "/csat", text)


def test_nobody_is_told_a_raw_id(office: Office) -> None:
    said = office.command(office.ada, "/cx", f"why <@{office.carla}>")
    assert said == f"Nobody has asked <@{office.carla}> yet, and no conversation with them is on file."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("zzz", "`/cx zzz` is not a command. All commands: `/cx help`."),
        (
            "palvelx",
            "`/cx palvelx` is not a command. All commands: `/cx help`.",
        ),  # not like Finnish words, which nobody here types
        ("aks", "`/cx aks` is not a command. Try `/cx ask`. All commands: `/cx help`."),
        ("plan", "Name a metric and how large a change you want to see: `plan nps 10` is about 10 points."),
        ("team:", "`/cx team:` is not a command. Try `/cx team`. All commands: `/cx help`."),
        ("nps since:2026-10-05", "`since:` belongs to `/cx compare nps since:2026-10-05`. Filters are: team, agent, "),
    ],
)
def test_what_is_not_understood_is_answered_with_what_helps(office: Office, typed: str, said: str) -> None:
    assert office.command(office.leo, "/cx", typed).startswith(said)


def test_without_campaigns_the_first_one_is_offered(office: Office) -> None:
    assert office.command(office.ada, "/cx", "campaign Spring").startswith("There is no campaign yet. Start one")
