"""A local Slack: a server that a real Bolt app runs against, for trying the bot out and for testing it.

It serves the Web API, Socket Mode, response URLs and a page in the browser on 127.0.0.1, enforces what Slack
enforces, and misbehaves when told to. Nothing else of cxbot is imported here.
"""

from .clock import SandboxClock
from .errors import NotPossible, SlackRefusal
from .outbound import Reply
from .server import Sandbox
from .workspace import ALL_EVENTS, ALL_SCOPES, Call

__all__ = ["ALL_EVENTS", "ALL_SCOPES", "Call", "NotPossible", "Reply", "Sandbox", "SandboxClock", "SlackRefusal"]
