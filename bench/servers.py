"""The two servers that are compared, each as a process: `python -m bench.servers cxbot|baseline DB API ADMIN`."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path

from flask import Flask, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from bench.client import SECRET, WORKSPACE
from cxbot.app import RunningBot
from cxbot.config import Settings
from cxbot.store.engine.connection import connect
from cxbot.web.server import Server


def cxbot(database: str, api: str, admin: str) -> None:
    """The bot as it is; its delivery keeps Slack's rate limits."""
    settings = Settings.from_env(
        {"SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": api, "CXBOT_DB": database,
         "CXBOT_ADMINS": admin, "CXBOT_TIMEZONE": "Europe/Helsinki", "PORT": "0"}
    )  # fmt: skip
    service = RunningBot(settings, host="127.0.0.1")
    service.start()
    print(service.port, flush=True)
    sys.stdin.read()
    service.stop()


def baseline(database: str, _api: str, _admin: str) -> None:
    """The same web server with Bolt's own Flask adapter, an empty listener, and one bare commit with
    synchronous=FULL."""
    result = AuthorizeResult(
        enterprise_id=None, team_id=WORKSPACE, bot_user_id="U0", bot_id="B0", bot_token="xoxb-bench"
    )
    app = App(
        authorize=lambda: result, process_before_response=True, signing_secret=SECRET,
        logger=logging.getLogger("slack_bolt"),
    )  # fmt: skip
    handler = SlackRequestHandler(app)
    web = Flask("baseline")
    web.post("/slack/events")(lambda: handler.handle(request))
    db = connect(Path(database))
    db.execute("CREATE TABLE IF NOT EXISTS clicks (id INTEGER PRIMARY KEY, what TEXT)")
    guard = threading.Lock()

    @app.action("score:9")
    def click(ack, body) -> None:  # type: ignore[no-untyped-def]
        with guard:
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO clicks (what) VALUES (:what)", {"what": body["actions"][0]["value"]})
            db.execute("COMMIT")
        ack()

    server = Server(web, "127.0.0.1")
    print(server.port, flush=True)
    server.start()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    {"cxbot": cxbot, "baseline": baseline}[sys.argv[1]](*sys.argv[2:])
