"""The steps for Slack's Workflow Builder, with their inputs and outputs, as the manifest declares them."""

from __future__ import annotations

from typing import Any

from cxbot.slack.messages.parts import ids

STEPS: dict[str, dict[str, Any]] = {
    ids.ASK_STEP: {
        "title": "Ask for feedback",
        "description": "Asks a customer one small question, if the rules of the team that asks allow it",
        "input_parameters": {
            "properties": {
                "customer": {"type": "slack#/types/user_id", "title": "Customer", "description": "Who is asked"},
                "survey": {
                    "type": "string", "title": "Survey", "description": "Such as nps; if empty, the team's own",
                },
                "topic": {"type": "string", "title": "Topic", "description": "What it was about"},
                "touchpoint": {"type": "string", "title": "Touchpoint", "description": "Where the customer was served"},
                "team": {
                    "type": "string", "title": "Team", "description": "Who asks; may be empty if there is one team",
                },
                "wait_for_answer": {
                    "type": "boolean", "title": "Wait for the answer",
                    "description": "Go on after the answer, or after a week, and not when the question is sent",
                },
            },
            "required": ["customer"],
        },
        "output_parameters": {
            "properties": {
                "outcome": {"type": "string", "title": "Outcome", "description": "Such as sent, answered or throttled"},
                "invitation": {"type": "string", "title": "Invitation", "description": "The survey's id"},
                "answered": {"type": "boolean", "title": "Answered", "description": "Whether there was an answer"},
            },
            "required": ["outcome", "invitation", "answered"],
        },
    },
}  # fmt: skip
"""By callback id, as in the manifest. No score is an output: only the leads see who answered what."""
