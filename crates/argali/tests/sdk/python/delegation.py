"""A role of company A that alice of company B may assume, made over plain HTTP with the tea SDKs."""

import json

from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_tea_openapi.utils_models import Config
from conftest import Key

REGION = "cn-hangzhou"
ROLE_ARN = "acs:ram::11223344:role/ecs-admin"


def trust(*principals):
    """A trust policy that lets these principals assume the role."""
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": list(principals)}}
    return json.dumps({"Statement": [statement], "Version": "1"})


class Delegation:
    """Who acts: the owners, and alice's key."""

    def __init__(self, story):
        def owner(key):
            return Ram(
                Config(
                    access_key_id=key.id,
                    access_key_secret=key.secret,
                    endpoint=story.endpoint,
                    protocol="HTTP",
                )
            )

        self.a, self.b = owner(story.company_a), owner(story.company_b)
        self.a.create_role(
            ram_models.CreateRoleRequest(
                role_name="ecs-admin", assume_role_policy_document=trust("acs:ram::12345678:root")
            )
        )
        self.a.attach_policy_to_role(
            ram_models.AttachPolicyToRoleRequest("AliyunECSFullAccess", "System", role_name="ecs-admin")
        )
        self.b.create_user(ram_models.CreateUserRequest(user_name="alice"))
        made = self.b.create_access_key(ram_models.CreateAccessKeyRequest(user_name="alice")).body.access_key
        self.alice = Key(made.access_key_id, made.access_key_secret)
        self.b.attach_policy_to_user(
            ram_models.AttachPolicyToUserRequest("AliyunSTSAssumeRoleAccess", "System", user_name="alice")
        )

    def revoke(self):
        """A stops trusting B."""
        self.a.update_role(
            ram_models.UpdateRoleRequest(role_name="ecs-admin", new_assume_role_policy_document=trust())
        )
