"""The process that serves HTTP: uvicorn on the supervisor's socket, invocations in threads."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import uvicorn

from local.gateway import Gateway
from local.plan import GATEWAY_TIMEOUT, Function, Plan
from local.pool import Pool, TimedOut

_DRAIN = GATEWAY_TIMEOUT + 1
# Seconds that a request waits for a worker; most clients have given up by then.
_TURN = 120.0
_GRACE = 0.3


class _Server(uvicorn.Server):
    """Says when it serves, and ends without cutting a request that is just arriving."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to accept, then tells."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops accepting, answers what was accepted already, then ends."""
        for server in self.servers:
            server.close()
        # uvicorn closes connections on which nothing has arrived yet: give it time to arrive.
        await asyncio.sleep(_GRACE)
        await super().shutdown(sockets)


class _Dispatcher:
    """Calls the pool's blocking `invoke` from the event loop, in a thread for each worker."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._free = anyio.Semaphore(pool.size)
        self._threads = anyio.CapacityLimiter(pool.size)

    async def invoke(self, function: Function, event: dict[str, Any], seconds: float) -> Any:
        """The function's answer. Raises InvocationError."""
        # AWS starts another sandbox for whoever comes when all are busy; here he waits his turn.
        with anyio.move_on_after(_TURN) as waiting:
            await self._free.acquire()
        if waiting.cancelled_caught:
            raise TimedOut(f"{function.id} found all workers busy")
        try:
            return await anyio.to_thread.run_sync(
                self._pool.invoke, function, event, seconds, limiter=self._threads
            )
        finally:
            self._free.release()


def serve(listener: socket.socket, plan: Plan, pool: Pool, ready: Callable[[], object]) -> None:
    """Serves until SIGTERM, then lets the requests in hand finish; calls `ready` once it serves."""
    # Forked before the first request, which is the one that a person waits for.
    pool.warm()
    config = uvicorn.Config(
        Gateway(plan, _Dispatcher(pool).invoke),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        # The gateway itself tells functions who called, and trusts no header for it.
        proxy_headers=False,
        timeout_graceful_shutdown=int(_DRAIN),
    )
    asyncio.run(_Server(config, ready).serve(sockets=[listener]))
