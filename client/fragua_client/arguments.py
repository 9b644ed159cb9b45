"""What can be typed after `fragua`, and what of it is wrong before anything is asked."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from fragua_client import buckets, commands, listing, sharing, values

AddVerb = Callable[[str, str], ArgumentParser]


def parse(arguments: Sequence[str] | None) -> Namespace:
    """Read a command; `run` of the result does it. Wrong usage ends the process with code 2."""
    given = _parser().parse_args(arguments)
    if given.command == "ls":
        _check_ls(given)
    return given


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="fragua", description="Upload, download and share big files.")
    verb = _verbs(parser, "command")
    _accounts(verb("register", "Make an account and log in"), verb("login", "Log in"))
    logout = verb("logout", "End the session")
    logout.add_argument("--everywhere", action="store_true", help="every session of the account")
    logout.set_defaults(run=commands.logout)
    verb("whoami", "Show who is logged in").set_defaults(run=commands.whoami)
    _upload(verb("upload", "Upload files; run it again to resume"))
    _ls(verb("ls", "List files, images or uploads"))
    _download(verb("download", "Download a file; run it again to resume"))
    _rm(verb("rm", "Delete a file"), verb("abort", "Give up an unfinished upload"))
    _share(verb("share", "Make a temporary link to a file, for anyone who has it"))
    _links(verb("links", "List a file's links"), verb("unshare", "Revoke a link"))
    _bucket(verb("bucket", "List, create or delete buckets"))
    return parser


def _verbs(parser: ArgumentParser, dest: str) -> AddVerb:
    """How commands are added to `parser`; each of them takes the options that all have."""
    common = ArgumentParser(add_help=False)
    common.add_argument("--url", help="the server; else FRAGUA_URL, else the last login's")
    common.add_argument("-q", "--quiet", action="store_true", help="no progress, results alone")
    common.add_argument("-v", "--verbose", action="store_true", help="show each request")
    verbs = parser.add_subparsers(dest=dest, metavar="COMMAND", required=True)

    def verb(name: str, text: str) -> ArgumentParser:
        # A group's own options would be lost: those of the command after it have defaults.
        parents = [] if name == "bucket" else [common]
        return verbs.add_parser(name, help=text, description=text, parents=parents)

    return verb


def _accounts(register: ArgumentParser, login: ArgumentParser) -> None:
    for parser in (register, login):
        parser.add_argument("--email", help="else you are asked")
        parser.epilog = "The password comes from FRAGUA_PASSWORD, a prompt, or standard input."
    register.add_argument("--first-name")
    register.add_argument("--last-name")
    register.set_defaults(run=commands.register)
    login.set_defaults(run=commands.login)


def _upload(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--bucket", type=values.text, metavar="NAME", help="else the one called default"
    )
    parser.add_argument(
        "--mode", choices=("direct", "relay"), default="direct",
        help="straight to the store (default), or through the API",
    )  # fmt: skip
    parser.add_argument(
        "--parallel", type=values.parallel, default=4, metavar="N", help="fragments at a time (4)"
    )
    parser.add_argument("--fragment-size", type=values.size, metavar="SIZE", help="such as 8MiB")
    parser.add_argument("--content-type", metavar="TYPE", help="else guessed by the file's name")
    parser.add_argument(
        "--checksum", choices=("crc32", "sha256"), default="crc32",
        help="what the server verifies before the file appears (crc32)",
    )  # fmt: skip
    parser.add_argument(
        "--sha256", action="store_const", const="sha256", dest="checksum",
        help="the same as --checksum sha256",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one line of JSON for each file")
    parser.set_defaults(run=commands.send)


def _ls(parser: ArgumentParser) -> None:
    _json(parser)
    parser.add_argument(
        "--name", type=values.text, metavar="PREFIX", help="files whose names begin so"
    )
    parser.add_argument("--bucket", type=values.text, metavar="NAME", help="files of this bucket")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--images", action="store_true", help="images in place of files")
    what.add_argument("--uploads", action="store_true", help="uploads in place of files")
    parser.add_argument("--urls", action="store_true", help="with --images: thumbnails' URLs")
    parser.add_argument(
        "--limit", type=values.count, default=50, metavar="N", help="the newest N (50)"
    )
    parser.add_argument("--all", action="store_true", help="no limit")
    parser.set_defaults(run=listing.ls, error=parser.error)


def _check_ls(given: Namespace) -> None:
    if given.urls and not given.images:
        given.error("--urls goes with --images")
    filtered = given.name is not None or given.bucket is not None
    if filtered and (given.images or given.uploads):
        given.error("--name and --bucket are for files")


def _download(parser: ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=commands.fetch)


def _rm(rm: ArgumentParser, abort: ArgumentParser) -> None:
    rm.add_argument("file_id", type=values.text, metavar="FILE_ID")
    rm.set_defaults(run=commands.rm)
    abort.add_argument("upload_id", type=values.text, metavar="UPLOAD_ID")
    abort.set_defaults(run=commands.abort)


def _share(parser: ArgumentParser) -> None:
    _file(parser)
    parser.add_argument(
        "--expires", type=values.link_life, default=3600, metavar="TIME",
        help="how long it works: 60s, 15m, 1h (default), up to 7d",
    )  # fmt: skip
    parser.add_argument(
        "--downloads",
        type=values.count,
        metavar="N",
        help="how often it works; else without a limit",
    )
    parser.set_defaults(run=sharing.share)


def _links(links: ArgumentParser, unshare: ArgumentParser) -> None:
    _file(links)
    _json(links)
    links.set_defaults(run=sharing.links)
    unshare.add_argument(
        "link", type=values.link, metavar="LINK", help="its id, its token or its URL"
    )
    unshare.set_defaults(run=sharing.unshare)


def _bucket(parser: ArgumentParser) -> None:
    verb = _verbs(parser, "bucket_command")
    ls = verb("ls", "List own buckets and default")
    _json(ls)
    ls.set_defaults(run=buckets.ls)
    create, rm = verb("create", "Make a bucket"), verb("rm", "Delete an empty bucket")
    what = "3 to 40 of a-z, 0-9 and -, no - at either end; unique in the whole deployment"
    create.add_argument("name", type=values.text, metavar="NAME", help=what)
    create.set_defaults(run=buckets.create)
    rm.add_argument("name", type=values.text, metavar="NAME")
    rm.set_defaults(run=buckets.rm)


def _file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=values.text, metavar="FILE_ID|NAME")


def _json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON, for programs")
