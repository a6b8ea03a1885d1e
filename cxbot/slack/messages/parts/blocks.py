"""Small pieces of Block Kit, and text made safe and short for Slack."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cxbot.core.names import harmless
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS
from cxbot.language import Language

Block = dict[str, Any]
Message = dict[str, Any]

SECTION_LIMIT = 3000
TEXT_LIMIT = 4000
TYPED = {"stage": QUERY_WORDS, "survey": COMMAND_WORDS}
ENTITY = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)


def escape(text: str) -> str:
    """People's text, escaped so that Slack reads no mention, link or command in it, and without characters that change
    how the text around it reads. Apply it once."""
    return harmless(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, limit: int) -> str:
    """The text, cut to `limit` characters with … at the end; never cut inside an entity or a mention."""
    if len(text) <= limit:
        return text
    kept, length = [], 0
    for piece in ENTITY.findall(text):
        if length + len(piece) > limit - 1:
            break
        kept.append(piece)
        length += len(piece)
    short = "".join(kept)
    opened = short.rfind("<")
    if opened > short.rfind(">"):
        short = short[:opened]
    return short.rstrip() + "…"


def quote(text: str, limit: int, language: Language) -> str:
    """A comment on one line in the language's quotation marks, escaped and shortened."""
    return language.say("“%(comment)s”", comment=shorten(escape(" ".join(text.split())), limit))


def plain(text: str) -> str:
    """A text without Slack's bold marks, for notifications and screen readers."""
    return re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"\1", text)


def bare(text: str) -> str:
    """The text for a terminal: without bold marks and escapes."""
    return plain(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def section(text: str, *, verbatim: bool = False) -> Block:
    """A paragraph in Slack's markup. With customers' words in it it is `verbatim`: Slack makes no links of them."""
    made: Block = {"type": "mrkdwn", "text": shorten(text, SECTION_LIMIT)}
    return {"type": "section", "text": {**made, "verbatim": True} if verbatim else made}


def sections(lines: Iterable[str], *, verbatim: bool = False) -> list[Block]:
    """Lines as section blocks, as few as Slack's limits allow."""
    texts = [""]
    for line in lines:
        fits = len(texts[-1]) + 1 + len(line) <= SECTION_LIMIT
        texts = [*texts[:-1], f"{texts[-1]}\n{line}".lstrip("\n")] if fits else [*texts, line]
    return [section(text, verbatim=verbatim) for text in texts if text]


def context(*texts: str) -> Block:
    """A context block: small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": shorten(text, 2000)} for text in texts]}


def button(label: str, action_id: str, value: str, *, style: str = "", says: str = "") -> Block:
    """A button. `says` is what a screen reader reads instead of the label."""
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": shorten(label, 75)},
        "action_id": action_id,
        "value": value,
    }
    if style:
        made["style"] = style
    if says:
        made["accessibility_label"] = shorten(says, 75)
    return made


def actions(*elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def words(text: str) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def option(label: str, value: str) -> Block:
    """An option of a select or of checkboxes."""
    return {"text": words(shorten(label, 75)), "value": value}


def message(text: str, blocks: Iterable[Block]) -> Message:
    """A message. Its top-level text says everything that matters, because screen readers read it."""
    return {"text": shorten(plain(text), TEXT_LIMIT), "blocks": list(blocks)}


def is_slack_id(value: str) -> bool:
    """Whether somebody is known in Slack. Others are known by an e-mail address or a name."""
    return value[:1] in ("U", "W") and value.isalnum() and value.isupper()


def person(value: str) -> str:
    """Somebody as Slack shows them: mentioned by id, else as text."""
    return f"<@{value}>" if is_slack_id(value) else escape(value)


def shown_part(key: str, value: str, language: Language) -> str:
    """The name of a part: a stage or a survey by the word that people type, others as they are shown."""
    context = TYPED.get(key)
    return shown_name(key, value) if context is None else escape(language.typed(context, value))


def shown_name(key: str, value: str) -> str:
    """The name of a person, channel or other part as Slack shows it."""
    if key in ("agent", "customer"):
        return person(value)
    if key == "channel" and value[:1] in "CG" and value[1:].isalnum() and value.isupper():
        return f"<#{value}>"
    return escape(value)
