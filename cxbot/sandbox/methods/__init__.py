"""The Web API: one table from a method's name to its function and the scopes it needs."""

from __future__ import annotations

from . import chat, conversations, files, people, reactions, views
from .base import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **reactions.METHODS,
    **views.METHODS,
}
