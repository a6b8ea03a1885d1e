"""Changes views: the stack of modals, and the app's answer to a submission."""

from __future__ import annotations

import secrets
import time
from typing import Any

from .conversation import with_ids
from .errors import JSON, N_, SlackRefusal
from .forms import initial_state
from .limits import require_view
from .workspace import Workspace
from .world import View

MAX_STACK = 3
TROUBLE = N_("We had some trouble connecting. Try again?")


def add_view(ws: Workspace, user: str, spec: JSON, *, stacked: bool = True) -> View:
    """Add a view for a person. With `stacked`, it goes on top of their modals. Call it inside `world.change()`."""
    _refuse_taken(ws, spec, None)
    spec = spec | {"blocks": with_ids(spec["blocks"])}
    stack = ws.world.stacks.setdefault(user, [])
    identifier = ws.world.new_id("V")
    view = View(identifier, user, spec, _hash(), identifier, app_team=ws.app.workspace_id)
    view.state = initial_state(spec["blocks"])
    if stacked:
        if stack:
            view.root_id, view.previous_id = stack[0], stack[-1]
        stack.append(identifier)
    ws.world.views[identifier] = view
    return view


def replace_view(ws: Workspace, view: View, spec: JSON) -> None:
    """Replace the content of a view. Entered values stay if their block id and action id stay."""
    _refuse_taken(ws, spec, view.id)
    view.spec = spec | {"blocks": with_ids(spec["blocks"])}
    view.state = initial_state(view.spec["blocks"], view.state)
    view.hash = _hash()
    view.errors = {}


def _refuse_taken(ws: Workspace, spec: JSON, own: str | None) -> None:
    external = spec.get("external_id")
    if external and any(v.spec.get("external_id") == external and v.id != own for v in ws.world.views.values()):
        raise SlackRefusal("duplicate_external_id")


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"


def top_view(ws: Workspace, user: str) -> View | None:
    stack = ws.world.stacks.get(user, [])
    return ws.world.views.get(stack[-1]) if stack else None


def close_top(ws: Workspace, user: str, *, whole_stack: bool = False) -> None:
    """Close the top modal, or with `whole_stack` all modals."""
    with ws.world.change():
        stack = ws.world.stacks.get(user, [])
        closed = stack[:] if whole_stack else stack[-1:]
        del stack[len(stack) - len(closed) :]
        for identifier in closed:
            ws.world.views.pop(identifier, None)


def apply_response(ws: Workspace, view: View, body: JSON | None) -> str | None:
    """Apply the acknowledgement of a submission. If that is impossible, returns the message that the person sees."""
    action = (body or {}).get("response_action")
    if not body or action is None:
        close_top(ws, view.user)
        return None
    if action == "clear":
        close_top(ws, view.user, whole_stack=True)
        return None
    if action == "errors":
        return _show_errors(ws, view, body.get("errors"))
    if action in ("update", "push"):
        return _show_view(ws, view, body.get("view"), push=action == "push")
    return ws.say(TROUBLE)


def _show_errors(ws: Workspace, view: View, errors: Any) -> str | None:
    inputs = {b["block_id"] for b in view.spec["blocks"] if b.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return ws.say(TROUBLE)
    with ws.world.change():
        view.errors = {str(block): str(text) for block, text in errors.items()}
    return None


def _show_view(ws: Workspace, view: View, spec: Any, *, push: bool) -> str | None:
    if not isinstance(spec, dict) or spec.get("type") != "modal":
        return ws.say(TROUBLE)
    try:
        require_view(spec, ws.world.showable)
        with ws.world.change():
            if not push:
                replace_view(ws, view, spec)
            elif len(ws.world.stacks[view.user]) >= MAX_STACK:
                return ws.say(TROUBLE)
            else:
                add_view(ws, view.user, spec)
    except SlackRefusal as refusal:
        return f"{ws.say(TROUBLE)} ({refusal.code}: {'; '.join(refusal.extras.get('errors', []))})"
    return None
