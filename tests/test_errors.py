from cxbot.errors import N_, ConfigError, CxbotError, NotAllowed, Refused, UsageError


def test_an_error_reads_in_english_and_in_other_languages():
    error = UsageError(N_("`%(word)s` is not a period. Try `/nps week`."), word="100%")
    finnish = {"`%(word)s` is not a period. Try `/nps week`.": "`%(word)s` ei ole ajanjakso. Kokeile `/nps viikko`."}
    assert str(error) == "`100%` is not a period. Try `/nps week`."
    assert error.text(lambda msgid: finnish[msgid]) == "`100%` ei ole ajanjakso. Kokeile `/nps viikko`."
    assert (error.msgid, error.values) == (next(iter(finnish)), {"word": "100%"})


def test_a_literal_percent_sign_is_doubled():
    assert str(Refused(N_("Only 20 %% were asked."))) == "Only 20 % were asked."


def test_all_expected_errors_are_cxbot_errors():
    assert all(issubclass(kind, CxbotError) for kind in (UsageError, ConfigError, NotAllowed, Refused))
