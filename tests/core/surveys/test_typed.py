import pytest

from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.typed import LONGEST, seems_answered, typed_score
from cxbot.language import language

FI = language("fi").say
SV = language("sv").say


@pytest.mark.parametrize(
    ("survey", "text", "score"),
    [
        ("nps", "9", 9), ("nps", " 10 ", 10), ("nps", "0", 0), ("csat", "5", 5),
        ("nps", "11", None), ("csat", "9", None), ("csat", "0", None), ("csat", "٣", None), ("csat", "4.5", None),
        ("csat", "-4", None), ("csat", "4!", None), ("csat", "4 or 5", None), ("csat", "", None),
        ("promise", "yes", 2), ("promise", "Partly", 1), ("promise", "2", None), ("expectation", "AS  EXPECTED", 2),
    ],
)  # fmt: skip
def test_only_what_a_button_says_is_a_score(survey, text, score):
    assert typed_score(SURVEYS[survey].first, text, str) == score


def test_words_are_those_of_the_buttons_in_their_language():
    assert typed_score(SURVEYS["promise"].first, "kyllä", FI) == 2
    assert typed_score(SURVEYS["promise"].first, "yes", FI) is None
    assert typed_score(SURVEYS["promise"].first, "Delvis", SV) == 1
    assert typed_score(SURVEYS["fcr"].first, "Vet inte än", SV) == 2


@pytest.mark.parametrize("text", ["9", "9, quick!", "10/10", "8. Thanks", "7 from me"])
def test_a_message_that_begins_with_a_score_seems_to_be_an_answer(text):
    assert seems_answered(SURVEYS["nps"], text, str)


@pytest.mark.parametrize("text", ["", "Thanks!", "11", "90 rows", "1st of May", "I'd say 9", "9 " + "x" * LONGEST])
def test_other_messages_go_on_with_the_conversation(text):
    assert not seems_answered(SURVEYS["nps"], text, str)


def test_any_item_of_a_survey_may_be_meant():
    assert seems_answered(SURVEYS["experience"], "4, easy", str)
    assert seems_answered(SURVEYS["promise"], "Partly, but kindly", str)
