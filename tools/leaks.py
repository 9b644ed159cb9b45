"""Judge by detect-secrets whether a secret is about to be committed: `python -m tools.leaks`.

Keys and tokens that are known by their form are looked for everywhere. Whatever only looks like a
secret, a value beside the word "password" or one of high entropy, is none in tests and events.
A line that is mistaken for a secret ends with detect-secrets' own mark and the reason for it.
"""

import re
import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.settings import default_settings, get_plugins, transient_settings

ROOT = Path(__file__).resolve().parent.parent
# Nothing but hashes; and what is made from files that are judged themselves.
UNREAD = re.compile(
    r"requirements[\w-]*\.txt$|package-lock\.json$"
    r"|^functions/service/openapi\.json$|^collections_postman/[\w.]+\.json$"
)
MADE_UP = ("tests/", "events/")
GUESSES = {
    "Base64HighEntropyString",
    "BasicAuthDetector",
    "HexHighEntropyString",
    "KeywordDetector",
}
# What stands beside such words and is no secret.
HARMLESS = [
    r"\bhorse\b|what it printed",  # the passwords of all examples
    r"^fragua-local-secret$",  # the sandbox signs with it, on loopback
    r"@fragua\.example\.com$",
    r"^([A-Z][a-z]+)+$",  # AWS's own names: GetSecretValue
    r"^arn:|^none$|^true$",
    # What is left of an action, an ARN, a flow mapping, {{resolve:...}}, sentences of a comment.
    r"secretsmanager:|:secret:|\w: \w|\}\}$|\. [A-Z]",
]
# Those of detect-secrets that need no network: a key is judged by its form, never tried out.
FILTERS = (
    "allowlist.is_line_allowlisted",
    "heuristic.is_indirect_reference",
    "heuristic.is_likely_id_string",
    "heuristic.is_non_text_file",
    "heuristic.is_not_alphanumeric_string",
    "heuristic.is_potential_uuid",
    "heuristic.is_prefixed_with_dollar_sign",
    "heuristic.is_sequential_string",
    "heuristic.is_templated_secret",
)
# What git holds or would add, by whichever git the developer has.
LIST = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")


def candidates() -> list[str]:
    """Paths, relative to the root, of all that git holds or would add."""
    listed = subprocess.run(
        LIST,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [name for name in listed if name and (ROOT / name).is_file() and not UNREAD.search(name)]


def findings(names: list[str], detectors: set[str]) -> list[str]:
    """One line for each thing that `detectors` take for a secret; it is not repeated there."""
    filters = [{"path": f"detect_secrets.filters.{name}"} for name in FILTERS]
    harmless = {"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": HARMLESS}
    plugins = [{"name": name} for name in sorted(detectors)]
    found = SecretsCollection(root=str(ROOT))
    with transient_settings({"plugins_used": plugins, "filters_used": [*filters, harmless]}):
        found.scan_files(*names)
    return [f"{name}:{secret.line_number}: {secret.type}" for name, secret in found]


def may_hold(name: str, detectors: list[RegexBasedDetector]) -> bool:
    """Whether a form is anywhere in this file; to ask line by line would take ten times as long."""
    text = (ROOT / name).read_text(errors="replace")
    return any(form.search(text) for detector in detectors for form in detector.denylist)


def main() -> None:
    """Print what looks like a secret; exit 1 if anything does."""
    with default_settings():
        regular = [plugin for plugin in get_plugins() if isinstance(plugin, RegexBasedDetector)]
    forms = [plugin for plugin in regular if type(plugin).__name__ not in GUESSES]
    names = candidates()
    found = findings(
        [name for name in names if may_hold(name, forms)], {type(form).__name__ for form in forms}
    )
    found += findings([name for name in names if not name.startswith(MADE_UP)], GUESSES)
    print(*sorted(found), sep="\n", end="\n" if found else "", file=sys.stderr)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
