"""The JSON API of the page: what a person sees, and what they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, jsonify, request

from . import actions, mailbox, member_actions, workflows
from .errors import JSON, N_, NotPossible
from .helpdesk import Helpdesk
from .moments import parse_moment
from .outbound import Reply
from .pagestate import page_state
from .workspace import Workspace
from .world import User

LONG_POLL_SECONDS = 20.0
Doing = Callable[[Workspace, JSON], "Reply | JSON"]


def ui_blueprint(ws: Workspace) -> Blueprint:
    """The routes GET /ui/state and POST /ui/<action>. The bodies use the argument names of the Python API."""
    ui = Blueprint("ui", __name__, url_prefix="/ui")

    @ui.get("/state")
    def state() -> Response:
        me = ws.world.users.get(request.args.get("as", "")) or _first_person(ws)
        _await_change(ws, request.args.get("since", -1, int))
        return jsonify(page_state(ws, me))

    @ui.post("/<name>")
    def do(name: str) -> tuple[Response, int]:
        if request.mimetype != "application/json":
            abort(415)
        body = request.get_json(silent=True)
        if name not in DOINGS or not isinstance(body, dict):
            abort(404 if name not in DOINGS else 400)
        try:
            return jsonify(_outcome(ws, DOINGS[name](ws, body))), 200
        except NotPossible as refusal:
            return jsonify(ok=False, status=0, error=ws.speech.refusal(refusal), response=None), 200
        except (KeyError, TypeError, ValueError) as problem:
            return jsonify(ok=False, status=0, error=f"{type(problem).__name__}: {problem}", response=None), 400

    return ui


def _first_person(ws: Workspace) -> User:
    with ws.world.lock:
        person = next((u for u in ws.world.users.values() if not u.bot), None)
    if person is None:
        abort(404)
    return person


def _await_change(ws: Workspace, since: int) -> None:
    end = time.monotonic() + LONG_POLL_SECONDS
    with ws.world.changed:
        while ws.world.revision <= since and not ws.stopping.is_set():
            left = end - time.monotonic()
            if left <= 0 or not ws.world.changed.wait(left):
                return


def _outcome(ws: Workspace, result: Reply | JSON) -> JSON:
    if not isinstance(result, Reply):
        return {"ok": True, "status": 200, "error": None, "response": result}
    error = None if result.ok else ws.speech.say(result.text) or result.error
    return {"ok": result.ok, "status": result.status, "error": error, "response": result.body}


def _options(body: JSON, *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names if body.get(name) is not None}


def _command(ws: Workspace, b: JSON) -> Reply:
    name, _, rest = str(b["command"]).partition(" ")
    text = b["text"] if b.get("text") is not None else rest
    return actions.command(ws, b["user"], b["channel"], name, text, **_options(b, "thread_ts"))


def _click(ws: Workspace, b: JSON) -> Reply:
    options = _options(b, "action_id", "label", "value", "block_id")
    if b.get("view_id"):
        return actions.click_in_view(ws, b["user"], b["view_id"], **options)
    return actions.click(ws, b["user"], b["channel"], b["ts"], **options)


def _submit(ws: Workspace, b: JSON) -> Reply:
    return actions.submit(ws, b["user"], b["view_id"], b.get("values"))


def _close_view(ws: Workspace, b: JSON) -> JSON:
    reply = actions.close_view(ws, b["user"], b["view_id"], whole_stack=bool(b.get("whole_stack")))
    return {"status": reply.status}


def _shortcut(ws: Workspace, b: JSON) -> Reply:
    return actions.shortcut(ws, b["user"], b["channel"], b["ts"], b["callback_id"])


def _post(ws: Workspace, b: JSON) -> JSON:
    return {"ts": member_actions.say(ws, b["user"], b["channel"], b["text"], b.get("thread_ts"))}


def _react(ws: Workspace, b: JSON) -> JSON:
    return {"added": member_actions.react(ws, b["user"], b["channel"], b["ts"], b["name"])}


def _unreact(ws: Workspace, b: JSON) -> JSON:
    return {"removed": member_actions.unreact(ws, b["user"], b["channel"], b["ts"], b["name"])}


def _delete(ws: Workspace, b: JSON) -> JSON:
    member_actions.delete_own(ws, b["user"], b["channel"], b["ts"])
    return {}


def _open_home(ws: Workspace, b: JSON) -> JSON:
    reply = member_actions.open_home(ws, b["user"])
    return {"status": reply.status, "error": reply.error}


def _join(ws: Workspace, b: JSON) -> JSON:
    return {"joined": member_actions.join(ws, b["user"], b["channel"])}


def _advance_clock(ws: Workspace, b: JSON) -> JSON:
    now = ws.clock.now()
    if "to" in b:
        user = ws.world.users.get(b.get("user", "")) or _first_person(ws)
        to = parse_moment(str(b["to"]), now, ZoneInfo(user.tz))
        if to < now:
            raise NotPossible(N_("The clock only moves forward."))
        now = ws.clock.set(to)
    else:
        now = ws.clock.advance(timedelta(minutes=float(b["minutes"])))
    with ws.world.change():
        return {"now": now.isoformat()}


def _fault(ws: Workspace, b: JSON) -> JSON:
    with ws.world.change():
        if b["kind"] == "clear":
            ws.faults.clear()
        elif b["kind"] == "duplicate_events":
            ws.faults.duplicate_events(int(b.get("times", 1)))
        else:
            options = _options(b, "retry_after", "seconds", "code", "carried_out")
            ws.faults.next(b.get("method", "*"), b["kind"], int(b.get("times", 1)), **options)
    return {"waiting": ws.faults.waiting()}


def _reload(ws: Workspace, b: JSON) -> JSON:
    reload_page(ws, b["user"])
    return {}


def reload_page(ws: Workspace, user: str) -> None:
    """Reload Slack: this person's ephemeral messages, open modals and notices are gone."""
    with ws.world.change():
        ws.world.ephemerals[:] = [m for m in ws.world.ephemerals if m.ephemeral_to != user]
        ws.world.notices[:] = [n for n in ws.world.notices if n.user != user]
        for view in ws.world.stacks.pop(user, []):
            ws.world.views.pop(view, None)


