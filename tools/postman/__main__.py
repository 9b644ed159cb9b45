"""Write the Postman collection: `python -m tools.postman` (or `--check` it)."""

from __future__ import annotations

import sys

from tools.openapi import ROOT
from tools.postman.collection import texts
from tools.postman.scenario import ScenarioError


def main() -> int:
    """Write the files, or with --check say whether they are what would be written."""
    try:
        made = texts()
    except ScenarioError as error:
        print(f"collections_postman/scenario.yaml: {error}", file=sys.stderr)
        return 1
    if "--check" not in sys.argv:
        for path, text in made.items():
            path.write_text(text)
        return 0
    stale = [path for path, text in made.items() if not path.is_file() or path.read_text() != text]
    for path in stale:
        name = path.relative_to(ROOT)
        print(f"{name} is not up to date: run `make openapi`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
