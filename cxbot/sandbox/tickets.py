"""Short-lived permissions that Slack gives: trigger ids and response URLs. Both use the real clock."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field

from .errors import SlackRefusal

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Permission to open one modal for `user`. `view` is the modal it came from, if any."""

    user: str
    view: str | None
    born: float
    exchanged: bool = False


@dataclass
class ResponseUrl:
    """Permission to answer one interaction. `original` is the message that was clicked."""

    kind: str
    channel: str
    user: str
    original: str | None
    born: float
    uses: int = 0


@dataclass
class Tickets:
    """All trigger ids and response URLs of a workspace."""

    triggers: dict[str, Trigger] = field(default_factory=dict)
    urls: dict[str, ResponseUrl] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def trigger(self, user: str, view: str | None = None) -> str:
        token = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        with self.lock:
            self.triggers[token] = Trigger(user, view, time.monotonic())
        return token

    def exchange(self, token: str) -> Trigger:
        """Use up a trigger id. Refuses after 3 seconds, and at the second use."""
        with self.lock:
            trigger = self.triggers.get(token)
            if trigger is None:
                raise SlackRefusal("invalid_trigger_id")
            if trigger.exchanged:
                raise SlackRefusal("exchanged_trigger_id")
            if time.monotonic() - trigger.born > TRIGGER_SECONDS:
                raise SlackRefusal("expired_trigger_id")
            trigger.exchanged = True
            return trigger

    def response_url(self, url: ResponseUrl) -> str:
        token = secrets.token_urlsafe(18)
        with self.lock:
            self.urls[token] = url
        return token

    def use(self, token: str) -> ResponseUrl:
        """Use a response URL. Refuses after 30 minutes, and after five uses."""
        with self.lock:
            url = self.urls.get(token)
            if url is None:
                raise SlackRefusal("no_service")
            if time.monotonic() - url.born > RESPONSE_SECONDS:
                raise SlackRefusal("expired_url")
            if url.uses >= RESPONSE_USES:
                raise SlackRefusal("used_url")
            url.uses += 1
            return url
