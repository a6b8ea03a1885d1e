from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.metrics.shipped import NPS
from cxbot.core.queries import query
from cxbot.core.queries.query import DIMENSIONS, ENGLISH, WORDS, Query, Request, Vocabulary
from cxbot.errors import UsageError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HELSINKI = "Europe/Helsinki"
FINNISH = Vocabulary.of(
    {
        "today": "tänään",
        "week": "viikko|tämä viikko",
        "last week": "viime viikko",
        "d": "pv|päivää",
        "team": "tiimi",
        "agent": "asiakaspalvelija",
        "by": "ryhmittäin",
        "vs": "vrt",
    }
)
BOTH = ENGLISH.merge(FINNISH)


def read(text, vocabulary=ENGLISH):
    return query.read(text, "nps", vocabulary)


def parse(text, vocabulary=ENGLISH):
    return query.parse("nps", text, NOW, HELSINKI, vocabulary)


def refusal(text, vocabulary=ENGLISH):
    with pytest.raises(UsageError) as refused:
        parse(text, vocabulary)
    return str(refused.value)


def test_without_a_word_it_is_this_week():
    found = parse("  ")
    assert isinstance(found, Query)
    assert (found.metric, found.period.key, found.filters, found.by, found.versus) == (
        NPS,
        "2026-W47",
        {},
        None,
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        'last week team:Support by:agent vs:"last month"',
        "vs:last month by:agent last week team:Support",
        "BY:Agent LAST WEEK Team:Support VS:Last Month",
        "team:'Support' vs:“last month” by:agent last  week",
    ],
)
def test_parts_come_in_any_order_and_case(text):
    assert read(text) == Request(NPS, "last week", {"team": "Support"}, "agent", "last month")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("last week", "last week"),
        ('"last week"', "last week"),
        ("this week", "week"),
        ("7d", "7d"),
        ("30 days", "30d"),
        ("2026-w46", "2026-W46"),
        ("2026‑W46", "2026-W46"),
        ("2026-q4", "2026-Q4"),
        ("2026", "2026"),
        ("2026-11", "2026-11"),
        ("2026-11-21", "2026-11-21"),
        ("2026-11-01..2026-11-15", "2026-11-01..2026-11-15"),
        ("2026-11-01…2026-11-15", "2026-11-01..2026-11-15"),
        ("2026-11-01...2026-11-15", "2026-11-01..2026-11-15"),
        ("2026-11-01–2026-11-15", "2026-11-01..2026-11-15"),
        ("2026-11-01 - 2026-11-15", "2026-11-01..2026-11-15"),
        ("2026-11-01 to 2026-11-15", "2026-11-01..2026-11-15"),
    ],
)
def test_periods_as_people_and_phones_write_them(text, period):
    assert read(text).period == period
    assert read(f"team:Support {text} by:agent").period == period
    assert read(f"vs:{text} week").versus == period


def test_every_word_and_dimension_of_the_contract_is_understood():
    for word in WORDS:
        assert ENGLISH.meaning(word) == word
    for dimension in DIMENSIONS:
        assert read(f"{dimension}:x by:{dimension}") == Request(NPS, "week", {dimension: "x"}, dimension)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Support", "Support"),
        ('"Second line"', "Second line"),
        ("“Second line”", "Second line"),
        ("„Second line“", "Second line"),
        ("»Second line«", "Second line"),
        ("'Second line'", "Second line"),
        ("‘Second line’", "Second line"),
        ("O’Brien", "O’Brien"),
        ("'O'Brien & Sons'", "O'Brien & Sons"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("a:b", "a:b"),
        ('"week"', "week"),
        ("R&amp;D", "R&D"),
        ('"&lt;x&gt;"', "<x>"),
        ("Pa\u0308a\u0308konttori", "P\u00e4\u00e4konttori"),
        ("<@U123>", "U123"),
        ("<@U123|anna>", "U123"),
        ("<@U123|Anna B. Smith>", "U123"),
        ("<#C1|general>", "C1"),
        ("<#C1|>", "C1"),
        ("<#C1>", "C1"),
        ("<!subteam^S1|@support>", "S1"),
        ("<!subteam^S1>", "S1"),
        ("<mailto:anna@example.com|anna@example.com>", "anna@example.com"),
        ("<https://example.com|example.com>", "example.com"),
        ("<https://example.com>", "https://example.com"),
        ("anna@example.com", "anna@example.com"),
        ("U123", "U123"),
        ("100%", "100%"),
    ],
)
def test_values_of_filters(value, name):
    assert read(f"customer:{value} week").filters == {"customer": name}
    assert read(f"customer:{value}").filters == {"customer": name}


def test_finnish_words_work_beside_english_ones():
    wanted = Request(NPS, "last week", {"team": "Tuki"}, "agent", "30d")
    assert read("viime viikko tiimi:Tuki ryhmittäin:asiakaspalvelija vrt:30pv", BOTH) == wanted
    assert read("last week team:Tuki by:asiakaspalvelija vrt:30 päivää", BOTH) == wanted
    assert read("TA\u0308MA\u0308 VIIKKO", BOTH).period == "week"


def test_where_languages_disagree_the_earlier_one_decides():
    other = Vocabulary.of({"last week": "week", "month": "kuu"})
    assert read("week", ENGLISH.merge(FINNISH, other)).period == "week"
    assert read("week", other.merge(ENGLISH)).period == "last week"


