"""Workflow Builder: runs a step of the app's, and has it waiting until the app says how it ended."""

from __future__ import annotations

from .errors import JSON, N_, NotPossible
from .events import emit
from .workspace import Workspace
from .world import Execution, Workflow


def run(ws: Workspace, step: str, inputs: JSON) -> str:
    """Start a step with these inputs, tell the app, and return the id of the execution. Raises NotPossible for what
    Workflow Builder does not let pass: an unknown step, a missing input, or one of another type."""
    declared = ws.app.steps.get(step)
    if declared is None:
        raise NotPossible(N_("The app has no step {step}."), step=step)
    given = {name: value for name, value in inputs.items() if value not in (None, "")}
    if wrong := problems(declared["input_parameters"], given):
        raise NotPossible("; ".join(wrong))
    with ws.world.change():
        execution = Execution(ws.world.new_id("Fx"), step, given, token=f"xwfp-sandbox-{len(ws.world.executions) + 1}")
        ws.world.executions[execution.id] = execution
    emit(ws, event(ws, execution.id))
    return execution.id


def run_sample(ws: Workspace, workflow: Workflow) -> str:
    """Run the sample workflow's step; returns the id of the execution."""
    execution = run(ws, workflow.step, workflow.inputs)
    with ws.world.change():
        workflow.execution = execution
    return execution


def event(ws: Workspace, execution_id: str) -> JSON:
    """The event that tells the app of a step."""
    execution = ws.world.executions[execution_id]
    declared = ws.app.steps[execution.step]
    return {
        "type": "function_executed",
        "function": {
            "id": f"Fn{execution.step.upper()}"[:12],
            "callback_id": execution.step,
            "title": declared["title"],
            "description": declared["description"],
            "type": "app",
            "input_parameters": _listed(declared["input_parameters"]),
            "output_parameters": _listed(declared["output_parameters"]),
            "app_id": ws.app.app_id,
            "date_created": 0,
            "date_updated": 0,
            "date_deleted": 0,
        },
        "inputs": execution.inputs,
        "function_execution_id": execution.id,
        "workflow_execution_id": execution.id.replace("Fx", "Wx", 1),
        "event_ts": ws.world.new_ts(),
        "bot_access_token": execution.token,
    }


def _listed(parameters: JSON) -> list[JSON]:
    required = parameters.get("required", ())
    return [
        {"name": name, **about, "is_required": name in required} for name, about in parameters["properties"].items()
    ]


def problems(parameters: JSON, given: JSON) -> list[str]:
    """What is wrong with inputs or outputs, by their declaration."""
    declared = parameters["properties"]
    wrong = [f"missing required parameter: {name}" for name in parameters.get("required", ()) if name not in given]
    for name, value in given.items():
        if name not in declared:
            wrong.append(f"unknown parameter: {name}")
        elif not isinstance(value, _TYPES.get(declared[name]["type"], str)) or (
            isinstance(value, bool) and declared[name]["type"] != "boolean"
        ):
            wrong.append(f"parameter {name} is no {declared[name]['type']}")
    return wrong


_TYPES: dict[str, type | tuple[type, ...]] = {"boolean": bool, "integer": int, "number": (int, float)}


def is_token(ws: Workspace, token: str) -> bool:
    """Whether a token came with a step that is still running."""
    with ws.world.lock:
        return any(each.token == token and each.state == "running" for each in ws.world.executions.values())
