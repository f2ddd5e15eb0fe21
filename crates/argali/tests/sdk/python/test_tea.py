"""Enterprise A lets Enterprise B work on its ECS instances, and takes it back: with the tea SDKs (alibabacloud_*).

Only the endpoint is Argali's. `style` is the SDK's `signature_algorithm`: its default is V3, "v2" means V1 on the wire.
"""

import json

import pytest
from alibabacloud_ecs20140526 import models as ecs_models
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from alibabacloud_vpc20160428 import models as vpc_models
from alibabacloud_vpc20160428.client import Client as Vpc
from conftest import Key, wait_until

REGION = "cn-hangzhou"
ROLE_ARN = "acs:ram::11223344:role/ecs-admin"


def trust(*principals):
    """A trust policy that lets these principals assume the role."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": list(principals)}}
    return json.dumps({"Statement": [statement], "Version": "1"})


class Caller:
    """The SDK's clients, all with one key."""

    def __init__(self, story, key):
        def config():
            return Config(
                access_key_id=key.id,
                access_key_secret=key.secret,
                security_token=key.token,
                endpoint=story.endpoint,
                protocol="HTTP",
                region_id=REGION,
                signature_algorithm=story.style,
            )

        self.ram, self.sts, self.ecs, self.vpc = Ram(config()), Sts(config()), Ecs(config()), Vpc(config())


class Cast:
    """Who acts, and what they have made so far. The chapters below are told in order and add to it."""


@pytest.fixture(scope="module")
def cast(story):
    cast = Cast()
    cast.a = Caller(story, story.company_a)
    cast.b = Caller(story, story.company_b)
    return cast


def refused(call, *arguments):
    """What the SDK raises, after checking that it says what any refusal must say."""
    with pytest.raises(ClientException) as raised:
        call(*arguments)
    error = raised.value
    assert error.request_id in error.message, "the SDK shows the request id beside the message"
    assert error.data["RequestId"] == error.request_id
    return error


def statuses(caller, **filters):
    request = ecs_models.DescribeInstancesRequest(region_id=REGION, page_size=100, **filters)
    instances = caller.ecs.describe_instances(request).body.instances.instance
    return {instance.instance_id: instance.status for instance in instances}


def assume_role(caller, session="alice"):
    request = sts_models.AssumeRoleRequest(role_arn=ROLE_ARN, role_session_name=session, duration_seconds=3600)
    return caller.sts.assume_role(request).body


def session_of(story, assumed):
    given = assumed.credentials
    return Caller(story, Key(given.access_key_id, given.access_key_secret, given.security_token))


# -------------------------------------------------------------------- who is nobody


def test_a_wrong_secret_is_reported_as_such(story):
    stranger = Caller(story, Key(story.company_a.id, "x" * 30))
    error = refused(stranger.sts.get_caller_identity)
    assert (error.status_code, error.code) == (400, "SignatureDoesNotMatch")
    assert "server string to sign is:" in error.message


def test_an_unknown_key_is_reported_as_such(story):
    stranger = Caller(story, Key("LTAI5tNobodyHasThisKey00", "x" * 30))
    error = refused(stranger.sts.get_caller_identity)
    assert (error.status_code, error.code) == (404, "InvalidAccessKeyId.NotFound")


def test_an_owner_is_the_account(cast):
    me = cast.a.sts.get_caller_identity().body
    assert (me.account_id, me.arn, me.identity_type) == ("11223344", "acs:ram::11223344:root", "Account")


# -------------------------------------------------------------------- what A owns


