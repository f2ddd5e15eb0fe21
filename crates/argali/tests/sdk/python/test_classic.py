"""The same story with the classic SDK (aliyun-python-sdk-*), whose requests are signed with V1.

Only the endpoint is Argali's. There is no classic package for VPC here: those calls are made as the SDK lets one make
any call, with CommonRequest.
"""

import json
from xml.etree import ElementTree

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest
from aliyunsdkecs.request.v20140526.CreateSecurityGroupRequest import CreateSecurityGroupRequest
from aliyunsdkecs.request.v20140526.DescribeImagesRequest import DescribeImagesRequest
from aliyunsdkecs.request.v20140526.DescribeInstancesRequest import DescribeInstancesRequest
from aliyunsdkecs.request.v20140526.RunInstancesRequest import RunInstancesRequest
from aliyunsdkecs.request.v20140526.StartInstanceRequest import StartInstanceRequest
from aliyunsdkecs.request.v20140526.StopInstanceRequest import StopInstanceRequest
from aliyunsdkram.request.v20150501.AttachPolicyToRoleRequest import AttachPolicyToRoleRequest
from aliyunsdkram.request.v20150501.AttachPolicyToUserRequest import AttachPolicyToUserRequest
from aliyunsdkram.request.v20150501.CreateAccessKeyRequest import CreateAccessKeyRequest
from aliyunsdkram.request.v20150501.CreateRoleRequest import CreateRoleRequest
from aliyunsdkram.request.v20150501.CreateUserRequest import CreateUserRequest
from aliyunsdkram.request.v20150501.DeleteRoleRequest import DeleteRoleRequest
from aliyunsdkram.request.v20150501.DetachPolicyFromRoleRequest import DetachPolicyFromRoleRequest
from aliyunsdkram.request.v20150501.GetRoleRequest import GetRoleRequest
from aliyunsdkram.request.v20150501.ListUsersRequest import ListUsersRequest
from aliyunsdkram.request.v20150501.UpdateRoleRequest import UpdateRoleRequest
from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest
from aliyunsdksts.request.v20150401.GetCallerIdentityRequest import GetCallerIdentityRequest
from conftest import Key, wait_until

REGION = "cn-hangzhou"
ROLE_ARN = "acs:ram::11223344:role/ecs-admin"


def trust(*principals):
    """A trust policy that lets these principals assume the role."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": list(principals)}}
    return json.dumps({"Statement": [statement], "Version": "1"})


class Caller:
    """The SDK's client with one key."""

    def __init__(self, story, key):
        self.endpoint = story.endpoint
        if key.token:
            self.client = AcsClient(region_id=REGION, credential=StsTokenCredential(key.id, key.secret, key.token))
        else:
            self.client = AcsClient(key.id, key.secret, REGION)

    def call(self, request, **parameters):
        """Sends `request` with `parameters`, each by the setter that the SDK has for it."""
        for name, value in parameters.items():
            getattr(request, f"set_{name}")(value)
        request.set_endpoint(self.endpoint)
        request.set_protocol_type("http")
        return json.loads(self.client.do_action_with_exception(request))

    def vpc(self, action, **parameters):
        """Any operation of VPC."""
        request = CommonRequest(domain=self.endpoint, version="2016-04-28", action_name=action)
        request.set_method("POST")
        request.set_protocol_type("http")
        for name, value in {"RegionId": REGION, **parameters}.items():
            request.add_query_param(name, value)
        return json.loads(self.client.do_action_with_exception(request))


class Cast:
    """Who acts, and what they have made so far. The chapters below are told in order and add to it."""


@pytest.fixture(scope="module")
def cast(story):
    cast = Cast()
    cast.a = Caller(story, story.company_a)
    cast.b = Caller(story, story.company_b)
    return cast


def refused(call, *arguments, **parameters):
    """What the SDK raises, after checking that it says what any refusal must say."""
    with pytest.raises(ServerException) as raised:
        call(*arguments, **parameters)
    error = raised.value
    assert error.get_request_id() and error.get_error_msg()
    return error.get_http_status(), error.get_error_code()


def whoami(caller):
    return caller.call(GetCallerIdentityRequest())


def statuses(caller, **filters):
    answer = caller.call(DescribeInstancesRequest(), PageSize=100, **filters)
    return {instance["InstanceId"]: instance["Status"] for instance in answer["Instances"]["Instance"]}


def assume_role(caller):
    parameters = {"RoleArn": ROLE_ARN, "RoleSessionName": "alice", "DurationSeconds": 3600}
    return caller.call(AssumeRoleRequest(), **parameters)


