"""The HTTP side of the sandbox: Slack's addresses, and a server that can drop connections on request."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterable
from dataclasses import asdict
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, render_template, request
from werkzeug.security import safe_join
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import mailbox
from .errors import SlackRefusal
from .methods.files import store_upload
from .pagestate import avatar_color
from .responses import respond
from .ui import ui_blueprint
from .webapi import Answer, Incoming, WebApi, failing
from .workspace import Workspace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGE = Path(__file__).with_name("page")
_LOCAL = {"127.0.0.1", "localhost"}
_DROP = "cxbot.sandbox.drop"
# Somebody else wrote a mail: it runs no scripts, loads nothing, and its links open like any page's.
_OF_MAILS = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


def make_app(ws: Workspace) -> Flask:
    """The Flask app: /api, uploads, response URLs, files and the page."""
    app = Flask("cxbot.sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 50 * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 10 * 1024 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    app.before_request(_refuse_foreign_pages)
    _add_slack(app, ws)
    _add_files(app, ws)
    _add_page(app, ws)
    app.register_blueprint(ui_blueprint(ws))
    return app


def _refuse_foreign_pages() -> None:
    """Answer 403 to requests of other web pages: the host is not a local name, or the origin is another page's."""
    host = request.host.partition(":")[0]
    origin = request.headers.get("Origin")
    if host not in _LOCAL or (origin is not None and origin != request.host_url.rstrip("/")):
        abort(403)


def _add_slack(app: Flask, ws: Workspace) -> None:
    api = WebApi(ws)

    @app.route("/api/<method>", methods=["GET", "POST"])
    def web_api(method: str) -> Response:
        return _send(ws, api.call(_incoming(method)))

    @app.post("/actions/<_team>/<token>")
    @app.post("/app/<_team>/<token>")
    @app.post("/commands/<_team>/<token>")
    def response_url(_team: str, token: str) -> Response:
        fault = ws.faults.take("response_url")
        if fault is not None and not fault.carried_out:
            return _send(ws, failing(fault))
        given = request.get_json(silent=True) if request.is_json else _form_payload()
        if not isinstance(given, dict):
            return Response("invalid_payload", 400, mimetype="text/plain")
        try:
            answer = Answer(200, respond(ws, token, given))
        except SlackRefusal as refusal:
            gone = {"used_url": 404, "expired_url": 404, "no_service": 404, "channel_is_archived": 410}
            answer = Answer(gone.get(refusal.code, 400), refusal.code)
        return _send(ws, answer if fault is None else failing(fault, answer))


def _form_payload() -> Any:
    with contextlib.suppress(ValueError):
        return json.loads(request.form.get("payload", ""))
    return None


def _incoming(method: str) -> Incoming:
    is_json = request.is_json and bool(request.get_data())
    form = {**request.args.to_dict(), **request.form.to_dict()}
    body = request.get_json(silent=True) if is_json else None
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer if scheme.lower() == "bearer" and bearer else form.get("token")
    return Incoming(method, form, body, token, is_json)