def test_a_makes_a_network_and_two_instances_in_it(cast):
    vpc = cast.a.vpc.create_vpc(vpc_models.CreateVpcRequest(region_id=REGION, cidr_block="10.0.0.0/16")).body
    wait_until(lambda: vpc_status(cast, vpc.vpc_id) == "Available")
    vswitch = cast.a.vpc.create_vswitch(
        vpc_models.CreateVSwitchRequest(
            region_id=REGION, zone_id="cn-hangzhou-i", vpc_id=vpc.vpc_id, cidr_block="10.0.1.0/24"
        )
    ).body
    group = cast.a.ecs.create_security_group(
        ecs_models.CreateSecurityGroupRequest(region_id=REGION, vpc_id=vpc.vpc_id, security_group_name="web")
    ).body
    images = cast.a.ecs.describe_images(ecs_models.DescribeImagesRequest(region_id=REGION)).body.images.image
    cast.instances = cast.a.ecs.run_instances(
        ecs_models.RunInstancesRequest(
            region_id=REGION,
            image_id=images[0].image_id,
            instance_type="ecs.g6.large",
            v_switch_id=vswitch.v_switch_id,
            security_group_id=group.security_group_id,
            instance_name="web",
            amount=2,
        )
    ).body.instance_id_sets.instance_id_set
    assert len(set(cast.instances)) == 2
    wait_until(lambda: statuses(cast.a) == dict.fromkeys(cast.instances, "Running"))
    cast.vpc = vpc.vpc_id


def vpc_status(cast, vpc_id):
    request = vpc_models.DescribeVpcsRequest(region_id=REGION, vpc_id=vpc_id)
    return cast.a.vpc.describe_vpcs(request).body.vpcs.vpc[0].status


def test_b_sees_nothing_of_it(cast):
    assert statuses(cast.b) == {}


# -------------------------------------------------------------------- A lets B in


def test_a_trust_policy_that_is_none_is_refused(cast):
    request = ram_models.CreateRoleRequest(role_name="ecs-admin", assume_role_policy_document='{"Version":"1"')
    error = refused(cast.a.ram.create_role, request)
    assert (error.status_code, error.code) == (400, "MalformedPolicyDocument")


def test_a_makes_a_role_that_trusts_b(cast):
    request = ram_models.CreateRoleRequest(
        role_name="ecs-admin",
        description="Company B maintains our instances",
        assume_role_policy_document=trust("acs:ram::12345678:root"),
    )
    role = cast.a.ram.create_role(request).body.role
    assert (role.role_name, role.arn) == ("ecs-admin", ROLE_ARN)
    assert json.loads(role.assume_role_policy_document) == json.loads(trust("acs:ram::12345678:root"))
    cast.role_id = role.role_id

    error = refused(cast.a.ram.create_role, request)
    assert (error.status_code, error.code) == (409, "EntityAlreadyExists.Role")


def test_a_attaches_what_the_role_may_do(cast):
    cast.a.ram.attach_policy_to_role(
        ram_models.AttachPolicyToRoleRequest(
            policy_type="System", policy_name="AliyunECSFullAccess", role_name="ecs-admin"
        )
    )
    attached = cast.a.ram.list_policies_for_role(ram_models.ListPoliciesForRoleRequest(role_name="ecs-admin"))
    assert [policy.policy_name for policy in attached.body.policies.policy] == ["AliyunECSFullAccess"]


# -------------------------------------------------------------------- B sends alice


def test_b_makes_alice_and_gives_her_a_key(story, cast):
    user = cast.b.ram.create_user(ram_models.CreateUserRequest(user_name="alice", display_name="Alice")).body.user
    assert user.user_name == "alice"
    key = cast.b.ram.create_access_key(ram_models.CreateAccessKeyRequest(user_name="alice")).body.access_key
    assert key.status == "Active"
    cast.alice = Caller(story, Key(key.access_key_id, key.access_key_secret))
    me = cast.alice.sts.get_caller_identity().body
    assert (me.arn, me.identity_type) == ("acs:ram::12345678:user/alice", "RAMUser")
    assert (me.user_id, me.account_id) == (user.user_id, "12345678")


def test_alice_needs_the_permission_of_her_own_account_too(cast):
    error = refused(assume_role, cast.alice)
    assert (error.status_code, error.code) == (403, "NoPermission")
    why = error.access_denied_detail
    assert why["AuthAction"] == "sts:AssumeRole"
    assert (why["AuthPrincipalType"], why["AuthPrincipalOwnerId"]) == ("SubUser", "12345678")
    assert (why["NoPermissionType"], why["PolicyType"]) == ("ImplicitDeny", "AccountLevelIdentityBasedPolicy")

    permit_alice(cast)


def permit_alice(cast):
    cast.b.ram.attach_policy_to_user(
        ram_models.AttachPolicyToUserRequest(
            policy_type="System", policy_name="AliyunSTSAssumeRoleAccess", user_name="alice"
        )
    )