# -------------------------------------------------------------------- who is nobody


def test_a_wrong_secret_is_reported_as_such(story):
    # The SDK compares the string to sign in the message with its own, and concludes that the secret is wrong.
    stranger = Caller(story, Key(story.company_a.id, "x" * 30))
    assert refused(whoami, stranger) == (400, "InvalidAccessKeySecret")


def test_an_unknown_key_is_reported_as_such(story):
    stranger = Caller(story, Key("LTAI5tNobodyHasThisKey00", "x" * 30))
    assert refused(whoami, stranger) == (404, "InvalidAccessKeyId.NotFound")


def test_answers_come_in_xml_and_to_get_too(cast):
    request = GetCallerIdentityRequest()
    request.set_method("GET")
    request.set_endpoint(cast.a.endpoint)
    request.set_protocol_type("http")
    request.set_accept_format("XML")
    # What replaces `do_action` always asks for JSON, whatever the request says.
    with pytest.deprecated_call():
        answer = ElementTree.fromstring(cast.a.client.do_action(request))
    assert answer.tag == "GetCallerIdentityResponse"
    assert answer.findtext("Arn") == "acs:ram::11223344:root"


# -------------------------------------------------------------------- what A owns


def test_a_makes_a_network_and_two_instances_in_it(cast):
    vpc = cast.a.vpc("CreateVpc", CidrBlock="10.0.0.0/16")["VpcId"]

    def is_available():
        return cast.a.vpc("DescribeVpcs", VpcId=vpc)["Vpcs"]["Vpc"][0]["Status"] == "Available"

    wait_until(is_available)
    vswitch = cast.a.vpc("CreateVSwitch", VpcId=vpc, ZoneId="cn-hangzhou-i", CidrBlock="10.0.1.0/24")["VSwitchId"]
    group = cast.a.call(CreateSecurityGroupRequest(), VpcId=vpc, SecurityGroupName="web")["SecurityGroupId"]
    images = cast.a.call(DescribeImagesRequest())["Images"]["Image"]
    cast.instances = cast.a.call(
        RunInstancesRequest(),
        ImageId=images[0]["ImageId"],
        InstanceType="ecs.g6.large",
        VSwitchId=vswitch,
        SecurityGroupId=group,
        InstanceName="web",
        Amount=2,
    )["InstanceIdSets"]["InstanceIdSet"]
    assert len(set(cast.instances)) == 2
    wait_until(lambda: statuses(cast.a) == dict.fromkeys(cast.instances, "Running"))
    assert statuses(cast.b) == {}


# -------------------------------------------------------------------- A lets B in


def test_a_makes_a_role_that_trusts_b(cast):
    create = {"RoleName": "ecs-admin", "AssumeRolePolicyDocument": trust("acs:ram::12345678:root")}
    broken = {**create, "AssumeRolePolicyDocument": "{"}
    assert refused(cast.a.call, CreateRoleRequest(), **broken) == (400, "MalformedPolicyDocument")
    role = cast.a.call(CreateRoleRequest(), **create)["Role"]
    assert role["Arn"] == ROLE_ARN
    assert json.loads(role["AssumeRolePolicyDocument"]) == json.loads(trust("acs:ram::12345678:root"))
    assert refused(cast.a.call, CreateRoleRequest(), **create) == (409, "EntityAlreadyExists.Role")
    cast.role_id = role["RoleId"]

    policy = {"PolicyType": "System", "PolicyName": "AliyunECSFullAccess", "RoleName": "ecs-admin"}
    cast.a.call(AttachPolicyToRoleRequest(), **policy)


# -------------------------------------------------------------------- B sends alice


def test_b_makes_alice_and_lets_her_assume_roles(story, cast):
    cast.b.call(CreateUserRequest(), UserName="alice")
    key = cast.b.call(CreateAccessKeyRequest(), UserName="alice")["AccessKey"]
    cast.alice = Caller(story, Key(key["AccessKeyId"], key["AccessKeySecret"]))
    assert whoami(cast.alice)["Arn"] == "acs:ram::12345678:user/alice"
    assert refused(assume_role, cast.alice) == (403, "NoPermission")

    policy = {"PolicyType": "System", "PolicyName": "AliyunSTSAssumeRoleAccess", "UserName": "alice"}
    cast.b.call(AttachPolicyToUserRequest(), **policy)


