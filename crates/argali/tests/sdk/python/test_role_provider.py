"""The credential provider of alibabacloud-credentials that assumes a role. It speaks https to STS and nothing else.

The SDK is told where STS is, and by SSL_CERT_FILE whom to trust.
"""

import os
import subprocess
import sys

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from conftest import Key, told
from delegation import REGION, ROLE_ARN, Delegation


@pytest.fixture(scope="module")
def delegation(story):
    return Delegation(story)


def provider(story, key, role_arn=ROLE_ARN):
    """What an application configures, and nothing more."""
    return Credentials(
        CredentialsConfig(
            type="ram_role_arn",
            access_key_id=key.id,
            access_key_secret=key.secret,
            role_arn=role_arn,
            role_session_name="alice",
            sts_endpoint=story.https_endpoint,
        )
    )


def regions(story, credential):
    ecs = Ecs(Config(credential=credential, endpoint=story.https_endpoint, protocol="HTTPS", region_id=REGION))
    found = ecs.describe_regions(ecs_models.DescribeRegionsRequest()).body.regions.region
    return [region.region_id for region in found]


def test_a_server_that_nobody_vouches_for_is_not_believed():
    # In a process of its own, because the SDK keeps what it trusts.
    environment = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    asking = "import test_role_provider as t; t.provider(t.told(), t.told().company_b).get_credential()"
    ended = subprocess.run([sys.executable, "-B", "-c", asking], env=environment, capture_output=True, text=True)
    assert ended.returncode != 0 and "CERTIFICATE_VERIFY_FAILED" in ended.stderr


def test_a_wrong_secret_is_refused(story, delegation):
    with pytest.raises(CredentialException, match="SignatureDoesNotMatch"):
        provider(story, Key(delegation.alice.id, "x" * 30)).get_credential()


def test_a_role_that_does_not_trust_the_caller_is_refused(story, delegation):
    with pytest.raises(CredentialException, match="NoPermission"):
        provider(story, story.company_b).get_credential()


def test_alice_works_with_what_the_provider_got(story, delegation):
    credential = provider(story, delegation.alice)
    got = credential.get_credential()
    assert got.access_key_id.startswith("STS.") and got.security_token
    assert got.provider_name == "ram_role_arn/static_ak"
    assert REGION in regions(story, credential)


def test_revoked_means_revoked_though_the_provider_still_believes_in_its_credentials(story, delegation):
    credential = provider(story, delegation.alice)
    assert regions(story, credential)
    delegation.revoke()
    with pytest.raises(ClientException) as raised:
        regions(story, credential)
    assert raised.value.code == "InvalidSecurityToken.Revoked"
