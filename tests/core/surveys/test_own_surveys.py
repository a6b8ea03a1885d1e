import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.cli.surveys import EXAMPLE
from cxbot.core.metrics.metric import Kind
from cxbot.core.surveys.own_surveys import (
    ITEM,
    MOST_ITEMS,
    MOST_REASONS,
    QUESTION,
    REASON,
    SURVEY,
    TITLE,
    check_names,
    languages,
    parse,
)
from cxbot.core.surveys.survey import WENT_WELL, WENT_WRONG
from cxbot.errors import UsageError
from cxbot.language import LANGUAGES, language, reserved

SCALE = {"question": "How was it?", "scale": "1-5"}
WORDS = {"question": "Was it whole?", "answers": ["Yes", "Partly", "No"], "good": ["Yes"], "bad": ["No"]}


def toml(value):
    """A value as TOML; strings and numbers are written as in JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def written(*items, **more):
    """A file that defines a survey; what is None is left out."""
    given = {"name": "parcel", "title": "Parcel", "items": list(items or [SCALE]), **more}
    return "\n".join(f"{key} = {toml(value)}" for key, value in given.items() if value is not None)


def refusal(text):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert language("fi").error(caught.value) != str(caught.value)
    return str(caught.value)


def test_the_example_is_valid_as_it_is():
    survey = parse(EXAMPLE)
    check_names(survey, reserved())
    assert languages(survey) == LANGUAGES
    commented = "\n".join(line.removeprefix("# ") if " = " in line else line for line in EXAMPLE.splitlines())
    without = commented.replace("employees = true", "").replace("bad = [", "# bad = [")
    assert parse(without).after.days == 3


def test_the_only_item_may_do_without_a_name_and_a_title():
    survey = parse(written())
    assert (survey.first.metric.name, survey.first.metric.title) == ("parcel", "Parcel")
    assert parse(written({"name": "box", "title": "Box", **SCALE})).first.metric.name == "box"


def test_every_reader_gets_a_text_and_their_own_where_there_is_one():
    def said(text, code):
        return language(code).say(parse(written({**SCALE, "question": text})).first.question)

    assert [said("One & all?", code) for code in LANGUAGES] == ["One & all?"] * 3
    assert [said({"fi": "Miten?", "en": "How?"}, code) for code in LANGUAGES] == ["How?", "Miten?", "How?"]
    assert [said({"sv": "Hur?", "fi": "Miten?"}, code) for code in LANGUAGES] == ["Miten?", "Miten?", "Hur?"]
    assert [said({"fi": "Miten?"}, code) for code in LANGUAGES] == ["Miten?"] * 3
    assert [said("Yes", code) for code in LANGUAGES] == ["Yes"] * 3  # no catalogue translates a company's words


@pytest.mark.parametrize(
    ("scale", "kind", "alarm", "praise"),
    [("0-10", Kind.NET, range(7), range(9, 11)), ("1-5", Kind.MEAN, range(1, 3), range(4, 6)),
     ("1-7", Kind.MEAN, range(1, 4), range(5, 8))],
)  # fmt: skip
def test_a_scale_decides_what_is_made_of_its_answers(scale, kind, alarm, praise):
    item = parse(written({**SCALE, "scale": scale})).first
    assert (item.metric.headline.kind, item.alarm, item.praise) == (kind, alarm, praise)
    assert parse(written({**SCALE, "scale": scale, "alarm": []})).first.alarm == ()
    assert parse(written({**SCALE, "scale": scale}, employees=True)).first.alarm == ()


@pytest.mark.parametrize(
    ("answers", "good", "bad", "scores"),
    [
        (["Yes", "Partly", "No"], ["Yes"], ["No"], [3, 2, 1]),
        (["Yes", "Partly", "No"], ["Yes"], [], [3, 2, 1]),
        (["Worse", "As expected", "Better"], ["Better"], ["Worse"], [1, 2, 3]),
        (["No", "Yes"], ["Yes"], [], [1, 2]),
        (["A", "B", "C", "D", "E"], ["B", "D"], ["A"], [1, 4, 2, 5, 3]),
    ],
)
def test_words_are_numbered_from_worst_to_best(answers, good, bad, scores):
    item = parse(written({**WORDS, "answers": answers, "good": good, "bad": bad})).first
    assert [choice.score for choice in item.choices] == scores
    assert [choice.label for choice in item.choices] == answers
    assert item.metric.headline.kind is (Kind.NET if bad else Kind.SHARE)
    assert {item.label(score) for score in item.praise} == set(good)
    assert {item.label(score) for score in item.alarm} == set(bad)


def test_the_answers_that_call_the_leads_can_be_named():
    assert parse(written({**WORDS, "alarm": ["No", "Partly"]})).first.alarm == (1, 2)
    assert parse(written({**SCALE, "alarm": [1]})).first.alarm == (1,)


def with_reasons(**groups):
    return written() + "\n[reasons]\n" + "\n".join(f"{name} = {toml(group)}" for name, group in groups.items())


def test_reasons_are_the_usual_ones_unless_a_group_has_its_own():
    survey = parse(with_reasons(low={"slow": {"en": "Too slow", "fi": "Liian hidas"}, "rude": "Rude"}))
    assert [(reason.code, reason.label) for reason in survey.low_reasons] == [("slow", "Too slow"), ("rude", "Rude")]
    assert [language("fi").say(reason.label) for reason in survey.low_reasons] == ["Liian hidas", "Rude"]
    assert survey.high_reasons == WENT_WELL
    assert survey.reasons([(survey.first, 2)]) == survey.reasons([(survey.first, 3)]) == survey.low_reasons
    assert survey.reasons([(survey.first, 4)]) == WENT_WELL
    assert set(survey.known_reasons) == {"slow", "rude", "speed", "expertise", "attitude", "solved"}


def test_a_group_without_reasons_asks_for_none():
    survey = parse(with_reasons(high={}))
    assert (survey.low_reasons, survey.high_reasons) == (WENT_WRONG, ())


def test_as_many_reasons_as_have_room_with_labels_as_long_as_a_button():
    group = {f"r{number}": "x" * REASON for number in range(MOST_REASONS)}
    assert len(parse(with_reasons(low=group)).low_reasons) == MOST_REASONS


BAD_REASONS = [
    (with_reasons(low={f"r{number}": "x" for number in range(9)}), "`reasons.low` has 9 reasons; at most 8 have room."),
    (with_reasons(low={"slow": "x" * 76}), "`reasons.low.slow` has to be one line of 1 to 75 characters, not “xxx"),
    (with_reasons(low={"slow": " "}), "`reasons.low.slow` has to be one line"),
    (with_reasons(low={"slow": 5}), '`reasons.low.slow` is not right. Write it like `slow = "Too slow"`.'),
    (with_reasons(low={"slow": {"de": "Langsam"}}), "`reasons.low.slow.de` is in a language that is not supported."),
    (with_reasons(low={"Slow": "x"}).replace("Slow =", '"Slow" ='), "`reasons.low.Slow` can't be a reason's code."),
    (with_reasons(low={"s" * 31: "x"}), "can't be a reason's code. Write at most 30 small letters a–z, digits and _"),
    (with_reasons(low="slow"), "`reasons.low` is not right. Write it like `[reasons.low]`."),
    (with_reasons(middle={"slow": "x"}), "`reasons.middle` is not known here. Write one of these, or leave it out:"),
    (with_reasons(low={"fit": "x"}, high={"fit": "y"}), "The reason `fit` is there twice. Give each one a code of its"),
    (written(reasons="slow"), "`reasons` is not right. Write it like `[reasons.low]`."),
    (written(reasons={"low": {}}, employees=True), "`reasons` can't be used here: colleagues are not asked for any."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD_REASONS, ids=[sentence[:40] for _, sentence in BAD_REASONS])
def test_bad_reasons_are_told_where_and_what_to_write(text, sentence):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert sentence in str(caught.value)


def test_everything_wrong_with_the_reasons_is_told_at_once():
    with pytest.raises(UsageError) as caught:
        parse(with_reasons(low={"slow": "", "rude": "x" * 76}, high={"kind": 3}, other={}))
    places = [line.split("`")[1] for line in str(caught.value).splitlines()]
    assert places == ["reasons.other", "reasons.low.slow", "reasons.low.rude", "reasons.high.kind"]
    assert len(language("fi").error(caught.value).splitlines()) == 4


TWO = ({"name": "one", "title": "One", **SCALE}, {"name": "two", "title": "Two", **WORDS})
BAD = [
    ("name = ", "not valid TOML (Invalid value (at end of document))"),
    (f"name = {'[' * 9999}", "not valid TOML (nested too deeply)"),
    (f"name = {'9' * 9999}", "not valid TOML (a number has too many digits)"),
    (written(colour="red"), "`colour` is not known here. Write one of these, or leave it out: name, title, items"),
    (written({**SCALE, "Scale": "1-5"}), "`items 1: Scale` is not known here"),
    (written(name=None), '`name` is missing. Write it like `name = "parcel"`.'),
    (written(name=7), '`name` is not right. Write it like `name = "parcel"`.'),
    (written(name="Parcel"), "`name` can't be “Parcel”. Write at most 31 small letters a–z"),
    (written(name="p" * 32), "`name` can't be “ppp"),
    (written(title=None), "`title` is missing"),
    (written(title=["Parcel"]), "`title` is not right"),
    (written(title={}), "`title` is not right"),
    (written(title={"de": "Paket"}), "`title.de` is in a language that is not supported. Languages: en, fi, sv."),
    (written(title={"en": 1}), "`title` is not right"),
    (written(title="x" * (TITLE + 1)), "`title` has to be one line of 1 to 40 characters, not “xxx"),
    (written(title=" "), "`title` has to be one line of 1 to 40 characters, not “ ”."),
    (written({**SCALE, "question": "One\nTwo?"}), "`items 1: question` has to be one line of 1 to 200 characters"),
    (written({**SCALE, "question": "x" * (QUESTION + 1)}), "`items 1: question` has to be one line"),
    (written({"scale": "1-5"}), '`items 1: question` is missing. Write it like `question = "How did your'),
    (written(items=[]), "A survey has 1 to 9 items, each below a line `[[items]]`; this one has 0."),
    (written(*[SCALE] * (MOST_ITEMS + 1)), "this one has 10."),
    (written(items=["x"]), "A survey has 1 to 9 items"),
    (written(items="x"), "`items` is not right. Write it like `[[items]]`."),
    (written(SCALE, SCALE), "`items 1: name` is missing"),
    (written(TWO[0], TWO[0]), "The name `one` is there twice. Give each item a name of its own."),
    (written(TWO[0], {**TWO[1], "name": "parcel"}), "The name `parcel` is there twice."),
    (written(TWO[0], {**TWO[1], "name": "2"}), "`items 2: name` can't be “2”"),
    (written(employees="yes"), "`employees` is not right. Write it like `employees = true`."),
    (written(after_days=True), "`after_days` is not right. Write it like `after_days = 3`."),
    (written(after_days=-1), "`after_days` has to be a number of days from 0 to 365."),
    (written({"question": "How?"}), '`items 1: scale` needs either `scale = "1-5"` or `answers = ["Yes", "Partly"'),
    (written({**SCALE, **WORDS}), "`items 1: scale` needs either"),
    (written({**SCALE, "scale": "1-6"}), "`items 1: scale` can't be “1-6”. Scales: 0-10, 1-5, 1-10, 1-4, "),
    (written({**SCALE, "scale": 5}), "`items 1: scale` is not right"),
    (written({**SCALE, "low": "bad"}), "`items 1: high` is missing"),
    (written({**SCALE, "good": [5]}), "`items 1: good` belongs to `answers`, which is not there. Leave it out."),
    (written({**WORDS, "low": "bad"}), "`items 1: low` belongs to `scale`"),
    (written({**SCALE, "alarm": [0]}), "`items 1: alarm` names “0”, which is not one of the answers: 1, 2, 3, 4, 5."),
    (written({**SCALE, "alarm": [True]}), "`items 1: alarm` names “True”"),
    (written({**SCALE, "alarm": [[1]]}), "`items 1: alarm` names “[1]”"),
    (written({**SCALE, "alarm": 1}), "`items 1: alarm` is not right. Write it like `alarm = [1, 2]`."),
    (written({**SCALE, "alarm": [5]}), "`items 1: alarm` contains a good answer"),
    (written({**SCALE, "alarm": [1]}, employees=True), "`items 1: alarm` can't be used here: answers of colleagues"),
    (written({**WORDS, "answers": ["Yes"]}), "`items 1: answers` has to be 2 to 5 different words"),
    (written({**WORDS, "answers": ["Yes", "Yes"]}), "`items 1: answers` has to be 2 to 5 different words"),
    (written({**WORDS, "answers": ["Yes", "Yes "]}), "`items 1: answers` has to be 2 to 5 different words"),
    (written({**WORDS, "answers": ["Yes", 2]}), "`items 1: answers` is not right"),
    (written({**WORDS, "answers": ["Yes", "x" * 31]}), "`items 1: answers` has to be one line of 1 to 30 characters"),
    (written({**WORDS, "answers": {"en": ["Yes", "No"], "fi": ["Ei"]}}), "as many in each language"),
    (written({**WORDS, "good": ["Sure"]}), "`items 1: good` names “Sure”, which is not one of the answers: Yes"),
    (written({**WORDS, "good": []}), "`items 1: good` has to name at least one answer, and no bad one"),
    (written({**WORDS, "bad": ["Yes"]}), "`items 1: good` has to name at least one"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD, ids=[sentence[:40] for _, sentence in BAD])
def test_a_bad_file_is_told_where_and_what_to_write(text, sentence):
    assert sentence in refusal(text)


@pytest.mark.parametrize("name", ["nps", "goal", "experience", "drivers", "churn", "help", "ohje", "week", "by"])
def test_words_that_mean_something_are_no_names(name):
    with pytest.raises(UsageError, match=f"`{name}` already means something here"):
        check_names(parse(written({"name": name, "title": "One", **SCALE})), reserved())


values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["en", "fi", "de"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(SURVEY), values), st.dictionaries(st.sampled_from(ITEM), values), st.booleans())
def test_whatever_stands_in_a_file_it_is_a_survey_or_refused(survey, item, words):
    with contextlib.suppress(UsageError):
        parse(written(**{"items": [(WORDS if words else SCALE) | item], **survey}))


labels = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@st.composite
def items(draw, number):
    item = {"name": f"item_{number}", "title": draw(labels), "question": draw(st.just("?" * QUESTION) | labels)}
    if draw(st.booleans()):
        scale = draw(st.sampled_from(["0-10", "1-5", "1-7"]))
        return {**item, "scale": scale, "low": draw(labels), "high": draw(labels)}
    answers = draw(st.lists(labels, min_size=2, max_size=5, unique=True))
    good = draw(st.lists(st.sampled_from(answers), min_size=1, unique=True))
    bad = draw(st.lists(st.sampled_from(answers), unique=True))
    return {**item, "answers": answers, "good": good, "bad": [each for each in bad if each not in good]}


@given(st.integers(1, MOST_ITEMS).flatmap(lambda n: st.tuples(*map(items, range(n)))), st.booleans())
def test_every_survey_that_is_taken_is_sound(given_items, employees):
    survey = parse(written(*given_items, employees=employees))
    for item in survey.items:
        metric = item.metric
        assert sorted(choice.score for choice in item.choices) == list(metric.scale)
        assert not set(item.alarm) & set(item.praise)
        assert not (employees and item.alarm)
        assert metric.employees == employees
        one_each = dict.fromkeys(metric.scale, 1)
        assert sum(metric.buckets(one_each).values()) == len(metric.scale)
        assert set(metric.headline.good) | set(metric.headline.bad) <= set(metric.scale)
