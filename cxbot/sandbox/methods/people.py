"""users.*, usergroups.*, bots.*, team.*, auth.*, api.* and apps.*: the people, and the app's identity."""

from __future__ import annotations

from ..errors import JSON, SlackRefusal
from ..render import bot_profile, user_json
from .base import Method, Request


def auth_test(request: Request) -> JSON:
    app = request.ws.app
    return {
        "url": request.ws.url + "/",
        "team": app.workspace_name,
        "user": app.app_name,
        "team_id": app.workspace_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(request: Request) -> JSON:
    if request.text("error"):
        raise SlackRefusal(request.text("error"), args=request.args)
    return {"args": request.args}


def users_info(request: Request) -> JSON:
    with request.ws.world.lock:
        user = request.user()
        return {"user": user_json(request.ws, user, locale=request.flag("include_locale"))}


def users_list(request: Request) -> JSON:
    """Everybody in the workspace, without external people."""
    ws = request.ws
    with ws.world.lock:
        everybody = [u for u in ws.world.users.values() if not u.external]
        page, cursor = request.page(everybody, request.number("limit", 1000, 1000))
        shown = [user_json(ws, u, locale=request.flag("include_locale")) for u in page]
    return {"members": shown, "cache_ts": ws.world.seconds(), "response_metadata": {"next_cursor": cursor}}


def lookup_by_email(request: Request) -> JSON:
    ws = request.ws
    email = request.text("email").lower()
    with ws.world.lock:
        for user in ws.world.users.values():
            if user.email and user.email.lower() == email and not user.external and not user.deleted:
                return {"user": user_json(ws, user)}
    raise SlackRefusal("users_not_found")


def usergroups_list(request: Request) -> JSON:
    with request.ws.world.lock:
        groups = list(request.ws.world.usergroups.values())
    hidden = set() if request.flag("include_users") else {"users"}
    return {"usergroups": [{k: v for k, v in group.items() if k not in hidden} for group in groups]}


def usergroups_users(request: Request) -> JSON:
    with request.ws.world.lock:
        group = request.ws.world.usergroups.get(request.required("usergroup"))
        if group is None:
            raise SlackRefusal("no_such_subteam")
        return {"users": list(group["users"])}


def bots_info(request: Request) -> JSON:
    if request.text("bot") not in ("", request.ws.app.bot_id):
        raise SlackRefusal("bot_not_found")
    return {"bot": bot_profile(request.ws)}


def team_info(request: Request) -> JSON:
    app = request.ws.app
    team = request.text("team") or app.workspace_id
    if team == app.workspace_id:
        return {"team": {"id": team, "name": app.workspace_name, "domain": app.domain, "email_domain": ""}}
    if team == app.external_workspace_id:
        name, domain = app.external_domain.title(), app.external_email_domain
        return {"team": {"id": team, "name": name, "domain": app.external_domain, "email_domain": domain}}
    raise SlackRefusal("team_not_found")


def connections_open(request: Request) -> JSON:
    url = request.ws.sockets.issue_url()
    if url is None:
        raise SlackRefusal("internal_error")
    return {"url": url}


METHODS = {
    "api.test": Method(api_test, token="none"),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, token="app"),
    "bots.info": Method(bots_info, ("users:read",), takes_json=False),
    "team.info": Method(team_info, ("team:read",), takes_json=False),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",), takes_json=False),
    "usergroups.users.list": Method(usergroups_users, ("usergroups:read",), takes_json=False),
    "users.info": Method(users_info, ("users:read",), takes_json=False),
    "users.list": Method(users_list, ("users:read",), takes_json=False),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), takes_json=False),
}