def test_the_team_is_known_before_the_zone_is():
    request = read("today team:Support")
    late = datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert request.filters["team"] == "Support"
    assert query.resolve(request, late, "UTC").period.key == "2026-11-21"
    assert query.resolve(request, late, HELSINKI).period.key == "2026-11-22"


def test_a_query_carries_its_other_period():
    found = parse("vs:2026-W40 last week")
    assert (found.period.key, found.versus.key, found.versus.timezone) == ("2026-W46", "2026-W40", HELSINKI)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wek", "`wek` is not a period. Try `/nps week`."),
        ("lst week", "`lst` is not a period. Try `/nps last week`."),
        ("vs:lats week", '`lats` is not a period. Try `/nps vs:"last week"`.'),
        ("vs:monht", "`monht` is not a period. Try `/nps vs:month`."),
        ("xyzzy", "`xyzzy` is not a period. Try `/nps week`."),
        ("week `rm`", "`'rm'` is not a period. Try `/nps week`."),
        ("team:Support wek", "`wek` is not a period. Try `/nps week`."),
        (
            "agent:Anna Virtanen",
            '`Virtanen` is not a period. If it is part of the name, write `agent:"Anna Virtanen"`.',
        ),
        ("week month", "One period at a time. To compare two, write `/nps week vs:month`."),
        ("week last month", 'One period at a time. To compare two, write `/nps week vs:"last month"`.'),
        ("team:a team:b", "`team:` is there twice. Keep one of them."),
        ("by:team by:agent", "`by:` is there twice. Keep one of them."),
        ("vs:week vs:month", "`vs:` is there twice. Keep one of them."),
        ("team: Support", "`team:` needs a value right after the colon, as in `team:Support` or `vs:2026-W40`."),
        ('team:" "', "`team:` needs a value right after the colon, as in `team:Support` or `vs:2026-W40`."),
        ("by:", "`by:` needs a value right after the colon, as in `team:Support` or `vs:2026-W40`."),
        ("vs:", "`vs:` needs a value right after the colon, as in `team:Support` or `vs:2026-W40`."),
        ("team", "`team` needs a value, as in `team:name`. To split by it, write `by:team`."),
        ("by team", "`by` needs a value right after a colon: `by:team`."),
        ("vs month", "`vs` needs a value right after a colon: `vs:2026-W40`."),
        ("<@U1>", "Say who or what `U1` is: write `customer:`, `agent:` or `channel:` right before it."),
        ('team:"Second', 'The quotation mark before `Second` is not closed. Write `team:"Second line"`.'),
        ("2026-W54", "`2026-W54` is not in the calendar. Try `2026-11-21`, `2026-W46`, `2026-11` or `2026-Q4`."),
        ("vs:400d", "`400d` is not a period: give 1d to 365d. Try `30d`."),
    ],
)
def test_a_slip_is_answered_with_what_to_type(text, message):
    assert refusal(text) == message


def test_an_unknown_filter_is_answered_with_the_nearest_and_all_of_them():
    message = refusal("tem:Support")
    assert message.startswith("`tem:` is not a filter. Try `team:Support`. Filters are: team, agent,")
    assert "Try `team:Tuki`" in refusal("timi:Tuki", BOTH)  # the language of the error is its reader's
    assert "Try `team:Support`" in refusal("week:")


def test_an_unknown_dimension_is_answered_with_the_nearest_and_all_of_them():
    message = refusal("by:agnet")
    assert message.startswith("You can't split by `agnet`. Try `by:agent`. There are: team, agent,")
    assert refusal("by:week").startswith("You can't split by `week`. Try `by:team`.")


@pytest.mark.parametrize("text", ["customer:@anna", 'agent:"@Anna Virtanen"', "@anna", "week @anna", "team:A @anna"])
def test_a_name_that_slack_did_not_resolve_is_answered_with_how_to_pick_it(text):
    message = refusal(text)
    assert "pick the person from Slack's list" in message
    assert "in a terminal write the id" in message


def test_a_channel_that_slack_did_not_resolve_is_answered_with_how_to_pick_it():
    assert "pick the channel from Slack's list" in refusal("channel:#help")
    assert read("topic:#help").filters == {"topic": "#help"}


def test_a_long_word_is_not_repeated_in_full():
    assert len(refusal("x" * 5000)) < 150


keys = [f"{word}:" for word in WORDS]
marks = ["<@U1|a b>", " ", "7d", "2026-W46", "%", "%(x)s", "&amp;", *"\"'“”’<>|@#:"]
pieces = st.sampled_from([*WORDS, *keys, *marks])


@given(st.text() | st.lists(pieces | st.text(max_size=3)).map("".join))
def test_any_text_is_a_query_or_a_usage_error(text):
    try:
        found = parse(text, BOTH)
    except UsageError:
        return
    assert set(found.filters) <= set(DIMENSIONS)
    assert all(value.strip() == value != "" for value in found.filters.values())


@given(st.dictionaries(st.sampled_from(DIMENSIONS), st.from_regex(r"[A-Za-zÄÖäö][A-Za-zÄÖäö .:/-]*", fullmatch=True)))
def test_quoted_names_come_out_as_they_went_in(filters):
    text = " ".join(f'{dimension}:"{name}"' for dimension, name in filters.items())
    assert read(text).filters == {dimension: name.strip() for dimension, name in filters.items()}
