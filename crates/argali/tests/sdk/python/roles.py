"""Roles of company-a that company-b's alice assumes, whatever they may do."""

import json

from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401 import models as sts_models
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.utils_models import Config
from conftest import Key

TRUST = {
    "Version": "1",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": ["acs:ram::12345678:root"]}}
    ],
}


def config(story, key):
    return Config(access_key_id=key.id, access_key_secret=key.secret, endpoint=story.endpoint, protocol="HTTP")


def set_up(story, roles):
    """Makes the roles and alice, and returns alice's key. A role's policy is one of the system, by name, or a document."""
    a, b = Ram(config(story, story.company_a)), Ram(config(story, story.company_b))
    for role, policy in roles.items():
        a.create_role(ram_models.CreateRoleRequest(role_name=role, assume_role_policy_document=json.dumps(TRUST)))
        kind, name = "System", policy
        if not isinstance(policy, str):
            kind, name = "Custom", role
            a.create_policy(ram_models.CreatePolicyRequest(policy_name=name, policy_document=json.dumps(policy)))
        a.attach_policy_to_role(
            ram_models.AttachPolicyToRoleRequest(policy_type=kind, policy_name=name, role_name=role)
        )
    b.create_user(ram_models.CreateUserRequest(user_name="alice"))
    b.attach_policy_to_user(
        ram_models.AttachPolicyToUserRequest(
            policy_type="System", policy_name="AliyunSTSAssumeRoleAccess", user_name="alice"
        )
    )
    key = b.create_access_key(ram_models.CreateAccessKeyRequest(user_name="alice")).body.access_key
    return Key(key.access_key_id, key.access_key_secret)


def assume(story, key, role):
    """The key of a session of one of the roles."""
    request = sts_models.AssumeRoleRequest(role_arn=f"acs:ram::11223344:role/{role}", role_session_name="alice")
    got = Sts(config(story, key)).assume_role(request).body.credentials
    return Key(got.access_key_id, got.access_key_secret, got.security_token)
