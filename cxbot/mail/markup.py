"""The mail as HTML: tables and inline styles, because readers of mail know little else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from cxbot.mail.letter import Letter, Link

ROW = 6  # numbers in a row that is 320 px wide
FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
DARK = """
@media (prefers-color-scheme: dark) {
.ground { background-color: #15181d !important; }
.sheet { background-color: #1f242b !important; }
.ink { color: #eef1f4 !important; }
.pale { color: #b4bcc6 !important; }
.key { background-color: #2c333d !important; border-color: #77828f !important; }
.rule { border-color: #3d4651 !important; }
}
.key:hover { background-color: #dce6f2 !important; }
@media (prefers-color-scheme: dark) { .key:hover { background-color: #3d4958 !important; } }
@media (min-width: 480px) {
.sheet { padding: 32px !important; border-radius: 12px; }
.ground { padding: 24px 8px !important; }
}
"""


class _Html(str):
    """Text that is HTML already."""


def _fill(pattern: str, **values: object) -> _Html:
    """A pattern with its `{names}` filled in. Whatever is not HTML already is escaped."""
    return _Html(pattern.format(**{name: _html(value) for name, value in values.items()}))


def _html(value: object) -> str:
    return value if isinstance(value, _Html) else escape(str(value))


def _join(parts: Iterable[_Html]) -> _Html:
    return _Html("".join(parts))


def page(letter: Letter) -> str:
    """The whole page. Every text of it is real text, so that it can be read without images and aloud."""
    return _fill(
        """<!DOCTYPE html>
<html lang="{code}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{question}</title>
<style>:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}{dark}</style>
</head>
<body class="ground" style="margin:0;padding:0;background-color:#eef1f4;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="ground" align="center" style="padding:0;background-color:#eef1f4;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;">
<tr><td class="sheet" align="left" style="padding:24px 16px;background-color:#ffffff;{font}">
<p class="pale" style="margin:0 0 16px;font-size:16px;line-height:24px;color:#4d5966;">{greeting}</p>
<h1 class="ink" style="margin:0 0 20px;font-size:22px;line-height:30px;font-weight:600;color:#17202a;">{question}</h1>
{answers}
{ends}
<p class="pale" style="margin:16px 0 24px;font-size:15px;line-height:22px;color:#4d5966;">{hint}</p>
<div class="rule" style="border-top:1px solid #d5dbe2;padding-top:16px;">
{why}
{links}
</div>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
""",
        code=letter.code,
        dark=_Html(DARK),
        font=_Html(FONT),
        greeting=letter.greeting,
        question=letter.question,
        answers=_words(letter.answers) if letter.in_words else _numbers(letter.answers),
        ends=_line("14px", letter.ends) if letter.ends else "",
        hint=letter.hint,
        why=_join(_line("13px", text) for text in letter.why),
        links=_small_links(letter.links),
    )


def _line(size: str, text: str) -> _Html:
    return _fill(
        '<p class="pale" style="margin:8px 0;font-size:{size};line-height:20px;color:#4d5966;">{text}</p>',
        size=size,
        text=text,
    )


def _numbers(answers: Sequence[Link]) -> _Html:
    """The numbers side by side: on a narrow screen in two rows of their own, without any rule for screens."""
    rows = (
        [answers] if len(answers) <= ROW else [answers[: (len(answers) + 1) // 2], answers[(len(answers) + 1) // 2 :]]
    )
    return _fill(
        '<div style="margin:0 -4px;font-size:0;line-height:0;">{tables}</div>', tables=_join(_row(row) for row in rows)
    )


def _row(answers: Sequence[Link]) -> _Html:
    return _fill(
        '<table role="presentation" cellpadding="0" cellspacing="4" border="0" '
        'style="display:inline-table;vertical-align:top;margin:-4px -4px 0 0;"><tr>{cells}</tr></table>',
        cells=_join(_key(answer, "width:42px;", "41") for answer in answers),
    )


def _words(answers: Sequence[Link]) -> _Html:
    """The answers in words, one below the other."""
    return _fill(
        '<div style="margin:0 -4px;">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="4" border="0">{rows}</table></div>',
        rows=_join(_fill("<tr>{cell}</tr>", cell=_key(answer, "padding:0 12px;", "100%")) for answer in answers),
    )


def _key(answer: Link, room: str, width: str) -> _Html:
    """An answer that is 44 px high, with its border."""
    return _fill(
        '<td class="key" align="center" width="{width}" height="44" '
        'style="background-color:#f4f7fa;border:1px solid #7a8795;border-radius:8px;">'
        '<a href="{url}" class="ink" style="display:block;{room}min-height:44px;line-height:44px;font-size:17px;'
        'font-weight:600;text-align:center;text-decoration:none;color:#17202a;{font}">{says}</a></td>',
        width=width, url=answer.url, room=_Html(room), font=_Html(FONT), says=answer.says,
    )  # fmt: skip


def _small_links(links: Sequence[Link]) -> _Html:
    return _join(
        _fill(
            '<a href="{url}" class="pale" style="display:inline-block;margin-right:20px;padding:12px 0;font-size:14px;'
            'line-height:20px;text-decoration:underline;color:#4d5966;">{says}</a>',
            url=link.url, says=link.says,
        )
        for link in links
    )  # fmt: skip
