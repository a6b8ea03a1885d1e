"""Values that a person enters into input elements, in Slack's format for `state.values` and actions."""

from __future__ import annotations

from typing import Any

from .conversation import elements_of
from .elements import offered_options
from .errors import JSON, N_, NotPossible
from .speech import Speech

_ONE_OPTION = {"static_select", "external_select", "radio_buttons"}
_MANY_OPTIONS = {"checkboxes", "multi_static_select", "multi_external_select"}
_FIELDS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    **dict.fromkeys(_ONE_OPTION, "selected_option"),
    **dict.fromkeys(_MANY_OPTIONS, "selected_options"),
    **{f"{what}s_select": f"selected_{what}" for what in ("user", "conversation", "channel")},
    **{f"multi_{what}s_select": f"selected_{what}s" for what in ("user", "conversation", "channel")},
}
_INITIAL = {"value": "initial_value", "rich_text_value": "initial_value"}


def entered(element: JSON, given: Any) -> JSON:
    """The state of `element` after a person entered `given`: text, an option's value or label, or a list of them."""
    kind = element["type"]
    field = _FIELDS[kind]
    if isinstance(given, dict) and field in given:
        return {"type": kind, **given}
    if kind in _ONE_OPTION:
        value: Any = None if given is None else _option(element, given)
    elif kind in _MANY_OPTIONS:
        value = [_option(element, one) for one in given or []]
    elif kind.startswith("multi_"):
        value = list(given or [])
    else:
        value = None if given in (None, "") else given
        value = str(value) if field == "value" and value is not None else value
    return {"type": kind, field: value}


def _option(element: JSON, given: Any) -> JSON:
    """One of the offered options, by value or label; external selects take any option object."""
    if isinstance(given, dict):
        return given
    for option in offered_options(element):
        if given in (option.get("value"), option["text"]["text"]):
            return {"text": option["text"], "value": option.get("value")}
    raise NotPossible(N_("There is no option {option} in {field}."), option=repr(given), field=element.get("action_id"))


def initial_state(blocks: list[JSON], before: JSON | None = None) -> JSON:
    """`state.values` of blocks: the values entered before under the same ids, or else the initial values."""
    state: JSON = {}
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") not in _FIELDS:
                continue
            old = (before or {}).get(block["block_id"], {}).get(element["action_id"])
            kept = old is not None and old["type"] == element["type"]
            state.setdefault(block["block_id"], {})[element["action_id"]] = old if kept else _initial(element)
    return state


def _initial(element: JSON) -> JSON:
    field = _FIELDS[element["type"]]
    initial = element.get(_INITIAL.get(field, field.replace("selected_", "initial_")))
    return entered(element, {field: initial} if initial is not None else None)


def fill(blocks: list[JSON], state: JSON, values: dict[str, dict[str, Any]]) -> JSON:
    """The state after a person entered `values` ({block_id: {action_id: value}}). Unknown ids raise NotPossible."""
    elements = {(b["block_id"], e.get("action_id")): e for b in blocks for e in elements_of(b)}
    filled: JSON = {block_id: dict(actions) for block_id, actions in state.items()}
    for block_id, actions in values.items():
        for action_id, given in actions.items():
            element = elements.get((block_id, action_id))
            if element is None or element.get("type") not in _FIELDS:
                raise NotPossible(N_("There is no field {field} to fill in."), field=f"{block_id}/{action_id}")
            filled.setdefault(block_id, {})[action_id] = entered(element, given)
    return filled


def complaints(speech: Speech, blocks: list[JSON], state: JSON) -> dict[str, str]:
    """The errors that Slack's client shows instead of sending a form: {block_id: error}."""
    errors = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        value = state[block["block_id"]][element["action_id"]][_FIELDS[element["type"]]]
        if value in (None, "", []):
            if not block.get("optional"):
                errors[block["block_id"]] = speech.say("Please complete this required field.")
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            errors[block["block_id"]] = speech.say(
                "Must be at most {most} characters.", most=element.get("max_length", 3000)
            )
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            errors[block["block_id"]] = speech.say("Must be at least {least} characters.", least=element["min_length"])
    return errors


def is_stateful(element: JSON) -> bool:
    """Whether an element keeps what was entered (buttons and overflow menus don't)."""
    return element.get("type") in _FIELDS
