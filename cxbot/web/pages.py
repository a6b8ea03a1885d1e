"""The pages for customers outside Slack: the survey, the thanks, *Don't ask me again*. Only a POST changes anything."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from importlib.resources import files
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Flask, Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.exceptions import NotFound

from cxbot.core.invitations.notice import PATH
from cxbot.core.invitations.replies import Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.core.retention import Retention
from cxbot.errors import UsageError
from cxbot.language import Language
from cxbot.outgoing.rate_limits import Buckets
from cxbot.service import answering
from cxbot.service.answering import Form, NotInvitedError, Press
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection, StoreError
from cxbot.store.records import answers, limits, links
from cxbot.store.records.answers import Taken
from cxbot.web import colors, page_view, privacy_view
from cxbot.web.page_view import Look

log = logging.getLogger("cxbot.web")

FORM = "application/x-www-form-urlencoded"
LARGEST = 65_536  # bytes of a form
UNKNOWN_A_MINUTE = 60  # requests from one address with links that lead nowhere
NETWORK = 4  # times as many from its network
POSTS_A_MINUTE = 30  # with one link from one address
OPEN = ("sending", "sent", "declined")
ON_PAGE = ("", "")  # where a survey was seen that is no message in Slack
COLOR = "#1f3a5f"  # of a company that names none
DARK = "#16181d"  # the background in the dark; as in page.css
ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058
FOR_A_YEAR = "public, max-age=31536000, immutable"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Language",
}


class Pages:
    """The pages. `retention` says how long data are kept. `unknown_a_minute` is how many requests with links that lead
    nowhere an address may make."""

    def __init__(self, bot: Bot, look: Look, retention: Retention, unknown_a_minute: int = UNKNOWN_A_MINUTE) -> None:
        self._bot = bot
        self._look = look
        self._retention = retention
        self._origins = {look.public_url} - {""}
        self._limits = Limits(unknown_a_minute)
        self._style = stylesheet(look.color or COLOR)
        self._version = hashlib.sha256(self._style.encode()).hexdigest()[:16]
        self._templates = Environment(
            loader=PackageLoader("cxbot.web"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip

    def add_to(self, web: Flask) -> None:
        """Add the pages to a web application."""
        web.add_url_rule("/s/<token>", "survey", self.survey, methods=["GET", "POST"])
        web.add_url_rule("/s/<token>/thanks", "thanks", self.thanks, methods=["GET", "POST"])
        web.add_url_rule("/u/<token>", "stop", self.stop, methods=["GET", "POST"])
        web.add_url_rule(PATH, "privacy", self.privacy)
        web.add_url_rule("/assets/page.css", "style", self.style)

    def survey(self, token: str) -> Response:
        """The survey's questions; a POST stores the answers."""
        invitation = self._open(token)
        if invitation is None:
            return self._gone()
        if request.method == "POST":
            return self._post(invitation, token)
        return self._asked(invitation, token)

    def thanks(self, token: str) -> Response:
        """What follows an answer; a POST stores reasons, words and the wish to be contacted."""
        invitation = self._open(token)
        if invitation is None:
            return self._gone()
        reply = answers.current(self._bot.database.reader, invitation)
        if not reply.given(invitation.survey):
            return self._to(f"/s/{token}")
        if request.method == "POST":
            return self._post(invitation, token, words=True)
        return self._shown(self._thanks(invitation, reply, token))

    def stop(self, token: str) -> Response:
        """*Don't ask me again*, also by one click in a mail program (RFC 8058), and *Ask me again*."""
        invitation = links.find(self._bot.database.reader, token)
        if invitation is None:
            return self._gone()
        if request.method == "POST":
            return self._choose(invitation, token)
        return self._stopped(invitation, token)

    def privacy(self) -> Response:
        """How the bot handles data, for a company without a notice of its own; to that, if there is one."""
        if self._look.privacy_url:
            return Response("", 303, {**HEADERS, "Location": self._look.privacy_url})
        if not self._look.public_url:
            raise NotFound
        speech = self._speech(self._bot.locale)
        return self._shown(privacy_view.privacy(self._look, self._retention, speech, mails=self._bot.mails))

    def style(self) -> Response:
        """The stylesheet. Its address has a hash of its content, so it may be kept for a year."""
        kept = FOR_A_YEAR if request.args.get("v") == self._version else "no-cache"
        return Response(self._style, mimetype="text/css", headers={**HEADERS, "Cache-Control": kept})

    def _open(self, token: str) -> Invitation | None:
        """The invitation of a link, if it can be answered now."""
        invitation = links.find(self._bot.database.reader, token)
        if invitation is None or invitation.state not in OPEN or not invitation.open_at(self._bot.clock()):
            return None
        return invitation

    def _post(self, invitation: Invitation, token: str, *, words: bool = False) -> Response:
        """Store a form in one commit, then show the thanks."""
        if refusal := self._refused(invitation):
            return refusal
        entered = self._entered(invitation, words=words)
        if not (entered.scores or words):
            return self._asked(invitation, token, status=422 if request.mimetype == FORM else 415)
        try:
            answering.submit(self._bot, entered, _no_note)
        except (NotInvitedError, UsageError):
            return self._gone()
        except StoreError:
            log.exception("page answer not stored invitation=%s", invitation.key)
            return self._shown(page_view.broken(self._look, self._speech(invitation.locale)), 503)
        log.info("page answer invitation=%s", invitation.key)
        return self._to(f"/s/{token}/thanks")

    def _entered(self, invitation: Invitation, *, words: bool) -> Form:
        form = self._form()
        return Form(
            key=invitation.key,
            user=invitation.customer,
            once="",
            scores=page_view.chosen(invitation.survey, form),
            reasons=request.form.getlist("reasons") if words else None,
            comment=form.get("comment"),
            contact="contact" in form,
            seen_in=ON_PAGE,
        )

    def _form(self) -> Mapping[str, str]:
        """The fields of the request's form, at most 64 KiB; none if it is no form."""
        request.max_content_length = LARGEST
        return request.form if request.mimetype == FORM else {}

    def _asked(self, invitation: Invitation, token: str, status: int = 200) -> Response:
        reply = answers.current(self._bot.database.reader, invitation)
        now, speech = self._bot.clock(), self._speech(invitation.locale)
        survey = invitation.survey
        if not any(invitation.can_change(reply.answer(item), now) for item in survey.items):
            return self._shown(self._thanks(invitation, reply, token))
        view = page_view.ask(
            invitation, reply, page_view.chosen(survey, request.args), self._look, speech, now, token,
            missing=status != 200,
        )  # fmt: skip
        return self._shown(view, status)

    def _thanks(self, invitation: Invitation, reply: Reply, token: str) -> page_view.Thanks:
        speech = self._speech(invitation.locale)
        return page_view.thanks(invitation, reply, self._look, speech, self._bot.clock(), token)

    def _choose(self, invitation: Invitation, token: str) -> Response:
        """A person who wants no more surveys gets none, wherever the request comes from: the link is the proof. Some
        mail programs send it as `multipart/form-data`."""
        request.max_content_length = LARGEST
        press = Press(invitation.key, invitation.customer, "", seen_in=ON_PAGE)
        try:
            if request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]:
                answering.opt_out(self._bot, press)
            elif (refusal := self._refused(invitation)) is not None:
                return refusal
            elif "again" in request.form:
                answering.opt_in(self._bot, press)
            else:
                return self._stopped(invitation, token, 400)
        except NotInvitedError:
            return self._gone()
        except StoreError:
            log.exception("page wish not stored invitation=%s", invitation.key)
            return self._shown(page_view.broken(self._look, self._speech(invitation.locale)), 503)
        return self._stopped(invitation, token, just=True)

    def _stopped(self, invitation: Invitation, token: str, status: int = 200, *, just: bool = False) -> Response:
        asked = not limits.opted_out(self._bot.database.reader, invitation.customer)
        speech = self._speech(invitation.locale)
        return self._shown(page_view.stop(asked, self._look, speech, token, invitation.team, just=just), status)

    def _refused(self, invitation: Invitation) -> Response | None:
        """The answer to a POST from another web site, or to one of too many; None for any other."""
        speech = self._speech(invitation.locale)
        if self._from_elsewhere():
            return self._shown(page_view.foreign(self._look, speech), 403)
        if not self._limits.post(request.remote_addr or "", invitation.key):
            return self._shown(page_view.hurried(self._look, speech), 429, {"Retry-After": "60"})
        return None

    def _from_elsewhere(self) -> bool:
        """Whether the browser says that another site's page sent this. Without a word about it, the link is enough:
        and a page without referrers has `Origin: null`."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return True
        origin = request.headers.get("Origin", "null")
        return origin != "null" and origin not in self._origins and origin.partition("://")[2] != request.host

    def refused(self, status: int) -> Response:
        """The page for a request that these pages don't know. A damaged link with a slash in it looks like any other
        that leads nowhere."""
        if status == 404:
            return self._gone()
        speech = self._speech(self._bot.locale)
        view = page_view.broken(self._look, speech) if status >= 500 else page_view.odd(self._look, speech)
        return self._shown(view, status)

    def _gone(self) -> Response:
        """The one page for links that are unknown, damaged, over or erased."""
        view = page_view.gone(self._look, self._speech(self._bot.locale))
        if self._limits.unknown(request.remote_addr or ""):
            return self._shown(view, 410)
        return self._shown(view, 429, {"Retry-After": "60"})

    def _speech(self, locale: str) -> Language:
        accepted = (tag for tag, quality in request.accept_languages if quality > 0)
        return page_view.spoken(request.args.get("lang", ""), accepted, locale)

    def _shown(self, view: Any, status: int = 200, more: Mapping[str, str] | None = None) -> Response:
        """A page from the template that is named like its view."""
        template = self._templates.get_template(f"{type(view).__name__.lower()}.html")
        style = f"/assets/page.css?v={self._version}"
        body = template.render(view=view, frame=view.frame, style=style)
        return Response(body, status, {**HEADERS, **(more or {})}, mimetype="text/html")

    def _to(self, path: str) -> Response:
        """To another page, in the same language if the address names one."""
        lang = page_view.spoken(request.args.get("lang", ""), (), "").code if "lang" in request.args else ""
        where = f"{path}?lang={lang}" if lang else path
        return Response("", 303, {**HEADERS, "Location": where})


class Limits:
    """How many requests an address and its network may make. Only the address of the connection counts, because anybody
    can write another one into a header. Safe for several threads."""

    def __init__(self, unknown_a_minute: int) -> None:
        self._unknown_a_minute = unknown_a_minute
        self._buckets = Buckets()
        self._guard = threading.Lock()

    def unknown(self, address: str) -> bool:
        """Take note of a link that leads nowhere; False if there were too many."""
        address, network = network_of(address)
        with self._guard:
            return self._buckets.take(network, NETWORK * self._unknown_a_minute) and self._buckets.take(
                address, self._unknown_a_minute
            )

    def post(self, address: str, key: str) -> bool:
        """Take note of a POST to an invitation; False if there were too many."""
        with self._guard:
            return self._buckets.take(f"{network_of(address)[1]} {key}", POSTS_A_MINUTE)


def _no_note(_db: Connection, _taken: Taken) -> None:
    """A score that can't be changed any more needs no note: the page says so."""


def network_of(address: str) -> tuple[str, str]:
    """An address and the network that somebody who has it usually has as well: a /24, with IPv6 a /64."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address, f"{address}/"
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    prefix = 24 if found.version == 4 else 64
    return str(found), str(ip_network((str(found), prefix), strict=False))


def stylesheet(color: str) -> str:
    """The stylesheet with the company's colour, and its readable neighbours for light and dark."""
    shades = {
        "brand": color,
        "on-brand": colors.text_on(color),
        "accent-light": colors.readable(color, colors.WHITE),
        "accent-dark": colors.readable(color, DARK),
    }
    head = ":root { " + " ".join(f"--{name}: {value};" for name, value in shades.items()) + " }\n"
    return head + files("cxbot.web").joinpath("templates", "page.css").read_text(encoding="utf-8")
