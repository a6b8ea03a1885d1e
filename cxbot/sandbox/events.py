"""The Events API: which events the app gets, and the envelope they come in."""

from __future__ import annotations

from .errors import JSON
from .outbound import Reply
from .workspace import Workspace
from .world import Channel

_MESSAGE_SUBSCRIPTION = {"channel": "message.channels", "private": "message.groups", "dm": "message.im"}
_HISTORY = {"channel": "channels:history", "private": "groups:history", "dm": "im:history"}
_READ = {"channel": "channels:read", "private": "groups:read", "dm": "im:read"}
_SCOPES = {
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "user_change": ("users:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "file_shared": ("files:read",),
}
_ANY_CHANNEL = {"app_home_opened"}
_ABOUT_CHANNELS = ("channel_", "group_", "member_")


def emit(ws: Workspace, event: JSON, channel: Channel | None = None, *, later: bool = False) -> Reply:
    """Send an event if the app is subscribed, has the scope and is in the channel. `later` sends in the background:
    use it for events that the app itself caused."""
    if not _wanted(ws, event, channel):
        return Reply(0, error="not_subscribed", text="The app does not get this event.")
    wrapped = envelope(ws, event, shared=bool(channel and channel.shared))
    if later:
        ws.event_delivery.send_later(wrapped)
        return Reply(0, text="Sent in the background.")
    return ws.event_delivery.send(wrapped)


def envelope(ws: Workspace, event: JSON, *, shared: bool = False, event_id: str | None = None) -> JSON:
    """The event_callback object that contains an event, as the app gets it."""
    app = ws.app
    return {
        "token": app.verification_token,
        "team_id": app.workspace_id,
        "context_team_id": app.workspace_id,
        "context_enterprise_id": None,
        "api_app_id": app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or ws.world.new_id("Ev"),
        "event_time": ws.world.seconds(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": app.workspace_id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{ws.world.new_id('EC')}",
    }


def _wanted(ws: Workspace, event: JSON, channel: Channel | None) -> bool:
    kind = event["type"]
    name = _MESSAGE_SUBSCRIPTION[channel.kind] if kind == "message" and channel else kind
    if name not in ws.app.subscriptions or (ws.app.revoked and kind not in ("tokens_revoked", "app_uninstalled")):
        return False
    scopes = _SCOPES.get(kind, ())
    if channel is not None:
        if kind == "message":
            scopes = (_HISTORY[channel.kind],)
        elif kind.startswith(_ABOUT_CHANNELS):
            scopes = (_READ[channel.kind],)
        if not _present(ws, kind, channel):
            return False
    return not scopes or ws.app.has(*scopes)


def _present(ws: Workspace, kind: str, channel: Channel) -> bool:
    """Whether the bot gets the event: it is in the conversation, or the event is news about a public channel."""
    if channel.kind == "dm" or kind in _ANY_CHANNEL or ws.app.bot_user_id in channel.members:
        return True
    return kind.endswith("_left") or (channel.kind == "channel" and kind.startswith(_ABOUT_CHANNELS))
