"""Two roles of company-a that company-b's alice assumes: one for all of object storage, one for reading."""

import json
import os

import roles
from roles import assume

__all__ = ["BUCKET", "ENDPOINT", "POLICY_OF_EVERYBODY", "assume", "set_up"]

ENDPOINT = json.loads(os.environ["ARGALI_STORY"])["oss_endpoint"]
BUCKET = "company-a-logs"

# Lets everybody read what lies under `public/`.
POLICY_OF_EVERYBODY = {
    "Version": "1",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["oss:GetObject"],
            "Principal": ["*"],
            "Resource": [f"acs:oss:*:11223344:{BUCKET}/public/*"],
        }
    ],
}


def set_up(story):
    """Makes the roles and alice, and returns alice's key."""
    return roles.set_up(story, {"oss-admin": "AliyunOSSFullAccess", "oss-reader": "AliyunOSSReadOnlyAccess"})
