"""Write the tables of docs/costs.md anew: `python -m benchmarks.cost.page`.

In the page a command stands above each table; what it prints is the table, so that nobody has to
believe it.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from benchmarks.cost.__main__ import told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "costs.md"
_TABLE = re.compile(
    r"^\$ \.venv/bin/python -m benchmarks\.cost\b([^\n]*)\n\n.*?^```$", re.MULTILINE | re.DOTALL
)


def written(text: str) -> str:
    """Return a page with what its commands print now."""
    return _TABLE.sub(_again, text)


def _again(table: re.Match[str]) -> str:
    command = table[0].partition("\n")[0]
    return f"{command}\n\n{told(shlex.split(table[1]))}\n```"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