def test_an_owner_may_not_assume_a_role(cast):
    error = refused(assume_role, cast.b)
    assert (error.status_code, error.code) == (403, "NoPermission")
    assert "Roles may not be assumed by root accounts." in error.message


def test_alice_assumes_the_role(story, cast):
    assumed = assume_role(cast.alice)
    assert assumed.assumed_role_user.arn == ROLE_ARN + "/alice"
    assert assumed.assumed_role_user.assumed_role_id == f"{cast.role_id}:alice"
    assert assumed.credentials.access_key_id.startswith("STS.")
    cast.session = session_of(story, assumed)

    me = cast.session.sts.get_caller_identity().body
    assert me.arn == "acs:ram::11223344:assumed-role/ecs-admin/alice"
    assert (me.identity_type, me.account_id) == ("AssumedRoleUser", "11223344")
    assert (me.role_id, me.principal_id) == (cast.role_id, f"{cast.role_id}:alice")


def test_a_token_is_good_only_with_its_own_key(story, cast):
    first, second = assume_role(cast.alice).credentials, assume_role(cast.alice).credentials
    mixed = Caller(story, Key(first.access_key_id, first.access_key_secret, second.security_token))
    error = refused(mixed.sts.get_caller_identity)
    assert (error.status_code, error.code) == (400, "InvalidSecurityToken.MismatchWithAccessKey")


# -------------------------------------------------------------------- alice works


def test_alice_lists_stops_and_starts_the_instances_of_a(cast):
    assert set(statuses(cast.session)) == set(cast.instances)
    first = cast.instances[0]

    cast.session.ecs.stop_instance(ecs_models.StopInstanceRequest(instance_id=first))
    wait_until(lambda: statuses(cast.session)[first] == "Stopped")
    assert set(statuses(cast.session, status="Stopped")) == {first}
    error = refused(cast.session.ecs.stop_instance, ecs_models.StopInstanceRequest(instance_id=first))
    assert (error.status_code, error.code) == (403, "IncorrectInstanceStatus")

    cast.session.ecs.start_instance(ecs_models.StartInstanceRequest(instance_id=first))
    wait_until(lambda: statuses(cast.session)[first] == "Running")


def test_instances_come_in_pages(cast):
    seen = []
    for number in (1, 2):
        request = ecs_models.DescribeInstancesRequest(region_id=REGION, page_number=number, page_size=1)
        page = cast.session.ecs.describe_instances(request).body
        assert (page.total_count, page.page_number, page.page_size) == (2, number, 1)
        seen += [instance.instance_id for instance in page.instances.instance]
    assert sorted(seen) == sorted(cast.instances)

    seen, token = [], None
    while token != "":
        request = ecs_models.DescribeInstancesRequest(region_id=REGION, max_results=1, next_token=token)
        page = cast.session.ecs.describe_instances(request).body
        seen += [instance.instance_id for instance in page.instances.instance]
        token = page.next_token or ""
        assert len(seen) <= 2
    assert sorted(seen) == sorted(cast.instances)


def test_alice_may_not_do_what_the_role_does_not_allow(cast):
    error = refused(cast.session.ram.list_users, ram_models.ListUsersRequest())
    assert (error.status_code, error.code) == (403, "NoPermission")
    why = error.access_denied_detail
    assert why["AuthAction"] == "ram:ListUsers"
    assert (why["AuthPrincipalType"], why["AuthPrincipalOwnerId"]) == ("AssumedRoleUser", "11223344")
    assert why["AuthPrincipalDisplayName"] == "ecs-admin:alice"
    assert (why["NoPermissionType"], why["PolicyType"]) == ("ImplicitDeny", "AccountLevelIdentityBasedPolicy")

    error = refused(cast.session.vpc.delete_vpc, vpc_models.DeleteVpcRequest(region_id=REGION, vpc_id=cast.vpc))
    assert (error.status_code, error.code) == (403, "Forbidden.RAM")
    assert error.access_denied_detail["AuthAction"] == "vpc:DeleteVpc"
    assert vpc_status(cast, cast.vpc) == "Available"


