"""views.*: opening, updating and stacking modals, and publishing the Home tab."""

from __future__ import annotations

import json
from typing import Any

from ..errors import JSON, SlackRefusal, with_details
from ..limits import require_view
from ..modals import add_view, replace_view
from ..render import view_json
from ..world import View
from .base import Method, Request

MAX_STACK = 3


def open_view(request: Request) -> JSON:
    spec = _spec(request, "modal")
    trigger = request.ws.tickets.exchange(request.required("trigger_id"))
    with request.ws.world.change():
        request.ws.world.stacks[trigger.user] = []
        view = add_view(request.ws, trigger.user, spec)
    return {"view": view_json(request.ws, view)}


def push(request: Request) -> JSON:
    """Open a modal on top of the modal that the trigger came from. A stack has at most three modals."""
    spec = _spec(request, "modal")
    trigger = request.ws.tickets.exchange(request.required("trigger_id"))
    with request.ws.world.change():
        stack = request.ws.world.stacks.get(trigger.user, [])
        if trigger.view not in stack:
            raise SlackRefusal("not_found")
        if len(stack) >= MAX_STACK:
            raise SlackRefusal("push_limit_reached")
        view = add_view(request.ws, trigger.user, spec)
    return {"view": view_json(request.ws, view)}


def update(request: Request) -> JSON:
    world = request.ws.world
    with world.change():
        view = _find(request)
        if request.text("hash") and request.text("hash") != view.hash:
            raise SlackRefusal("hash_conflict")
        replace_view(request.ws, view, _spec(request, view.spec["type"]))
    return {"view": view_json(request.ws, view)}


def publish(request: Request) -> JSON:
    world = request.ws.world
    spec = _spec(request, "home")
    with world.change():
        user = request.user("user_id")
        view = world.views.get(world.homes.get(user.id, ""))
        if view is None:
            view = add_view(request.ws, user.id, spec, stacked=False)
            world.homes[user.id] = view.id
        else:
            if request.text("hash") and request.text("hash") != view.hash:
                raise SlackRefusal("hash_conflict")
            replace_view(request.ws, view, spec)
    return {"view": view_json(request.ws, view)}


def _find(request: Request) -> View:
    world = request.ws.world
    external = request.text("external_id")
    if external:
        view = next((v for v in world.views.values() if v.spec.get("external_id") == external), None)
    else:
        view = world.views.get(request.required("view_id"))
    if view is None:
        raise SlackRefusal("not_found")
    return view


def _spec(request: Request, kind: str) -> JSON:
    from_text: Any = request.json("view", "invalid_arguments")
    if not isinstance(from_text, dict):
        raise with_details("invalid_arguments", ["missing required field: view"])
    if len(json.dumps(from_text)) > 250_000:
        raise SlackRefusal("view_too_large")
    if from_text.get("type") != kind:
        raise with_details("invalid_arguments", [f"must be one of: {kind} [json-pointer:/view/type]"])
    require_view(from_text, request.ws.world.showable)
    return from_text


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
