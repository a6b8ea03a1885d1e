"""Conditions: what they may say, and that they hold exactly if a second, plainer reading says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.teams.conditions import NAMED, OWN_SOURCES, Condition, Facts, check_sources, parse, unmet
from cxbot.errors import UsageError

EXAMPLE = (
    'source:zendesk,hook2 channel:email topic:billing touchpoint:"first call" company:"Example Oy" tag:vip '
    "agent:@U0ANNA handling>=2m -tag:internal"
)
MET = Facts(
    "hook2",
    "email",
    "Billing",
    "First  call",
    ("EXAMPLE OY",),
    ("VIP", "new"),
    ("U0ANNA", "Leo"),
    handling_seconds=120.0,
)


def test_every_condition_of_the_example_can_be_met() -> None:
    assert len(parse(EXAMPLE)) == 9
    assert unmet(EXAMPLE, MET) is None
    assert unmet("", Facts("reaction")) is None


@pytest.mark.parametrize(
    ("text", "facts", "rule", "known"),
    [
        (EXAMPLE, Facts("hook3"), "source:zendesk,hook2", True),
        ("topic:billing", Facts("desk", topic="login"), "topic:billing", True),
        ("topic:billing", Facts("desk"), "topic:billing", False),
        ("tag:vip", Facts("desk"), "tag:vip", True),  # no tags are tags, too
        ("-tag:internal", Facts("desk", tags=("Internal",)), "-tag:internal", True),
        ("-topic:billing", Facts("desk", topic="BILLING"), "-topic:billing", True),
        ("handling>=2m", Facts("desk", handling_seconds=119.9), "handling>=2m", True),
        ("handling>=2m", Facts("desk"), "handling>=2m", False),
        ("-handling<1h", Facts("desk"), "-handling<1h", False),
        ('company:"Example Oy"', Facts("desk", companies=("Example",)), 'company:"Example Oy"', True),
    ],
)
def test_the_first_condition_that_is_not_met_is_told(text: str, facts: Facts, rule: str, known: bool) -> None:
    found = unmet(text, facts)
    assert found is not None
    assert (str(found[0]), found[1]) == (rule, known)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("TOPIC:Billing", "topic:Billing"),
        ("company:“Example Oy”, Other", 'company:"Example Oy",Other'),
        ("  tag:a,b,a   handling≥2m ", "tag:a,b handling>=2m"),
        ("agent:@U0ANNA,Leo", "agent:U0ANNA,Leo"),
        ("topic:a:b", "topic:a:b"),
    ],
)
def test_one_condition_is_written_in_one_way(text: str, same: str) -> None:
    assert " ".join(map(str, parse(text))) == same


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("billing", r"is not a condition.*Words: source, channel, topic"),
        ("topic:", "is not a condition"),
        ("topic:a,", "is not a condition"),
        ('company:"Example', "is not a condition"),
        ("colour:red", r"no condition `colour`\. Words: source"),
        ("topic>=2m", r"Only a handling time is compared\. Write `topic:NAME`"),
        ("handling:2m", "write `handling>=2m`"),
        ("handling>=2", "write `handling>=2m`"),
        ("handling>=2m,3m", "write `handling>=2m`"),
        ('topic:""', "needs a name"),
        ("topic:a" * 200, "at most 1000 characters"),
    ],
)
def test_what_is_no_condition_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse(text)


def test_a_source_is_a_hook_or_one_of_four_words() -> None:
    check_sources({"Reaction", "DESK", "silence"}, {"desk"}, "conditions")
    with pytest.raises(
        UsageError, match=r"no source `zendsk`\. Sources: reaction, silence, import, workflow, zendesk\."
    ):
        check_sources({"zendsk"}, {"zendesk"}, "conditions")


# -- against a second reading ---------------------------------------------------------------------------------

PEOPLE = [["billing", "BILLING", "Billing"], ["Example Oy", "EXAMPLE  OY", "example oy"], ["ä1", "Ä1"], ["U0ANNA"]]
NUMBER = {said: number for number, names in enumerate(PEOPLE) for said in names}
said = st.sampled_from(sorted(NUMBER))
lengths = st.tuples(st.integers(0, 90), st.sampled_from("smh"))
named = st.tuples(st.booleans(), st.sampled_from(NAMED), st.lists(said, min_size=1, max_size=3))
compared = st.tuples(st.booleans(), st.sampled_from([">=", "<=", ">", "<"]), lengths)
facts = st.builds(
    Facts, st.sampled_from([*OWN_SOURCES, *NUMBER]), *([st.one_of(st.just(""), said)] * 3),
    st.lists(said, max_size=2).map(tuple), st.lists(said, max_size=2).map(tuple), st.lists(said, max_size=2).map(tuple),
    st.one_of(st.none(), st.integers(0, 400_000).map(float)),
)  # fmt: skip


def written(condition: tuple[object, ...]) -> str:
    negated, word, last = condition
    if isinstance(last, list):
        return f"{'-' if negated else ''}{word}:" + ",".join(f'"{each}"' for each in last)
    number, unit = last  # type: ignore[misc]
    return f"{'-' if negated else ''}handling{word}{number}{unit}"


def holds(condition: tuple[object, ...], about: Facts) -> bool:
    negated, word, last = condition
    if not isinstance(last, list):
        number, unit = last  # type: ignore[misc]
        seconds = number * {"s": 1, "m": 60, "h": 3600}[unit]
        if about.handling_seconds is None:
            return False
        there = about.handling_seconds
        found = {">=": there >= seconds, "<=": there <= seconds, ">": there > seconds, "<": there < seconds}[str(word)]
        return found is not negated
    value = getattr(about, {"tag": "tags", "agent": "agents", "company": "companies"}.get(str(word), str(word)))
    values = [value] if isinstance(value, str) else list(value)
    wanted = {NUMBER[each] for each in last}
    return any(NUMBER.get(each) in wanted for each in values) is not negated


@given(st.lists(st.one_of(named, compared), max_size=4), facts)
def test_conditions_hold_if_each_of_them_does(conditions: list[tuple[object, ...]], about: Facts) -> None:
    text = " ".join(map(written, conditions))
    found = unmet(text, about)
    wrong = [each for each in conditions if not holds(each, about)]
    assert (found is None) == (not wrong)
    if found is not None:
        assert found[0] == parse(written(wrong[0]))[0]


@given(st.lists(st.one_of(named, compared), max_size=4))
def test_what_is_stored_means_what_was_written(conditions: list[tuple[object, ...]]) -> None:
    read = parse(" ".join(map(written, conditions)))
    assert parse(" ".join(map(str, read))) == read


@given(st.text(max_size=60))
def test_any_text_is_conditions_or_an_error_that_says_what_to_do(text: str) -> None:
    said = ""
    try:
        read = parse(text)
    except UsageError as error:
        said = str(error)
    else:
        assert all(isinstance(each, Condition) for each in read)
        assert parse(" ".join(map(str, read))) == read
    assert not said or any(what in said for what in ("rite", "Words:", "needs a name")), said
