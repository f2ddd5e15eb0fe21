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
    style: str
    company_a: Key
    company_b: Key


@pytest.fixture(scope="session")
def story():
    told = json.loads(os.environ["ARGALI_STORY"])

    def owner(account):
        return Key(account["AccessKeyId"], account["AccessKeySecret"])

    return Story(told["endpoint"], told["style"], owner(told["company_a"]), owner(told["company_b"]))


def wait_until(reached, seconds=30):
    """Asks again until `reached()` is true, as every client of a cloud does: an instance takes a moment to start."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.1)
