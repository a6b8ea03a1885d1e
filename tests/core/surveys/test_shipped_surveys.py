import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.invitations.replies import Answer, Reply
from cxbot.core.surveys.catalogue import SHIPPED
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import WENT_WELL, WENT_WRONG
from cxbot.slack.messages.parts import ids

items = [(survey, item) for survey in SURVEYS.values() for item in survey.items]
surveys = st.sampled_from(list(SURVEYS.values()))


@pytest.mark.parametrize(("survey", "item"), items, ids=lambda each: getattr(each, "metric", each).name)
def test_every_item_fits_its_metric(survey, item):
    metric = item.metric
    scores = [choice.score for choice in item.choices]
    assert sorted(scores) == sorted(metric.scores)
    assert metric.employees == survey.employees
    assert set(item.alarm) | set(item.praise) <= set(scores)
    assert not set(item.alarm) & set(item.praise)
    assert survey.employees <= (not item.alarm)
    assert SHIPPED.asked_in[metric.name] is survey
    assert bool(item.low_label) == (not item.in_words)


@pytest.mark.parametrize(("survey", "item"), items, ids=lambda each: getattr(each, "metric", each).name)
def test_a_button_says_which_item_and_score_it_is(survey, item):
    for choice in item.choices:
        metric, score = ids.scored(ids.score(survey, item, choice.score))
        assert (survey.item(metric), score) == (item, choice.score)


@given(st.text(alphabet=":0123456789aé٣ ", max_size=9))
def test_an_action_is_read_only_as_it_is_written(rest):
    found = ids.scored(f"score:{rest}")
    if found is not None:
        metric, score = found
        assert rest.endswith(str(score))
        assert rest.rstrip("0123456789") == (f"{metric}:" if metric else "")


@given(surveys, st.data())
def test_reasons_fit_the_worst_answer_whatever_the_order(survey, data):
    scores = [(item, data.draw(st.sampled_from([choice.score for choice in item.choices]))) for item in survey.items]
    reply = Reply()
    for item, score in data.draw(st.permutations(scores)):
        assert not reply.complete(survey)
        reply = reply.answered(item, Answer(score))
    assert reply.complete(survey)
    assert reply.low(survey) == any(score in item.alarm for item, score in scores)
    if survey.employees:
        assert reply.reasons_for(survey) == ()
    else:
        praised = all(score in item.praise for item, score in scores)
        assert reply.reasons_for(survey) == (WENT_WELL if praised else WENT_WRONG)
