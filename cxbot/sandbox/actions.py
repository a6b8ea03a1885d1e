"""What people do with the app: click, submit, type commands, use shortcuts. Shows them Slack's reaction."""

from __future__ import annotations

from typing import Any

from . import payloads
from .conversation import elements_of
from .elements import offered_options
from .errors import JSON, N_, NotPossible, SlackRefusal
from .forms import complaints, entered, fill, is_stateful
from .modals import TROUBLE, apply_response, close_top, top_view
from .outbound import Reply
from .responses import show, show_ephemeral
from .workspace import Workspace
from .world import Channel, Message, User, View

FOR_OTHERS = N_("{name} is not available to people from other workspaces.")


def person(ws: Workspace, user_id: str) -> User:
    user = ws.world.users.get(user_id)
    if user is None or user.deleted:
        raise NotPossible(N_("There is no active user {person}."), person=user_id)
    return user


def place(ws: Workspace, user: User, channel_id: str) -> Channel:
    """The channel, if this person is a member. Raises NotPossible if not."""
    channel = ws.world.channels.get(channel_id)
    if channel is None or user.id not in channel.members:
        raise NotPossible(
            N_("{person} is not in {channel}."), person=user.name, channel=channel.name if channel else channel_id
        )
    return channel


def seen(ws: Workspace, user: User, channel_id: str, ts: str) -> Message:
    """The message with this ts, or the ephemeral message that this person sees. Raises NotPossible if there is none."""
    channel = place(ws, user, channel_id)
    message = ws.world.find(channel.id, ts)
    for ephemeral in ws.world.ephemerals:
        if (ephemeral.channel, ephemeral.ts, ephemeral.ephemeral_to) == (channel.id, ts, user.id):
            message = ephemeral
    if message is None:
        raise NotPossible(N_("There is no message {message} in {channel}."), message=ts, channel=channel.name)
    return message


def click(
    ws: Workspace,
    user_id: str,
    channel: str,
    ts: str,
    action_id: str | None = None,
    *,
    label: str | None = None,
    value: Any = None,
    action_ts: str | None = None,
    block_id: str | None = None,
) -> Reply:
    """Click an element of a message."""
    payload = click_payload(
        ws, user_id, channel, ts, action_id, label=label, value=value, action_ts=action_ts, block_id=block_id
    )
    return send_action(ws, payload)


def click_payload(
    ws: Workspace,
    user_id: str,
    channel: str,
    ts: str,
    action_id: str | None = None,
    *,
    label: str | None = None,
    value: Any = None,
    action_ts: str | None = None,
    block_id: str | None = None,
) -> JSON:
    """The block_actions payload of a click, without sending it. Use it to replay an old click later."""
    with ws.world.change():
        user = person(ws, user_id)
        message = seen(ws, user, channel, ts)
        block, element = _element(message.blocks, action_id, label, value, block_id)
        state = ws.world.entered.setdefault((user_id, ts), {})
        if is_stateful(element):
            state.setdefault(block["block_id"], {})[element["action_id"]] = entered(element, value)
        action = _action(block, element, value, action_ts or ws.world.new_ts())
        return payloads.message_action(ws, user, message, action, state)


def send_action(ws: Workspace, payload: JSON) -> Reply:
    """Send any interactive payload. If it fails, its user sees a warning, as in Slack."""
    reply = ws.outbound.deliver("interactive", payload)
    if not reply.ok:
        channel = payload.get("channel") or {}
        ws.world.notify(payload["user"]["id"], _did_not_respond(ws, reply), channel.get("id"))
    return reply


def _did_not_respond(ws: Workspace, reply: Reply) -> str:
    if reply.status:
        return ws.say("{app} responded with an error (status {status}).", app=ws.app.app_name, status=reply.status)
    return ws.say("{app} did not respond.", app=ws.app.app_name)


def _element(
    blocks: list[JSON], action_id: str | None, label: str | None, value: Any, block_id: str | None
) -> tuple[JSON, JSON]:
    """The element to click, found by the given ids, label or value. Buttons with the same id differ in their value."""
    matches = []
    for block in blocks:
        for element in elements_of(block):
            text = element.get("text")
            words = text.get("text") if isinstance(text, dict) else None
            right = action_id in (None, element.get("action_id")) and label in (None, words)
            right = right and block_id in (None, block["block_id"]) and "action_id" in element
            if element.get("type") == "button":
                right = right and value in (None, element.get("value"))
            if right:
                matches.append((block, element))
    if not matches:
        raise NotPossible(N_("There is no element {element} here."), element=repr(action_id or label))
    return matches[0]


def _action(block: JSON, element: JSON, value: Any, action_ts: str) -> JSON:
    kind = element["type"]
    action: JSON = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    action["action_ts"] = action_ts
    if kind == "button":
        kept = {name: element[name] for name in ("text", "value", "style", "url", "confirm") if name in element}
        return action | kept
    if is_stateful(element):
        return action | entered(element, value)
    for option in offered_options(element):
        if value in (option.get("value"), option["text"]["text"]):
            return action | {"selected_option": option}
    raise NotPossible(N_("There is no option {option} in {field}."), option=repr(value), field=element["action_id"])


