"""functions.*: how the app's steps of workflows end."""

from __future__ import annotations

from ..errors import JSON, SlackRefusal, with_details
from ..workflows import problems
from ..world import Execution
from .base import Method, Request


def complete_success(request: Request) -> JSON:
    """A step is done, with the outputs that the manifest declares."""
    with request.ws.world.change():
        execution = _running(request)
        outputs = request.json("outputs", "invalid_arguments")
        if not isinstance(outputs, dict):
            raise with_details("invalid_arguments", ["missing required field: outputs"])
        if wrong := problems(request.ws.app.steps[execution.step]["output_parameters"], outputs):
            raise with_details("parameter_validation_failed", wrong)
        execution.state, execution.outputs = "completed", outputs
    return {}


def complete_error(request: Request) -> JSON:
    """A step has failed. Slackbot shows the error to whoever looks after the workflow."""
    with request.ws.world.change():
        execution = _running(request)
        execution.error = request.required("error")
        execution.state = "failed"
    return {}


def _running(request: Request) -> Execution:
    execution = request.ws.world.executions.get(request.required("function_execution_id"))
    if execution is None:
        raise SlackRefusal("function_execution_not_found")
    if execution.state != "running":
        raise SlackRefusal("execution_not_in_running_state")
    return execution


METHODS = {
    "functions.completeSuccess": Method(complete_success),
    "functions.completeError": Method(complete_error),
}
