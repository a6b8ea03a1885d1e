"""A kind of hook: how a tool signs what it sends, where things are in it, and what its events mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cxbot.core.hooks.signatures import Scheme
from cxbot.errors import N_, UsageError

Places = tuple[str, ...]
"""Where something is; several places are tried in order.

A place is the path of a value in the body, such as `ticket.requester.email`: the keys of objects, the numbers of items
of a list, or `*` for every item. In brackets it is a header, such as `[webhook-id]`. Several joined by ` + ` are one.
"""
JOINED = " + "
PERSON = ("customer.email", "customer.slack", "customer.id")
"""The fields of which one at least says who it is."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a delivery has to have in a place: one of the `words`, a tag that is one of the `tags`, or (`filled`)
    anything, or nothing. Only one of the three is not None. Words are names: their case makes no difference."""

    place: Places
    words: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    filled: bool | None = None


@dataclass(frozen=True, slots=True)
class AnyItem:
    """A list of which at least one item has to fulfil all the conditions, whose places are seen from the item."""

    items: str
    where: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a delivery means that fulfils all the conditions.

    `fields` are those of this rule alone, if the tool has things elsewhere in such deliveries. `required` places have
    to be filled.
    """

    means: str
    when: tuple[Condition | AnyItem, ...]
    fields: Mapping[str, Places] | None = None
    required: tuple[Places, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What a TOML file says of a tool.

    `sure` says how well the facts are known, by `signature` and `body`: `documented` by the vendor, `agreed` on by
    several programs that read it, or `unconfirmed`. `limits` is what the tool doesn't tell. `schemes` are by name; the
    first is the usual one. The first of the `rules` that holds gives the meaning; a delivery for which none does means
    nothing here. `required` are places that every delivery has, `key` those of its unique key. Put only what is signed
    into a key, or a delivery can be repeated under another one. Without a key it is known by all its bytes if it is
    signed, and else by nothing: whoever has the token can send anything, and only the state counts.

    `several`: the body is a list of events. `wrapped` is an object in which the body may be wrapped. `strict`: unknown
    keys, and numbers as times, are errors. `challenge` is a header whose value the tool wants back. `template` is the
    body if a person pastes it into the tool, and `setup` says step by step what to do there.
    """

    name: str
    title: str
    schemes: Mapping[str, Scheme]
    rules: tuple[Rule, ...]
    fields: Mapping[str, Places]
    sure: Mapping[str, str] = field(default_factory=dict)
    limits: str = ""
    key: Places = ()
    required: tuple[Places, ...] = ()
    several: bool = False
    wrapped: str = ""
    strict: bool = False
    challenge: str = ""
    template: str = ""
    setup: tuple[str, ...] = ()

    @property
    def signs(self) -> bool:
        """Whether the tool usually signs what it sends, so that nobody else can make a delivery, only repeat one."""
        return self.scheme().proof in ("hmac", "hash")

    def scheme(self, name: str = "") -> Scheme:
        """The scheme with this name, or the usual one. Raises UsageError if there is none."""
        if name and name not in self.schemes:
            raise UsageError(
                N_("%(title)s has no way of signing “%(name)s”. There is: %(all)s."),
                title=self.title, name=name, all=", ".join(self.schemes),
            )  # fmt: skip
        return self.schemes[name or next(iter(self.schemes))]

    def steps(self, url: str, secret: str) -> tuple[str, ...]:
        """What to do in the tool, step by step, with the address and the secret of a hook filled in."""
        return tuple(_filled(step, {"url": url, "secret": secret, "template": self.template}) for step in self.setup)


def _filled(step: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        step = step.replace(f"{{{name}}}", value)
    return step
