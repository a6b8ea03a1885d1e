"""Words that people type, for translators. Several translations of a word are separated by `|`."""


def P_(_context: str, word: str) -> str:  # noqa: N802 - gettext's pgettext, marked for extraction
    """Mark a word for extraction, with the context in which it is typed."""
    return word


QUERY = (
    P_("word typed in a query", "today"),
    P_("word typed in a query", "yesterday"),
    P_("word typed in a query", "week"),
    P_("word typed in a query", "last week"),
    P_("word typed in a query", "month"),
    P_("word typed in a query", "last month"),
    P_("word typed in a query", "quarter"),
    P_("word typed in a query", "last quarter"),
    P_("word typed in a query", "year"),
    P_("word typed in a query", "last year"),
    P_("word typed in a query", "d"),
    P_("word typed in a query", "team"),
    P_("word typed in a query", "agent"),
    P_("word typed in a query", "customer"),
    P_("word typed in a query", "company"),
    P_("word typed in a query", "touchpoint"),
    P_("word typed in a query", "stage"),
    P_("word typed in a query", "channel"),
    P_("word typed in a query", "topic"),
    P_("word typed in a query", "survey"),
    P_("word typed in a query", "by"),
    P_("word typed in a query", "vs"),
    P_("word typed in a query", "since"),
    P_("word typed in a query", "against"),
)
HOURS = (
    P_("word typed in working hours", "mon"),
    P_("word typed in working hours", "tue"),
    P_("word typed in working hours", "wed"),
    P_("word typed in working hours", "thu"),
    P_("word typed in working hours", "fri"),
    P_("word typed in working hours", "sat"),
    P_("word typed in working hours", "sun"),
    P_("word typed in working hours", "always"),
    P_("word typed in working hours", "off"),
    P_("word typed in working hours", "monthly"),
)
COMMANDS = (
    P_("word typed after /cx", "help"),
    P_("word typed after /cx", "ask"),
    P_("word typed after /cx", "team"),
    P_("word typed after /cx", "pause"),
    P_("word typed after /cx", "resume"),
    P_("word typed after /cx", "digest"),
    P_("word typed after /cx", "explain"),
    P_("word typed after /cx", "audit"),
    P_("word typed after /cx", "churn"),
    P_("word typed after /cx", "compare"),
    P_("word typed after /cx", "drivers"),
    P_("word typed after /cx", "incident"),
    P_("word typed after /cx", "journey"),
    P_("word typed after /cx", "outcomes"),
    P_("word typed after /cx", "plan"),
    P_("word typed after /cx", "words"),
)
