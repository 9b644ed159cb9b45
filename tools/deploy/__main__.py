"""The command line: `python -m tools.deploy --stage testing`, `make deploy STAGE=testing`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.session import Session

from local.errors import TemplateError
from tools import build, interpreter
from tools.deploy import alarms, settings
from tools.deploy.deployment import Deployment, Options
from tools.deploy.errors import Failed, Refused


def main(arguments: list[str] | None = None) -> int:
    """Deploy; 0 where all is as it should be, 1 with a reason, 130 after Ctrl-C."""
    # Both alike, and also where a shell in the background has the first one ignored.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    try:
        Deployment(_options(arguments), _session()).run()
    except (Refused, Failed, build.Failed, interpreter.Missing, TemplateError) as error:
        return _told(str(error))
    except NoCredentialsError as error:
        return _told(f"{error}: log in to AWS first, or name a profile (AWS_PROFILE)")
    except (BotoCoreError, ClientError) as error:
        return _told(f"{error}\nWhat CloudFormation has begun goes on by itself")
    except KeyboardInterrupt:
        _told(
            "Interrupted. What CloudFormation has begun goes on by itself; to end it: "
            "`aws cloudformation cancel-update-stack --stack-name NAME`"
        )
        return 130
    return 0


def _session() -> Session:
    session = Session()
    # Lambda, GitHub and the other SDKs know it by this name, botocore by another.
    if given := os.environ.get("AWS_REGION"):
        session.set_config_variable("region", given)
    if not session.get_config_variable("region"):
        raise Refused("No region: set AWS_REGION, or one in the profile (AWS_PROFILE)")
    return session


def _told(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options(arguments: list[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m tools.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="testing or production")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="before all other settings"
    )
    parser.add_argument(
        "--watch-minutes", type=int, default=10, help="by the alarms, after the update"
    )
    parser.add_argument("--bootstrap", default="fragua-bootstrap", help="the stack of pipeline/")
    parser.add_argument("--built", action="store_true", help="take .aws-sam/build as it is")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    parser.add_argument("--dry-run", action="store_true", help="show the changes, make none")
    parser.add_argument("--outputs", type=Path, help="file that gets a line Name=value each")
    said = parser.parse_args(arguments)
    if not said.stage:
        raise Refused("Which stage? make deploy STAGE=testing")
    if not 0 <= said.watch_minutes <= alarms.LONGEST:
        raise Refused(f"--watch-minutes is 0 to {alarms.LONGEST}")
    return Options(
        stage=said.stage,
        values=settings.assigned(said.set),
        bootstrap=said.bootstrap,
        watch=said.watch_minutes,
        built=said.built,
        yes=said.yes,
        dry_run=said.dry_run,
        outputs=said.outputs,
    )


if __name__ == "__main__":
    sys.exit(main())