def test_alice_herself_is_nobody_at_a(cast):
    request = ecs_models.StopInstanceRequest(instance_id=cast.instances[0])
    error = refused(cast.alice.ecs.stop_instance, request)
    assert (error.status_code, error.code) == (403, "Forbidden.RAM")
    # An owner may do anything in the own account, where there is no such instance.
    error = refused(cast.b.ecs.stop_instance, request)
    assert (error.status_code, error.code) == (404, "InvalidInstanceId.NotFound")
    assert statuses(cast.a)[cast.instances[0]] == "Running"


def test_users_come_in_pages(cast):
    names = ["bob", "carol", "dave", "erin"]
    for name in names:
        cast.b.ram.create_user(ram_models.CreateUserRequest(user_name=name))
    seen, marker = [], None
    while True:
        page = cast.b.ram.list_users(ram_models.ListUsersRequest(max_items=2, marker=marker)).body
        seen.append([user.user_name for user in page.users.user])
        if not page.is_truncated:
            break
        marker = page.marker
    assert seen == [["alice", "bob"], ["carol", "dave"], ["erin"]]


# -------------------------------------------------------------------- B, or A, takes it back


def test_b_takes_the_permission_back_and_the_live_session_is_refused_at_its_next_request(cast):
    cast.b.ram.detach_policy_from_user(
        ram_models.DetachPolicyFromUserRequest(
            policy_type="System", policy_name="AliyunSTSAssumeRoleAccess", user_name="alice"
        )
    )
    error = refused(statuses, cast.session)
    assert (error.status_code, error.code) == (403, "InvalidSecurityToken.Revoked")

    permit_alice(cast)
    assert set(statuses(cast.session)) == set(cast.instances)


def test_a_stops_trusting_b_and_the_live_session_is_refused_at_its_next_request(cast):
    set_trust(cast, trust())
    error = refused(statuses, cast.session)
    assert (error.status_code, error.code) == (403, "InvalidSecurityToken.Revoked")
    error = refused(cast.session.sts.get_caller_identity)
    assert (error.status_code, error.code) == (403, "InvalidSecurityToken.Revoked")

    error = refused(assume_role, cast.alice)
    assert (error.status_code, error.code) == (403, "NoPermission")


def test_restored_trust_lets_the_session_go_on(cast):
    set_trust(cast, trust("acs:ram::12345678:root"))
    assert set(statuses(cast.session)) == set(cast.instances)
    assert assume_role(cast.alice).credentials.security_token


def set_trust(cast, document):
    cast.a.ram.update_role(
        ram_models.UpdateRoleRequest(role_name="ecs-admin", new_assume_role_policy_document=document)
    )


def test_a_role_is_deleted_only_without_policies(cast):
    error = refused(cast.a.ram.delete_role, ram_models.DeleteRoleRequest(role_name="ecs-admin"))
    assert (error.status_code, error.code) == (409, "DeleteConflict.Role.Policy")


def test_without_the_policy_the_session_may_do_nothing(cast):
    cast.a.ram.detach_policy_from_role(
        ram_models.DetachPolicyFromRoleRequest(
            policy_type="System", policy_name="AliyunECSFullAccess", role_name="ecs-admin"
        )
    )
    error = refused(cast.session.ecs.stop_instance, ecs_models.StopInstanceRequest(instance_id=cast.instances[0]))
    assert (error.status_code, error.code) == (403, "Forbidden.RAM")
    assert error.access_denied_detail["AuthAction"] == "ecs:StopInstance"
    assert cast.session.sts.get_caller_identity().body.account_id == "11223344"


def test_a_deletes_the_role_and_the_session_ends_with_it(cast):
    cast.a.ram.delete_role(ram_models.DeleteRoleRequest(role_name="ecs-admin"))
    error = refused(cast.session.sts.get_caller_identity)
    assert (error.status_code, error.code) == (400, "InvalidSecurityToken.Malformed")
    error = refused(cast.a.ram.get_role, ram_models.GetRoleRequest(role_name="ecs-admin"))
    assert (error.status_code, error.code) == (404, "EntityNotExist.Role")
    error = refused(assume_role, cast.alice)
    assert (error.status_code, error.code) == (404, "EntityNotExist.Role")
    assert statuses(cast.a) == dict.fromkeys(cast.instances, "Running")