def _read(ws: Workspace, b: JSON) -> JSON:
    with ws.world.change():
        messages = ws.world.messages[b["channel"]]
        ws.world.read[b["user"], b["channel"]] = messages[-1].ts if messages else ""
    return {}


def _close_case(ws: Workspace, _: JSON) -> Reply:
    return _helpdesk(ws).close()


def _reopen_case(ws: Workspace, _: JSON) -> Reply:
    return _helpdesk(ws).reopen()


def _helpdesk(ws: Workspace) -> Helpdesk:
    if ws.helpdesk is None:
        raise NotPossible(N_("There is no helpdesk."))
    return ws.helpdesk


def _run_workflow(ws: Workspace, _: JSON) -> JSON:
    if ws.workflow is None:
        raise NotPossible(N_("There is no workflow."))
    return {"execution": workflows.run_sample(ws, ws.workflow)}


def _read_mail(ws: Workspace, b: JSON) -> JSON:
    mailbox.mark_read(ws, b["mail"])
    return {}


def _dismiss(ws: Workspace, b: JSON) -> JSON:
    with ws.world.change():
        ws.world.notices[:] = [n for n in ws.world.notices if n.user != b["user"]]
    return {}


DOINGS: dict[str, Doing] = {
    "advance_clock": _advance_clock,
    "click": _click,
    "close_case": _close_case,
    "close_view": _close_view,
    "command": _command,
    "delete": _delete,
    "dismiss": _dismiss,
    "fault": _fault,
    "join": _join,
    "open_home": _open_home,
    "post": _post,
    "react": _react,
    "read": _read,
    "read_mail": _read_mail,
    "reload": _reload,
    "reopen_case": _reopen_case,
    "run_workflow": _run_workflow,
    "shortcut": _shortcut,
    "submit": _submit,
    "unreact": _unreact,
}
