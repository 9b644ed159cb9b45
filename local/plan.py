"""What a template asks to run: functions, routes, queues and schedules, as plain data."""

from dataclasses import dataclass

# The gateway gives up after 30 s, whatever the function's own timeout is.
GATEWAY_TIMEOUT = 30.0


@dataclass(frozen=True)
class Function:
    """A Lambda function: `handler` is `module.attribute`, `timeout` seconds, `memory` MiB."""

    id: str
    handler: str
    arn: str
    name: str
    timeout: int
    memory: int


@dataclass(frozen=True)
class Route:
    """One route of the HTTP API: `method` may be ANY, `path` has `{name}` and `{name+}`."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route as API Gateway names it in `routeKey`."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True)
class Cors:
    """The HTTP API's CorsConfiguration; without origins it answers no preflight."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    credentials: bool = False


@dataclass(frozen=True)
class Source:
    """A queue that feeds a function (an event source mapping); `window` in seconds."""

    function: str
    queue_arn: str
    queue_url: str
    batch_size: int
    window: float
    partial: bool
    concurrency: int | None


@dataclass(frozen=True)
class Schedule:
    """A function called by the clock; `input` is the event as JSON, or None for AWS's own."""

    name: str
    function: str
    expression: str
    source: str
    input: str | None


@dataclass(frozen=True)
class Plan:
    """All that one generation of the code has to serve."""

    functions: dict[str, Function]
    routes: tuple[Route, ...]
    cors: Cors
    sources: tuple[Source, ...]
    schedules: tuple[Schedule, ...]
    environment: dict[str, str]