def _send(ws: Workspace, answer: Answer) -> Response:
    """Turn an answer into a response. If the answer asks for a failure, the response fails in that way."""
    if answer.delay:
        _hold(ws, answer.delay)
    if answer.manner == "drop":
        request.environ[_DROP] = True
        return Response("")
    is_json = isinstance(answer.body, dict)
    text = json.dumps(answer.body) if is_json else str(answer.body)
    kind = "application/json" if is_json or text.startswith('{"') else "text/html"
    content = text.encode()
    if answer.manner == "half":
        response = Response(content[: max(1, len(content) // 2)], answer.status, mimetype=kind)
        response.headers["Content-Length"] = str(len(content))
        return response
    response = Response(content, answer.status, mimetype=kind)
    response.headers.update(answer.headers)
    return response


def _hold(ws: Workspace, seconds: float) -> None:
    """Keep an answer back; `Workspace.held` counts those that are kept now."""
    with ws.world.change():
        ws.held += 1
    ws.stopping.wait(seconds)
    with ws.world.change():
        ws.held -= 1


def _add_files(app: Flask, ws: Workspace) -> None:
    @app.route("/upload/v1/<ticket>", methods=["POST", "PUT"])
    def upload(ticket: str) -> Response:
        fault = ws.faults.take("upload")
        if fault is not None and not fault.carried_out:
            return _send(ws, failing(fault))
        if request.mimetype == "multipart/form-data":
            content = next((part.read() for part in request.files.values()), b"")
        else:
            content = request.get_data(parse_form_data=False)
        stored = store_upload(ws, ticket, content)
        answer = Answer(200, f"OK - {len(content)}") if stored else Answer(400, "invalid upload")
        return _send(ws, answer if fault is None else failing(fault, answer))

    @app.get("/files/<file_id>/<name>")
    def file(file_id: str, name: str) -> Response:
        stored = ws.world.files.get(file_id)
        if stored is None or stored.content is None or not stored.complete or stored.name != name:
            abort(404)
        response = Response(stored.content, mimetype=_safe_type(name))
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _add_page(app: Flask, ws: Workspace) -> None:
    @app.get("/avatars/<name>.svg")
    def avatar(name: str) -> Response:
        user = ws.world.users.get(name)
        initial = user.real_name[:1] if user and user.real_name[:1].isalnum() else "·"
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="8" '
            f'fill="{avatar_color(name)}"/><text x="24" y="33" font-size="26" text-anchor="middle" fill="#fff" '
            f'font-family="sans-serif">{initial}</text></svg>'
        )
        return Response(svg, mimetype="image/svg+xml")

    @app.get("/mails/<mail_id>")
    def mail(mail_id: str) -> Response:
        found = mailbox.find(ws, mail_id)
        if found is None or not found.html:
            abort(404)
        response = Response(mailbox.as_page(found), mimetype="text/html")
        response.headers["Content-Security-Policy"] = _OF_MAILS
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.get("/")
    @app.get("/page/index.html")
    def index() -> Response:
        return _unkept(render_template("index.html", say=ws.say, lang=ws.speech.code), "text/html")

    @app.get("/words.js")
    def words() -> Response:
        return _unkept(f"export default {json.dumps(asdict(ws.speech))};", "text/javascript")

    @app.get("/page/<path:name>")
    def page(name: str) -> Response:
        return _page_file(name)


def _page_file(name: str) -> Response:
    path = safe_join(str(PAGE), name)
    if path is None or not Path(path).is_file():
        abort(404)
    return _unkept(Path(path).read_bytes(), guess_type(name)[0] or "application/octet-stream")


def _unkept(content: str | bytes, mimetype: str) -> Response:
    """A part of the page, which browsers ask for anew."""
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _safe_type(name: str) -> str:
    """The content type of an uploaded file. Browsers show pictures and only download everything else. So no file can
    run scripts in the page's origin."""
    kinds = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
    return kinds.get(name.rpartition(".")[2].lower(), "application/octet-stream")


class _QuietHandler(WSGIRequestHandler):
    """Werkzeug's handler without a log line per request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing: the calls are in `Sandbox.calls`."""


class HttpServer:
    """Serves a workspace on 127.0.0.1, with a thread per connection so that long polls block nobody."""

    def __init__(self, ws: Workspace, port: int) -> None:
        self._flask = make_app(ws)
        if port:
            # Tried first, because werkzeug would end the process instead of raising OSError if the port is taken.
            socket.create_server(("127.0.0.1", port)).close()
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, self._wsgi, threaded=True, request_handler=_QuietHandler
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]  # of ThreadingMixIn
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="sandbox-http", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def _wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self._flask(environ, start_response)
        if environ.get(_DROP):
            # No lingering: the client gets a reset, as if a load balancer had died.
            linger = struct.pack("ii", 1, 0)
            environ["werkzeug.socket"].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            getattr(body, "close", lambda: None)()
            raise ConnectionResetError("dropped on request")
        return body
