"""Events of a trail in its bucket, read with oss2 by sessions of roles: each is there once, whoever was killed at it."""

import collections
import gzip
import json
import os
import pathlib

import oss2
import pytest
import roles
from conftest import wait_until
from delegation_oss import ENDPOINT

BUCKET = "company-a-events"

# The ids of all calls that were answered by servers that were then killed.
ACKNOWLEDGED = set(json.loads(pathlib.Path(os.environ["HOME"], "acknowledged.json").read_text()))

# Reads the events, and nothing beside them.
READS_EVENTS = {
    "Version": "1",
    "Statement": [
        {"Effect": "Allow", "Action": "oss:ListObjects", "Resource": f"acs:oss:*:*:{BUCKET}"},
        {"Effect": "Allow", "Action": "oss:GetObject", "Resource": f"acs:oss:*:*:{BUCKET}/AliyunLogs/*"},
    ],
}


@pytest.fixture(scope="module")
def buckets(story):
    """The bucket as an auditor's session sees it, and as one that may do nothing in it does."""
    alice = roles.set_up(story, {"auditor": READS_EVENTS, "stranger": "AliyunECSReadOnlyAccess"})

    def bucket(role):
        key = roles.assume(story, alice, role)
        auth = oss2.StsAuth(key.id, key.secret, key.token, auth_version=oss2.AUTH_VERSION_4)
        return oss2.Bucket(auth, f"http://{ENDPOINT}", BUCKET, region="cn-hangzhou")

    return bucket("auditor"), bucket("stranger")


def files(bucket):
    return [found.key for found in oss2.ObjectIteratorV2(bucket, prefix="AliyunLogs/Actiontrail/")]


def events(bucket, key):
    return json.loads(gzip.decompress(bucket.get_object(key).read()))


def test_who_may_not_reads_no_events(buckets):
    auditor, stranger = buckets
    wait_until(lambda: files(auditor))
    for read in [lambda: files(stranger), lambda: stranger.get_object(files(auditor)[0])]:
        with pytest.raises(oss2.exceptions.AccessDenied):
            read()
    with pytest.raises(oss2.exceptions.AccessDenied):
        auditor.delete_object(files(auditor)[0])


def test_every_event_is_there_once(buckets):
    auditor, _ = buckets
    read = {}

    def all_are_there():
        for key in files(auditor):
            if key not in read:
                read[key] = events(auditor, key)
        return ACKNOWLEDGED <= {event["eventId"] for found in read.values() for event in found}

    wait_until(all_are_there, seconds=60)
    times = collections.Counter(event["eventId"] for found in read.values() for event in found)
    assert {id: count for id, count in times.items() if count > 1} == {}
    assert len(ACKNOWLEDGED) > 6_000 and len(read) > 6
    # A file's name says how many events it has.
    for key, found in read.items():
        assert key.split("/")[-1].split("_")[4] == str(len(found)), key
