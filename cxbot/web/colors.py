"""The company's colour in places where it has to be readable: contrast after WCAG 2.2."""

from __future__ import annotations

BLACK, WHITE = "#000000", "#ffffff"
READABLE = 4.5  # the least contrast of text
STEPS = 64  # from a colour to black or white


def contrast(one: str, other: str) -> float:
    """The contrast between two colours (#rrggbb), from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(color: str) -> str:
    """Black or white, whichever is easier to read on a colour. It always has a contrast of more than 4.5."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, color))


def readable(color: str, background: str) -> str:
    """The colour itself if it can be read on a background, else the nearest darker or lighter one that can."""
    towards = text_on(background)
    mixed = (_mix(color, towards, step / STEPS) for step in range(STEPS + 1))
    return next((each for each in mixed if contrast(each, background) >= READABLE), towards)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _mix(color: str, towards: str, share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(_parts(color), _parts(towards), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)
