"""A local Slack: a server that a real Bolt app connects to, for trying the bot out and for tests.

It serves the Web API, Socket Mode, response URLs and a page in the browser on 127.0.0.1; for people outside Slack there
are a mailbox and a sample helpdesk. It enforces Slack's rules,
and can be told to fail in Slack's ways. It imports nothing else of cxbot.
"""

from .clock import SandboxClock
from .errors import NotPossible, SlackRefusal
from .guide import MAILBOX, Step
from .outbound import Reply
from .server import Sandbox
from .workspace import ALL_EVENTS, ALL_SCOPES, Call

__all__ = [
    "ALL_EVENTS",
    "ALL_SCOPES",
    "MAILBOX",
    "Call",
    "NotPossible",
    "Reply",
    "Sandbox",
    "SandboxClock",
    "SlackRefusal",
    "Step",
]
