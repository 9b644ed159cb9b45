"""A new signing key, in the four steps that Secrets Manager calls for.

The key before stays good for what it signed (fragua.accounts.keys). Each step may be called again.
Source: "Rotation by Lambda function" in the AWS Secrets Manager User Guide.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fragua import aws
from fragua.errors import Refused

_PENDING, _CURRENT = "AWSPENDING", "AWSCURRENT"
# Bytes of chance in a key: twice what HS256 makes use of.
_BYTES = 64


@dataclass(frozen=True)
class Rotation:
    """One rotation of a secret; `version` is the id of the version that it makes."""

    secret: str
    version: str

    def do(self, step: str) -> None:
        """Do one step; RuntimeError where the secret is not in the state for it."""
        stages = self._stages().get(self.version, [])
        if _CURRENT in stages:
            # Done, and called again.
            return
        if _PENDING not in stages and step != "createSecret":
            raise RuntimeError(f"{self.version} is no version that waits to be the current one")
        _STEPS[step](self)

    def create(self) -> None:
        """Make the key, once."""
        try:
            self._value(VersionId=self.version, VersionStage=_PENDING)
        except Refused as error:
            if error.code != "ResourceNotFoundException":
                raise
            # Tokens name their key by it; a version's id is as unique as that has to be.
            made = {"kid": self.version[:8], "key": secrets.token_urlsafe(_BYTES)}
            self._call(
                "put_secret_value",
                ClientRequestToken=self.version,
                SecretString=json.dumps(made),
                VersionStages=[_PENDING],
            )

    def set_up(self) -> None:
        """Tell nobody: the functions find the key where they found the last one."""

    def test(self) -> None:
        """Refuse a key that could be taken for the last one, or guessed.

        The last one itself is good: Secrets Manager tries a schedule that is new by a copy of it.
        """
        made = self._value(VersionId=self.version, VersionStage=_PENDING)
        last = self._value(VersionStage=_CURRENT)
        is_ambiguous = made["kid"] == last["kid"] and made["key"] != last["key"]
        if is_ambiguous or len(made["key"]) < _BYTES:
            raise RuntimeError("the new signing key is not good")

    def finish(self) -> None:
        """Sign with the new key from now on; the last one becomes the previous one."""
        (last,) = (v for v, stages in self._stages().items() if _CURRENT in stages)
        self._call(
            "update_secret_version_stage",
            VersionStage=_CURRENT,
            MoveToVersionId=self.version,
            RemoveFromVersionId=last,
        )

    def _stages(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = self._call("describe_secret").get("VersionIdsToStages", {})
        return found

    def _value(self, **which: str) -> dict[str, str]:
        value: dict[str, str] = json.loads(self._call("get_secret_value", **which)["SecretString"])
        return value

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return aws.call("secretsmanager", operation, SecretId=self.secret, **arguments)


_STEPS: Mapping[str, Callable[[Rotation], None]] = {
    "createSecret": Rotation.create,
    "setSecret": Rotation.set_up,
    "testSecret": Rotation.test,
    "finishSecret": Rotation.finish,
}
