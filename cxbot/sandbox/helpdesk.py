"""A sample helpdesk: it closes and reopens the cases of one customer, and tells the app by Standard Webhooks."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass

from .errors import JSON, N_, NotPossible
from .outbound import Reply, post
from .world import World


@dataclass
class Helpdesk:
    """Tells the app at `url`, signed with `secret` (`whsec_…`). `about` is what it says of every case: at least its
    customer. One case is open or closed at a time."""

    world: World
    url: str
    secret: str
    about: JSON
    number: int = 0
    is_open: bool = False
    told: str = ""
    reply: Reply | None = None

    @property
    def case(self) -> str:
        """The id of the latest case; "" before the first."""
        return self.first_or_latest if self.number else ""

    @property
    def first_or_latest(self) -> str:
        """The id of the latest case; before the first, the one that it will get."""
        return f"SAMPLE-{max(1, self.number)}"

    def close(self) -> Reply:
        """Close the case that was reopened, else the customer's next one."""
        with self.world.change():
            if not self.is_open:
                self.number += 1
            self.is_open = False
        return self._tell("conversation.closed")

    def reopen(self) -> Reply:
        """Reopen the latest case. Raises NotPossible if it isn't closed."""
        with self.world.change():
            if not self.number or self.is_open:
                raise NotPossible(N_("There is no closed case."))
            self.is_open = True
        return self._tell("conversation.reopened")

    def _tell(self, what: str) -> Reply:
        now = self.world.clock.now()
        told = {"type": what, "timestamp": now.isoformat(), "data": {"id": self.case, **self.about}}
        body = json.dumps(told).encode()
        headers = signed(body, self.secret, self.world.new_id("msg_"), int(now.timestamp()))
        reply = post(self.url, body, {"Content-Type": "application/json", **headers})
        with self.world.change():
            self.told, self.reply = what, reply
        return reply


def signed(body: bytes, secret: str, delivery: str, now: int) -> dict[str, str]:
    """The headers by which the app knows the helpdesk; `now` is in seconds."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{delivery}.{now}.".encode() + body, "sha256")
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
