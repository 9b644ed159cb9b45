"""What the command line asks for."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """The stack's address, template and size; `parameters` replace the template's defaults."""

    host: str = "127.0.0.1"
    port: int = 8000
    template: Path = Path("template.yaml")
    parameters: dict[str, str] = field(default_factory=dict)
    workers: int = 8
