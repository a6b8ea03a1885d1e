"""The composition root: builds a running bot from settings. Nothing happens at import."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackApiError

from cxbot import jobs
from cxbot.chart_process import ChartProcess
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.delivery.sending import Delivery
from cxbot.delivery.thread import DeliveryThread
from cxbot.errors import N_, ConfigError, system_fault
from cxbot.mail.letter import Letterhead
from cxbot.mail.outgoing import PER_MINUTE as OF_MAIL
from cxbot.mail.outgoing import WIRE as MAIL
from cxbot.mail.outgoing import Post, mail_wire
from cxbot.mail.smtp import Mailer
from cxbot.monitoring import Monitoring
from cxbot.outgoing.rate_limits import RateLimits
from cxbot.outgoing.wires import Outgoing
from cxbot.slack.bot import Identity, SlackBot
from cxbot.slack.incoming import boundary, origin
from cxbot.slack.incoming.commands import A_MINUTE
from cxbot.slack.incoming.listeners import register
from cxbot.slack.incoming.payloads import MalformedError
from cxbot.slack.incoming.socket_mode import PING_EVERY, SocketMode
from cxbot.slack.outgoing.outgoing import WIRE as SLACK
from cxbot.slack.outgoing.outgoing import slack_wire
from cxbot.slack.web_api.client import FAILURES, NO_TOKEN, SHORT_TIMEOUT, is_passing, make_client
from cxbot.slack.web_api.directory import SlackDirectory
from cxbot.slack.web_api.rate_limits import PER_MINUTE as OF_SLACK
from cxbot.slack.workers import ANSWER_WITHIN, Workers
from cxbot.store.engine.database import Database
from cxbot.store.engine.sender_lock import SenderLock
from cxbot.web import hooks
from cxbot.web.endpoints import make_web
from cxbot.web.page_view import Look
from cxbot.web.pages import UNKNOWN_A_MINUTE, Pages
from cxbot.web.server import Server

log = logging.getLogger("cxbot")

TICK = "tick"
EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"
PER_MINUTE = {**OF_SLACK, **OF_MAIL}
CHECK_EVERY = 10.0  # seconds between two questions whether Slack still takes the token


class SlackUnreachableError(ConfigError):
    """Slack does not answer. Whoever can wait tries again."""


def identify(settings: Settings) -> Identity:
    """Who the bot is, by `auth.test`. Raises ConfigError that says what to do if the token does not work, and
    SlackUnreachableError if Slack does not answer."""
    settings.require_slack()
    client = make_client(settings.bot_token, settings.api_url)
    try:
        answer = client.auth_test()
    except SlackApiError as error:
        name = str(error.response.get("error", ""))
        if is_passing(name) and name not in NO_TOKEN:
            raise _unreachable(settings, name or f"http {error.response.status_code}") from error
        raise ConfigError(
            N_("Slack does not accept SLACK_BOT_TOKEN (`%(error)s`). Copy the bot token (xoxb-…) from your app's page "
               "“OAuth & Permissions” into .env, after installing the app."),
            error=str(error.response.get("error", ""))[:80],
        ) from error  # fmt: skip
    except FAILURES as error:
        raise _unreachable(settings, type(error).__name__) from error
    scopes = {str(name).lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes")
    return Identity(
        user=str(answer.get("user_id", "")),
        bot=str(answer.get("bot_id", "")),
        workspace=str(answer.get("team_id", "")),
        scopes=None if scopes is None else frozenset(scope.strip() for scope in scopes.split(",")),
    )


def _unreachable(settings: Settings, error: str) -> SlackUnreachableError:
    return SlackUnreachableError(
        N_("Slack can't be reached at %(url)s (%(error)s). Check the network, or SLACK_API_URL."),
        url=settings.api_url,
        error=error[:80],
    )


def make_bot(
    settings: Settings,
    database: Database,
    identity: Identity,
    clock: Callable[[], datetime],
    answer_within: float = ANSWER_WITHIN,
) -> SlackBot:
    """The bot without any thread."""
    short_client = make_client(settings.bot_token, settings.api_url, SHORT_TIMEOUT)
    return SlackBot(
        database=database,
        client=make_client(settings.bot_token, settings.api_url),
        short_client=short_client,
        directory=SlackDirectory(short_client, identity.workspace, identity.user, identity.has),
        workers=Workers(answer_within),
        chart_process=ChartProcess(),
        identity=identity,
        clock=clock,
        admins=settings.admins,
        timezone=settings.timezone,
        locale=settings.locale,
        public_url=settings.public_url,
        mails=bool(settings.smtp_url and settings.public_url),
        privacy_url=settings.privacy_url,
    )


def make_app(bot: SlackBot, commands_a_minute: int = A_MINUTE) -> App:
    """The Bolt app. Listeners finish before the response is sent. Requests are verified before they reach it."""
    result = AuthorizeResult(
        enterprise_id=None,
        team_id=bot.identity.workspace,
        bot_user_id=bot.identity.user,
        bot_id=bot.identity.bot,
        bot_token=bot.client.token,
    )
    app = App(
        logger=logging.getLogger("slack_bolt"),
        client=bot.client,
        authorize=lambda: result,
        process_before_response=True,
        request_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )

    register(app, bot, commands_a_minute)

    @app.error
    def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            # An unknown event is acknowledged, or Slack would send it again. Any other unknown request gets a 404.
            return BoltResponse(status=200 if body.get("type") in ("event_callback", "view_closed") else 404, body="")
        if isinstance(error, MalformedError):
            log.warning("slack request refused status=400 why=%s", error)
            return BoltResponse(status=400, body="the request is malformed")
        boundary.failed(error)
        return BoltResponse(status=500, body="")

    return app


def make_delivery(settings: Settings, bot: SlackBot, limits: RateLimits | None = None) -> Delivery:
    """The delivery of everything in the outbox, over every wire."""
    wires = [slack_wire(bot), mail_wire(bot, make_post(settings))]
    return Delivery(bot, Outgoing(wires), limits or RateLimits(PER_MINUTE))


def make_post(settings: Settings) -> Post | None:
    """The mail server and who writes; None if no server is set."""
    if not settings.smtp_url or settings.mail_from is None:
        return None
    head = Letterhead(settings.mail_from, settings.public_url, settings.company, settings.privacy_url)
    return Post(Mailer(settings.smtp_url), head)


def tick_once(settings: Settings, now: datetime) -> None:
    """One pass over everything that is due at `now`, including the outbox."""
    identity = identify(settings)
    with ExitStack() as undo:
        undo.callback(SenderLock(settings.database).release)
        database = Database(settings.database)
        undo.callback(database.close)
        bot = make_bot(settings, database, identity, lambda: now)
        undo.callback(bot.chart_process.close)
        delivery = make_delivery(settings, bot)
        undo.callback(delivery.close)
        delivery.recover()
        jobs.tick(database, now, bot.directory)
        keeper = jobs.Keeper(settings.retention, settings.timezone)
        while keeper.tick(database, now):
            pass
        delivery.reconcile(now)
        delivery.deliver(now, drain=True)


class RunningBot:
    """A running bot: web server, Socket Mode if there is an app token, ticks and delivery.

    The web server listens on `host`; by default on every address with a signing secret, else on loopback only.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = utc_now,
        limits: RateLimits | None = None,
        answer_within: float = ANSWER_WITHIN,
        host: str = "",
        every: float = jobs.EVERY,
        ping_every: float = PING_EVERY,
        commands_a_minute: int = A_MINUTE,
        unknown_links_a_minute: int = UNKNOWN_A_MINUTE,
    ) -> None:
        settings.require_slack()
        settings.require_transport()
        self._settings = settings
        self._clock = clock
        self._every = every
        self._ping_every = ping_every
        self._commands_a_minute = commands_a_minute
        self._unknown_links_a_minute = unknown_links_a_minute
        self.check_every = CHECK_EVERY
        with ExitStack() as undo:
            self._lock = SenderLock(settings.database)
            undo.callback(self._lock.release)
            self._database = Database(settings.database)
            undo.callback(self._database.close)
            # Without a signing secret nobody outside has to reach the bot: health and figures are for this machine.
            self._assemble(limits, answer_within, host or (EVERYWHERE if settings.signing_secret else LOOPBACK))
            undo.pop_all()

    def _assemble(self, limits: RateLimits | None, answer_within: float, host: str) -> None:
        settings, clock = self._settings, self._clock
        self.bot = make_bot(settings, self._database, identify(settings), clock, answer_within)
        self._app = make_app(self.bot, self._commands_a_minute)
        delivery = make_delivery(settings, self.bot, limits)
        self._delivery = DeliveryThread(delivery, clock, self._database, self._each_second)
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._ticking = threading.Lock()
        self._keeper = jobs.Keeper(settings.retention, settings.timezone)
        self._ticked = float("-inf")
        self._asked_slack = time.monotonic()
        self._slack_says = ""
        self._socket: SocketMode | None = None
        monitoring = Monitoring(self._database, clock, self.health, delivery.requests)
        look = Look(settings.company, settings.color, settings.privacy_url, settings.public_url)
        pages = Pages(self.bot, look, settings.retention, self._unknown_links_a_minute)
        self._check = partial(origin.check, self.bot)
        web = make_web(self._app, self._check, settings.signing_secret, self.health, monitoring.text, pages)
        hooks.add_to(web, self.bot)
        try:
            self._server = Server(web, host, settings.port)
        except OSError as error:
            raise ConfigError(
                N_("Port %(port)s can't be used (%(why)s). Choose another one with --port or PORT."),
                port=settings.port, why=system_fault(error),
            ) from error  # fmt: skip

    @property
    def port(self) -> int:
        """The port of the web server."""
        return self._server.port

    def start(self) -> None:
        """Start everything. The first tick is done when this returns."""
        self._delivery.start()
        self.tick()
        self._scheduler.add_job(self.tick, "interval", seconds=self._every, id=TICK)
        self._scheduler.start()
        self._server.start()
        if self._settings.app_token:
            self._connect()
        log.info("ready port=%s socket_mode=%s http=%s", self.port, bool(self._settings.app_token),
                 bool(self._settings.signing_secret))  # fmt: skip

    def _connect(self) -> None:
        token, client = self._settings.app_token, self.bot.short_client
        socket = SocketMode(self._app, token, client, self._check, self._ping_every)
        try:
            socket.connect()
        except SlackApiError as error:
            raise ConfigError(
                N_("Slack does not accept SLACK_APP_TOKEN (`%(error)s`). Make an app-level token (xapp-…) with the "
                   "scope connections:write on your app's page “Basic Information”."),
                error=str(error.response.get("error", ""))[:80],
            ) from error  # fmt: skip
        except FAILURES as error:
            raise ConfigError(
                N_("Slack's Socket Mode can't be reached (%(error)s). Check the network."), error=type(error).__name__
            ) from error
        self._socket = socket

    def tick(self) -> None:
        """Queue everything that is due now."""
        with self._ticking:
            jobs.tick(self._database, self._clock(), self.bot.directory)
            self._keeper.tick(self._database, self._clock())
            self.bot.chart_process.end_if_idle()
            self._ask_slack()
            self._ticked = time.monotonic()

    def _each_second(self) -> None:
        """What must go on whatever the scheduler does: it counts by the wall clock, and would wait if that is set back.
        This counts by a steady one."""
        if self._socket is not None:
            self._socket.watch()
        if self._scheduler.running and time.monotonic() - self._ticked > 1.5 * self._every:
            self._scheduler.modify_job(TICK, next_run_time=datetime.now(UTC))

    def _ask_slack(self) -> None:
        """Whether Slack still takes the token: nobody would see a revoked one until something has to be sent."""
        if time.monotonic() - self._asked_slack < self.check_every:
            return
        try:
            self.bot.short_client.auth_test()
            self._slack_says = ""
        except SlackApiError as error:
            self._slack_says = str(error.response.get("error", "")) or "refused"
        except FAILURES as error:
            self._slack_says = type(error).__name__
        if self._slack_says:
            log.error("slack does not answer the bot error=%s", self._slack_says)
        self._asked_slack = time.monotonic()

    def stop(self) -> None:
        """Stop accepting requests, finish running work, close the database."""
        if self._socket is not None:
            self._socket.close()
        if self._scheduler.running:
            self._scheduler.shutdown()
        self._server.stop()
        if self._delivery.running:
            self._delivery.stop()
        self.bot.chart_process.close()
        # Reports that are being computed fail; their askers are told after the next start.
        self._database.interrupt()
        self.bot.workers.close()
        self._database.close()
        self._lock.release()

    def health(self) -> dict[str, bool]:
        """Whether each part that the bot needs is working."""
        return {
            "database": self._database.readable,
            "writer": self._database.alive,
            "tick": time.monotonic() - self._ticked < 1.5 * self._every,
            "outbox": self._delivery.alive,
            "slack": not (self._slack_says or self._delivery.refused_by(SLACK))
            and (self._socket is None or self._socket.alive),
            **({"mail": not self._delivery.refused_by(MAIL)} if self._settings.smtp_url else {}),
        }
