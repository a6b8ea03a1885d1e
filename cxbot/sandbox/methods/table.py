"""The Web API: one table of methods with their functions and the scopes they need."""

from __future__ import annotations

from . import chat, conversations, files, functions, people, reactions, views
from .base import Method

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **functions.METHODS,
    **people.METHODS,
    **reactions.METHODS,
    **views.METHODS,
}
