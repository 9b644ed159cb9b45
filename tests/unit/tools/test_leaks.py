"""What is taken for a secret about to be committed, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import leaks

# In two pieces, or this file would be found as well.
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


def found(folder: Path, line: str, name: str = "settings.py") -> list[str]:
    file = folder / name
    file.write_text(f"# A file.\n{line}\n")
    lines = leaks.findings([str(file)], {"AWSKeyDetector", *leaks.GUESSES})
    return [line.split(f"{name}:")[1] for line in lines]


def test_a_key_is_known_by_its_form_and_not_shown(tmp_path: Path) -> None:
    assert found(tmp_path, f'value = "{KEY}"') == ["2: AWS Access Key"]


def test_a_password_is_known_by_what_it_is_called(tmp_path: Path) -> None:
    assert found(tmp_path, 'password = "hunter2-and-more"  # pragma: allowlist secret') == []
    assert found(tmp_path, 'password = "hunter2-' + 'and-more"') == ["2: Secret Keyword"]


def test_the_password_of_all_examples_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, 'password = "correct horse battery"') == []


@pytest.mark.parametrize(
    "line",
    [
        "Action: secretsmanager:GetSecretValue",
        "Resource: arn:${AWS::Partition}:secretsmanager:eu-west-1:${AWS::AccountId}:secret:${Name}",
        "# Each hashes a password: 20 a second are five cores. Nobody logs in as often.",
        "Action: [secretsmanager:GetSecretValue, secretsmanager:PutSecretValue]",
        'MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"',
        "GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true }",
    ],
)
def test_a_template_that_speaks_of_secrets_holds_none(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, line, "template.yaml") == []


def test_all_is_read_but_locks_and_what_is_made_from_other_files() -> None:
    names = set(leaks.candidates())
    assert {"template.yaml", "tools/leaks.py", "README.md", ".github/workflows/check.yaml"} <= names
    assert not names & {
        "requirements-dev.txt",
        "tools/postman/package-lock.json",
        "functions/service/openapi.json",
        "collections_postman/fragua.postman_collection.json",
    }
