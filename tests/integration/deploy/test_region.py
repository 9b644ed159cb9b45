"""A region without what is needed is refused; the emulator holds AWS' own list."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session
from botocore.stub import Stubber

from tools.deploy import region
from tools.deploy.errors import Refused


@pytest.fixture
def ssm(session: Session) -> Any:
    """The Parameter Store of the region that answers for all."""
    return session.create_client("ssm", region_name=region.ASKED)


@pytest.mark.parametrize("name", ["eu-west-1", "us-east-1", "sa-east-1", "ap-southeast-4"])
def test_a_region_with_all_services_is_good(ssm: Any, name: str) -> None:
    assert region.check(ssm, name, {"MailSender": "", "Database": "create"}) == ""


def test_a_region_without_ses_is_refused_where_mail_is_sent(ssm: Any) -> None:
    with pytest.raises(Refused, match=r"ap-southeast-4 lacks Amazon SES \(which MailSender needs"):
        region.check(ssm, "ap-southeast-4", {"MailSender": "a@example.com"})


def test_a_misspelt_region_is_refused(ssm: Any) -> None:
    with pytest.raises(Refused, match="AWS has no region eu-wst-1"):
        region.check(ssm, "eu-wst-1", {})


def test_who_may_not_ask_is_told_so_and_goes_on(ssm: Any) -> None:
    with Stubber(ssm) as stub:
        stub.add_client_error("get_parameters", "AccessDeniedException", "a policy forbids it")
        assert "a policy forbids it" in region.check(ssm, "eu-west-1", {})
