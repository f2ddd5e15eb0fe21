"""Programs that come in with tokens of their own issuer, by the STS SDK and by the provider of alibabacloud-credentials.

The issuer runs beside the server; its token is good for an hour. Nothing here has an AccessKey.
"""

import json
import os

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_ims20190815 import models as ims_models
from alibabacloud_ims20190815.client import Client as Ims
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

PROVIDER_ARN = "acs:ram::11223344:oidc-provider/builds"
ROLE_ARN = "acs:ram::11223344:role/deployer"
ISSUER = json.loads(os.environ["ARGALI_STORY"])["issuer"]


def owner(story):
    key = story.company_a
    return Config(access_key_id=key.id, access_key_secret=key.secret, endpoint=story.endpoint, protocol="HTTP")


@pytest.fixture(scope="module", autouse=True)
def trust(story):
    Ims(owner(story)).create_oidcprovider(
        ims_models.CreateOIDCProviderRequest(
            oidcprovider_name="builds",
            issuer_url=ISSUER["url"],
            client_ids=ISSUER["client_id"],
            fingerprints=ISSUER["fingerprint"],
        )
    )
    document = {
        "Version": "1",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Federated": [PROVIDER_ARN]},
                "Condition": {"StringEquals": {"oidc:sub": ISSUER["subject"]}},
            }
        ],
    }
    Ram(owner(story)).create_role(
        ram_models.CreateRoleRequest(role_name="deployer", assume_role_policy_document=json.dumps(document))
    )


def assume(story, style, token):
    """Without any credentials: the SDK calls it anonymously."""
    sts = Sts(Config(endpoint=story.endpoint, protocol="HTTP", signature_algorithm=style))
    request = sts_models.AssumeRoleWithOIDCRequest(
        oidcprovider_arn=PROVIDER_ARN, oidctoken=token, role_arn=ROLE_ARN, role_session_name="build-17"
    )
    return sts.assume_role_with_oidc(request).body


@pytest.mark.parametrize("style", ["ACS3-HMAC-SHA256", "v2"])
def test_a_token_is_enough(story, style):
    answer = assume(story, style, ISSUER["token"])
    assert answer.oidctoken_info.subject == ISSUER["subject"]
    assert answer.oidctoken_info.verification_info == "Success"
    session = answer.credentials
    sts = Sts(
        Config(
            access_key_id=session.access_key_id,
            access_key_secret=session.access_key_secret,
            security_token=session.security_token,
            endpoint=story.endpoint,
            protocol="HTTP",
        )
    )
    assert sts.get_caller_identity().body.arn == "acs:ram::11223344:assumed-role/deployer/build-17"


def test_a_token_that_was_tampered_with_is_not(story):
    header, claims, signature = ISSUER["token"].split(".")
    with pytest.raises(ClientException) as raised:
        assume(story, "ACS3-HMAC-SHA256", f"{header}.{claims}.{signature[::-1]}")
    assert raised.value.code == "AuthenticationFail.OIDCToken.Invalid"


def test_the_provider_of_the_credentials_sdk_reads_the_token_from_a_file(story, tmp_path):
    file = tmp_path / "token"

    def credential():
        return Credentials(
            CredentialsConfig(
                type="oidc_role_arn",
                role_arn=ROLE_ARN,
                oidc_provider_arn=PROVIDER_ARN,
                oidc_token_file_path=str(file),
                role_session_name="build-17",
                sts_endpoint=story.https_endpoint,
            )
        )

    file.write_text("no token")
    with pytest.raises(CredentialException, match="AuthenticationFail.OIDCToken.Invalid"):
        credential().get_credential()
    file.write_text(ISSUER["token"])
    got = credential().get_credential()
    assert got.access_key_id.startswith("STS.") and got.security_token
    assert got.provider_name == "oidc_role_arn"