def command(
    ws: Workspace, user_id: str, channel_id: str, name: str, text: str = "", *, thread_ts: str | None = None
) -> Reply:
    """Type a slash command. The person sees the answer that comes with the acknowledgement."""
    user = person(ws, user_id)
    channel = place(ws, user, channel_id)
    refused = _command_refused(ws, user, channel, name, thread_ts)
    if refused is not None:
        ws.world.notify(user_id, refused.text, channel_id)
        return refused
    reply = ws.outbound.deliver("slash_commands", payloads.slash_command(ws, user, channel, name, text))
    if not reply.ok:
        code = "operation_timeout" if reply.error == "timeout" else "dispatch_failed"
        _slackbot(ws, user_id, channel_id, _failed(ws, name, code))
        return reply
    answer = reply.body if reply.body is not None else ({"text": reply.text} if reply.text else None)
    if answer:
        try:
            show(ws, user_id, channel_id, answer)
        except SlackRefusal as refusal:
            details = "; ".join(refusal.extras.get("errors", []))
            _slackbot(ws, user_id, channel_id, f"{_failed(ws, name, refusal.code)} {details}".strip())
            return Reply(reply.status, reply.body, reply.text, refusal.code, reply.headers)
    return reply


def _failed(ws: Workspace, name: str, code: str) -> str:
    return ws.say('{command} failed with the error "{error}"', command=name, error=code)


def _command_refused(ws: Workspace, user: User, channel: Channel, name: str, thread_ts: str | None) -> Reply | None:
    if user.external:
        return Reply(0, error="not_available", text=ws.say(FOR_OTHERS, name=name))
    if channel.archived:
        return Reply(0, error="is_archived", text=ws.say("#{channel} is archived.", channel=channel.name))
    if thread_ts is not None:
        return Reply(
            0, error="not_in_threads", text=ws.say("{command} is not supported in threads. Sorry!", command=name)
        )
    if name not in ws.app.commands or ws.app.revoked:
        return Reply(0, error="unknown_command", text=ws.say("{command} is not a valid command.", command=name))
    return None


def _slackbot(ws: Workspace, user: str, channel: str, text: str) -> None:
    ws.world.notify(user, text, channel)
    show_ephemeral(ws, Message(channel, ws.world.new_ts(), "USLACKBOT", text), user)


def shortcut(ws: Workspace, user_id: str, channel_id: str, ts: str, callback_id: str) -> Reply:
    """Use a message shortcut."""
    user = person(ws, user_id)
    message = seen(ws, user, channel_id, ts)
    if callback_id not in ws.app.shortcuts:
        raise NotPossible(N_("The app has no shortcut {shortcut}."), shortcut=callback_id)
    if user.external:
        words = ws.say(FOR_OTHERS, name=ws.app.shortcuts[callback_id])
        ws.world.notify(user_id, words, channel_id)
        return Reply(0, error="not_available", text=words)
    return send_action(ws, payloads.message_shortcut(ws, user, message, callback_id))


def click_in_view(
    ws: Workspace,
    user_id: str,
    view_id: str,
    action_id: str | None = None,
    *,
    label: str | None = None,
    value: Any = None,
    action_ts: str | None = None,
    block_id: str | None = None,
) -> Reply:
    """Use an element of a modal or of the Home tab."""
    with ws.world.change():
        user = person(ws, user_id)
        view = _view(ws, user_id, view_id)
        block, element = _element(view.spec["blocks"], action_id, label, value, block_id)
        if is_stateful(element):
            view.state.setdefault(block["block_id"], {})[element["action_id"]] = entered(element, value)
        action = _action(block, element, value, action_ts or ws.world.new_ts())
        payload = payloads.view_action(ws, user, view, action)
    return send_action(ws, payload)


def _view(ws: Workspace, user_id: str, view_id: str) -> View:
    view = ws.world.views.get(view_id)
    if view is None or view.user != user_id:
        raise NotPossible(N_("There is no view {view} open for {person}."), view=view_id, person=user_id)
    return view


def submit(ws: Workspace, user_id: str, view_id: str, values: dict[str, dict[str, Any]] | None = None) -> Reply:
    """Fill in a modal and press its submit button. Input that Slack's client would refuse is not sent (status 0)."""
    with ws.world.change():
        user = person(ws, user_id)
        view = _view(ws, user_id, view_id)
        if top_view(ws, user_id) is not view:
            raise NotPossible(N_("View {view} is not on top."), view=view_id)
        view.state = fill(view.spec["blocks"], view.state, values or {})
        view.errors = complaints(ws.speech, view.spec["blocks"], view.state)
        if view.errors:
            return Reply(0, {"errors": view.errors}, "; ".join(view.errors.values()), "incomplete")
        payload = payloads.view_submission(ws, user, view)
    reply = ws.outbound.deliver("interactive", payload)
    trouble = apply_response(ws, view, reply.body) if reply.ok else ws.say(TROUBLE)
    if trouble is None:
        return reply
    ws.world.notify(user_id, trouble)
    return reply if not reply.ok else Reply(reply.status, reply.body, trouble, "bad_response", reply.headers)


def close_view(ws: Workspace, user_id: str, view_id: str, *, whole_stack: bool = False) -> Reply:
    """Press a modal's close button (or, with `whole_stack`, the cross). The app gets an event if it asked for it."""
    with ws.world.change():
        user = person(ws, user_id)
        view = _view(ws, user_id, view_id)
        payload = payloads.view_closed(ws, user, view, cleared=whole_stack)
        everything = whole_stack or bool(view.spec.get("clear_on_close"))
        close_top(ws, user_id, whole_stack=everything)
    if not view.spec.get("notify_on_close"):
        return Reply(0, text="The app did not ask to hear of it.")
    return ws.outbound.deliver("interactive", payload)
