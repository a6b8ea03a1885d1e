"""Action ids, callback ids and button values.

They are the only names by which Slack hands work back to the bot. A button's `action_id` says what it does; its
`value` says to which invitation (an opaque key) or case (a number). They hold nothing about a person.
"""

from __future__ import annotations

import json
from typing import Any

from cxbot.core.surveys.survey import Item, Survey

SCORE = "score"
REASON = "reason"
WRITE = "write"
CONTACT = "contact"
NOT_NOW = "not_now"
OPT_OUT = "opt_out"
OPT_IN = "opt_in"
CANCEL = "cancel_ask"
TAKE = "case_take"
DONE = "case_done"
SHARE = "report_share"
EXPLAIN = "report_explain"
FUNNEL = "report_funnel"
PARTS = "report_parts"
CAMPAIGN_PAUSE = "campaign_pause"
CAMPAIGN_RESUME = "campaign_resume"
CAMPAIGN_STOP = "campaign_stop"
CUSTOMER = "customer"
CHANNEL_SETUP = "channel_setup"

ANSWER_FORM = "answer_form"
TEAM_FORM = "team_form"
TEAM_CHOICE = "team_choice"
CAMPAIGN_FORM = "campaign_form"
CHANNEL_FORM = "channel_form"
ASK_SHORTCUT = "ask_for_feedback"
ASK_STEP = "ask_for_feedback_step"


def numbered(action: str, which: object) -> str:
    """An action id with a number, which tells the buttons of one row apart, such as `score:7`."""
    return f"{action}:{which}"


def score(survey: Survey, item: Item, choice: int) -> str:
    """The action id of a score's button: `score:7`, or `score:goal:4` in a survey of several items."""
    return numbered(SCORE, f"{item.metric.name}:{choice}" if survey.several else choice)


def field(survey: Survey, item: Item) -> str:
    """The name of an item's score in the form: `score`, or `score:goal` in a survey of several items."""
    return numbered(SCORE, item.metric.name) if survey.several else SCORE


def scored(action_id: str) -> tuple[str, int] | None:
    """The metric ("" for a survey of one item) and the score in an action id; None for other action ids."""
    prefix, _, rest = action_id.partition(":")
    metric, colon, text = rest.rpartition(":")
    known = prefix == SCORE and bool(metric) == bool(colon) and text.isascii() and text.isdigit() and len(text) < 4
    return (metric, int(text)) if known else None


def pack(**values: str) -> str:
    """Short texts as one button value (Slack allows 2,000 characters)."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def unpack(value: str) -> dict[str, Any]:
    """The texts that `pack` packed; an empty dict for any other value."""
    try:
        unpacked = json.loads(value)
    except ValueError:
        return {}
    return unpacked if isinstance(unpacked, dict) else {}
