"""What requests get that lead nowhere: a line for tools, a page for people, never the web framework's own."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from cxbot.web.pages import Pages

FOR_PEOPLE = ("/s/", "/u/")


def add_to(web: Flask, pages: Pages) -> None:
    """Have every error answered here."""

    @web.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        if request.path.startswith(FOR_PEOPLE):
            answer = pages.refused(status)
        elif request.path.startswith("/hooks"):
            answer = jsonify(error=f"{error.name}.")
            answer.status_code = status
        else:
            answer = Response(f"{error.name.lower()}\n", status, mimetype="text/plain")
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        answer.headers["Cache-Control"] = "no-store"
        return answer
