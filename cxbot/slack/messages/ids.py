"""Action ids, callback ids and values: the only names by which Slack hands work back to the bot.

A button's `action_id` says what it does and its `value` to what: an invitation's opaque key or a case's
number. Nothing about a person is in them.
"""

from __future__ import annotations

import json
from typing import Any

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

ANSWER_FORM = "answer_form"
TEAM_FORM = "team_form"
TEAM_CHOICE = "team_choice"
ASK_SHORTCUT = "ask_for_feedback"


def numbered(action: str, which: object) -> str:
    """An action id with a part that tells buttons of one row apart, such as `score:7`."""
    return f"{action}:{which}"


def number(action_id: str, action: str) -> int | None:
    """The whole number in an action id such as `score:7`; None for anything else."""
    prefix, _, text = action_id.partition(":")
    return int(text) if prefix == action and text.isascii() and text.isdigit() and len(text) < 4 else None


def pack(**values: str) -> str:
    """Short texts as one button value (Slack allows 2,000 characters)."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def unpack(value: str) -> dict[str, Any]:
    """What `pack` made; an empty dict for anything else."""
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
