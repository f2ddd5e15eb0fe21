"""Clients with the hosts that are built into them: nothing says where the server is but HTTPS_PROXY and HTTP_PROXY.

The server answers in place of *.aliyuncs.com, under its own authority: SSL_CERT_FILE names it to the tea SDKs,
ALIBABA_CLOUD_CA_BUNDLE to the classic one. (Calls of the tea SDK that are not asynchronous trust certifi alone when they
go by a proxy, unless their RuntimeOptions name a file.)
"""

import asyncio
import json
import os

import pytest
import requests
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_tea_openapi.utils_models import Config
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import RamRoleArnCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.DescribeRegionsRequest import DescribeRegionsRequest
from aliyunsdkram.request.v20150501.GetUserRequest import GetUserRequest
from aliyunsdkram.request.v20150501.ListRolesRequest import ListRolesRequest
from darabonba.runtime import RuntimeOptions
from delegation import REGION, ROLE_ARN, Delegation


@pytest.fixture(scope="module")
def delegation(story):
    # Making it is not what is tested, so it goes to the server itself.
    proxies = {name: os.environ.pop(name) for name in ("HTTPS_PROXY", "HTTP_PROXY")}
    try:
        return Delegation(story)
    finally:
        os.environ.update(proxies)


def owner(story, protocol="HTTPS"):
    key = story.company_a
    return Config(access_key_id=key.id, access_key_secret=key.secret, region_id=REGION, protocol=protocol)


def test_other_hosts_are_refused():
    with pytest.raises(requests.exceptions.ProxyError, match="403"):
        requests.get("https://example.com/", timeout=10)


def test_a_refusal_reaches_the_classic_sdk(story, delegation):
    client = AcsClient(story.company_a.id, story.company_a.secret, REGION)
    request = GetUserRequest()
    request.set_UserName("nobody")
    request.set_protocol_type("https")
    with pytest.raises(ServerException) as raised:
        client.do_action_with_exception(request)
    assert raised.value.get_error_code() == "EntityNotExist.User"


@pytest.mark.parametrize("protocol", ["http", "https"])
def test_the_classic_sdk_calls_ram(story, delegation, protocol):
    client = AcsClient(story.company_a.id, story.company_a.secret, REGION)
    request = ListRolesRequest()
    request.set_protocol_type(protocol)
    roles = json.loads(client.do_action_with_exception(request))["Roles"]["Role"]
    assert [role["RoleName"] for role in roles] == ["ecs-admin"]


def test_the_classic_sdk_assumes_a_role_and_calls_ecs(story, delegation):
    credential = RamRoleArnCredential(delegation.alice.id, delegation.alice.secret, ROLE_ARN, "alice")
    client = AcsClient(region_id=REGION, credential=credential)
    answer = json.loads(client.do_action_with_exception(DescribeRegionsRequest()))
    assert REGION in [region["RegionId"] for region in answer["Regions"]["Region"]]


def test_the_tea_sdk_calls_ram(story, delegation):
    request = ram_models.ListRolesRequest()
    roles = asyncio.run(Ram(owner(story)).list_roles_async(request)).body.roles.role
    assert [role.role_name for role in roles] == ["ecs-admin"]
    roles = Ram(owner(story, "HTTP")).list_roles(request).body.roles.role
    assert [role.role_name for role in roles] == ["ecs-admin"]
    trusting = RuntimeOptions(ca=os.environ["SSL_CERT_FILE"])
    roles = Ram(owner(story)).list_roles_with_options(request, trusting).body.roles.role
    assert [role.role_name for role in roles] == ["ecs-admin"]


def test_the_tea_sdk_assumes_a_role_and_calls_ecs(story, delegation):
    credential = Credentials(
        CredentialsConfig(
            type="ram_role_arn",
            access_key_id=delegation.alice.id,
            access_key_secret=delegation.alice.secret,
            role_arn=ROLE_ARN,
            role_session_name="alice",
        )
    )
    ecs = Ecs(Config(credential=credential, region_id=REGION))
    answer = asyncio.run(ecs.describe_regions_async(ecs_models.DescribeRegionsRequest()))
    assert REGION in [region.region_id for region in answer.body.regions.region]
