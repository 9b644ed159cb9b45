"""Runs handlers in a forked process: one invocation at a time, as a Lambda sandbox does."""

import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from local.channel import Channel, ChannelClosed
from local.plan import Function
from local.processes import kill_group, on_end_of

Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class LambdaContext:
    """The context object of awslambdaric, as far as handlers and powertools read it."""

    aws_request_id: str
    function_name: str
    memory_limit_in_mb: str
    invoked_function_arn: str
    deadline: float
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    @property
    def log_group_name(self) -> str:
        """Where CloudWatch would keep the logs."""
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        """One stream for each sandbox: here, each process."""
        return f"local/{os.getpid()}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until this process is killed."""
        return max(0, int((self.deadline - time.time()) * 1000))


def request(function: Function, event: object, request_id: str, timeout: float) -> dict[str, Any]:
    """The message that asks a worker for one invocation that may last `timeout` seconds."""
    return {
        "function": function.id,
        "event": event,
        "context": {
            "aws_request_id": request_id,
            "function_name": function.name,
            "memory_limit_in_mb": str(function.memory),
            "invoked_function_arn": function.arn,
            "deadline": time.time() + timeout,
        },
    }


def run(end: socket.socket, lifeline: int, handlers: Mapping[str, Handler]) -> None:
    """Serves invocations from `end` until it closes.

    When the `lifeline` ends, the process and whatever its handler started are killed at once.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    on_end_of(lifeline, lambda: kill_group(os.getpgid(0)))
    channel = Channel(end)
    with suppress(ChannelClosed):
        while True:
            _answer(channel, handlers)


def _answer(channel: Channel, handlers: Mapping[str, Handler]) -> None:
    asked = channel.receive()
    # The one thing of a function's environment that differs between functions.
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = asked["context"]["function_name"]
    os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = asked["context"]["memory_limit_in_mb"]
    try:
        channel.send(
            {
                "result": handlers[asked["function"]](
                    asked["event"], LambdaContext(**asked["context"])
                )
            }
        )
    except ChannelClosed:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is an answer
        print(f"{asked['function']} failed:", file=sys.stderr)
        traceback.print_exc()
        channel.send({"error": {"errorType": type(error).__name__, "errorMessage": str(error)}})
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