def test_alice_assumes_the_role(story, cast):
    assert refused(assume_role, cast.b) == (403, "NoPermission"), "an owner may not"
    assumed = assume_role(cast.alice)
    assert assumed["AssumedRoleUser"] == {"Arn": ROLE_ARN + "/alice", "AssumedRoleId": cast.role_id + ":alice"}
    given = assumed["Credentials"]
    cast.session = Caller(story, Key(given["AccessKeyId"], given["AccessKeySecret"], given["SecurityToken"]))

    me = whoami(cast.session)
    assert me["Arn"] == "acs:ram::11223344:assumed-role/ecs-admin/alice"
    assert (me["IdentityType"], me["AccountId"]) == ("AssumedRoleUser", "11223344")


# -------------------------------------------------------------------- alice works


def test_alice_lists_stops_and_starts_the_instances_of_a(cast):
    assert set(statuses(cast.session)) == set(cast.instances)
    first = cast.instances[0]
    # What the SDK makes of a list is its text, with single quotes.
    assert set(statuses(cast.session, InstanceIds=[first])) == {first}

    cast.session.call(StopInstanceRequest(), InstanceId=first)
    wait_until(lambda: statuses(cast.session)[first] == "Stopped")
    again = refused(cast.session.call, StopInstanceRequest(), InstanceId=first)
    assert again == (403, "IncorrectInstanceStatus")

    cast.session.call(StartInstanceRequest(), InstanceId=first)
    wait_until(lambda: statuses(cast.session)[first] == "Running")


def test_instances_and_users_come_in_pages(cast):
    pages = [cast.session.call(DescribeInstancesRequest(), PageSize=1, PageNumber=number) for number in (1, 2)]
    assert [page["TotalCount"] for page in pages] == [2, 2]
    assert sorted(page["Instances"]["Instance"][0]["InstanceId"] for page in pages) == sorted(cast.instances)

    for name in ("bob", "carol"):
        cast.b.call(CreateUserRequest(), UserName=name)
    first = cast.b.call(ListUsersRequest(), MaxItems=2)
    assert first["IsTruncated"] is True
    last = cast.b.call(ListUsersRequest(), MaxItems=2, Marker=first["Marker"])
    assert last["IsTruncated"] is False
    names = [user["UserName"] for page in (first, last) for user in page["Users"]["User"]]
    assert names == ["alice", "bob", "carol"]


def test_alice_may_not_do_what_the_role_does_not_allow(cast):
    # This SDK shows status, code, message and request id, and drops the rest of the answer.
    assert refused(cast.session.call, ListUsersRequest()) == (403, "NoPermission")
    assert refused(cast.session.vpc, "CreateVpc", CidrBlock="10.1.0.0/16") == (403, "Forbidden.RAM")


# -------------------------------------------------------------------- A takes it back


def test_a_stops_trusting_b_and_the_live_session_is_refused_at_its_next_request(cast):
    cast.a.call(UpdateRoleRequest(), RoleName="ecs-admin", NewAssumeRolePolicyDocument=trust())
    assert refused(statuses, cast.session) == (403, "InvalidSecurityToken.Revoked")
    assert refused(whoami, cast.session) == (403, "InvalidSecurityToken.Revoked")
    assert refused(assume_role, cast.alice) == (403, "NoPermission")


def test_restored_trust_lets_the_session_go_on(cast):
    restored = trust("acs:ram::12345678:root")
    cast.a.call(UpdateRoleRequest(), RoleName="ecs-admin", NewAssumeRolePolicyDocument=restored)
    assert set(statuses(cast.session)) == set(cast.instances)


def test_a_detaches_the_policy_and_deletes_the_role(cast):
    assert refused(cast.a.call, DeleteRoleRequest(), RoleName="ecs-admin") == (409, "DeleteConflict.Role.Policy")
    policy = {"PolicyType": "System", "PolicyName": "AliyunECSFullAccess", "RoleName": "ecs-admin"}
    cast.a.call(DetachPolicyFromRoleRequest(), **policy)
    stop = refused(cast.session.call, StopInstanceRequest(), InstanceId=cast.instances[0])
    assert stop == (403, "Forbidden.RAM")

    cast.a.call(DeleteRoleRequest(), RoleName="ecs-admin")
    assert refused(whoami, cast.session) == (400, "InvalidSecurityToken.Malformed")
    assert refused(cast.a.call, GetRoleRequest(), RoleName="ecs-admin") == (404, "EntityNotExist.Role")
    assert statuses(cast.a) == dict.fromkeys(cast.instances, "Running")
