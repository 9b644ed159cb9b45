"""The hashed locks: write them with uv, or judge without a network whether they are up to date.

Every `requirements*.in` has its lock, the `.txt` beside it. The lock's first line holds the
SHA-256 of all that it was made from: the `.in` and whatever that names by `-r` or `-c`.
"""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "# made from sha256:"
# One lock for every system and for Python 3.11 and later. No header and no index: a lock says
# what is installed, not on which machine it was written or where that machine downloads from.
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-strip-extras", "--no-header", "--no-emit-index-url"),
)


def sources() -> list[Path]:
    """All `.in` files, those first that others use the lock of."""
    found = [*ROOT.glob("requirements*.in"), *ROOT.glob("layer_dependencies_*/requirements.in")]
    return sorted(found, key=lambda path: (len(list(_inputs(path))), path))


def digest(source: Path) -> str:
    """SHA-256 in hex over everything that decides what the lock of `source` may hold."""
    sha = hashlib.sha256()
    for path in _inputs(source):
        sha.update(path.read_bytes())
    return sha.hexdigest()


def is_current(source: Path) -> bool:
    """Whether the lock of `source` exists and was made from what is there now."""
    lock = source.with_suffix(".txt")
    if not lock.exists():
        return False
    return lock.read_text().partition("\n")[0] == STAMP + digest(source)


def write(source: Path, options: list[str]) -> None:
    """Resolve `source` into its lock; versions that still fit stay, unless `options` upgrade."""
    lock = source.with_suffix(".txt")
    uv = Path(sys.executable).with_name("uv")
    names = [str(path.relative_to(ROOT)) for path in (source, lock)]
    subprocess.run([uv, *COMPILE, *options, names[0], "-o", names[1]], cwd=ROOT, check=True)
    lock.write_text(f"{STAMP}{digest(source)}\n{lock.read_text()}")


def _inputs(source: Path) -> Iterator[Path]:
    """`source` and the files it names, depth first."""
    yield source
    if source.suffix == ".in":
        for line in source.read_text().splitlines():
            if line.startswith(("-r ", "-c ")):
                yield from _inputs(source.parent / line[3:].strip())


def main() -> None:
    """Write the locks (`write [uv options]`) or judge them (`check`, exit 1 if one is stale)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=("check", "write"))
    arguments, options = parser.parse_known_args()
    if arguments.verb == "write":
        for source in sources():
            write(source, options)
    stale = [path.relative_to(ROOT) for path in sources() if not is_current(path)]
    for path in stale:
        print(f"{path} has changed since its lock was made: run `make lock`", file=sys.stderr)
    sys.exit(bool(stale))


if __name__ == "__main__":
    main()
