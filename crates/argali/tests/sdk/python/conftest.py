"""What every script of the story needs: the server, the two enterprises, and patience."""

import json
import os
import time
from dataclasses import dataclass

import pytest


@dataclass
class Key:
    """What a caller signs with."""

    id: str
    secret: str
    token: str | None = None


@dataclass
class Story:
    """What is there before the story begins."""

    endpoint: str
    https_endpoint: str | None
    style: str
    company_a: Key
    company_b: Key


def told():
    """The story as it was handed over."""
    told = json.loads(os.environ["ARGALI_STORY"])

    def owner(account):
        return Key(account["AccessKeyId"], account["AccessKeySecret"])

    endpoints = told["endpoint"], told["https_endpoint"]
    return Story(*endpoints, told["style"], owner(told["company_a"]), owner(told["company_b"]))


@pytest.fixture(scope="session")
def story():
    return told()


def wait_until(reached, seconds=30):
    """Asks again until `reached()` is true, as every client of a cloud does: an instance takes a moment to start."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.1)
