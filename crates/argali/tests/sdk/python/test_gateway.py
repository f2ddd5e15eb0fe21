"""The program that the Developer page shows to gateways and AuthZEN clients: it says what Argali says, and no otherwise."""

import json
import pathlib
import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer

import pytest
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_tea_openapi.client import Client
from conftest import Key
from roles import config

PROGRAM = pathlib.Path(__file__).parents[4] / "argali-console/src/page/developer/gateway.py"
STOP, WEB = "ecs:StopInstance", "acs:ecs:*:11223344:instance/i-web"


def shown(story):
    program = PROGRAM.read_text().replace("{host}", story.endpoint).replace("{protocol}", "HTTP")
    names = {"__name__": "gateway"}
    exec(compile(program, str(PROGRAM), "exec"), names)
    return names


def serve(story, key):
    server = ThreadingHTTPServer(("127.0.0.1", 0), shown(story)["gate"](Client(config(story, key))))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def gate(story):
    """The program, with a key whose user may ask and nothing else; and alice, who may do everything with ECS."""
    ram = Ram(config(story, story.company_a))
    for name in ("alice", "gateway", "stranger"):
        ram.create_user(ram_models.CreateUserRequest(user_name=name))
    ask = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "argali:TestAccess", "Resource": "*"}]}
    ram.create_policy(ram_models.CreatePolicyRequest(policy_name="ask", policy_document=json.dumps(ask)))
    for user, policy, kind in (("gateway", "ask", "Custom"), ("alice", "AliyunECSFullAccess", "System")):
        grant = ram_models.AttachPolicyToUserRequest(user_name=user, policy_name=policy, policy_type=kind)
        ram.attach_policy_to_user(grant)

    def key(user):
        made = ram.create_access_key(ram_models.CreateAccessKeyRequest(user_name=user)).body.access_key
        return Key(made.access_key_id, made.access_key_secret)

    servers = serve(story, key("gateway")), serve(story, key("stranger"))
    yield servers[0][1], servers[1][1], ram
    for server, _ in servers:
        server.shutdown()


def status(url, headers):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
    except urllib.error.HTTPError as refused:
        return refused.code


def passes(url, principal, action=STOP, resource=WEB):
    return status(f"{url}/", {"X-Principal": principal, "X-Action": action, "X-Resource": resource})


def evaluate(url, question):
    body = json.dumps(question).encode()
    try:
        answer = urllib.request.urlopen(urllib.request.Request(f"{url}/access/v1/evaluation", data=body))
    except urllib.error.HTTPError as refused:
        return refused.code
    return json.loads(answer.read())


def test_what_a_gateway_asks_is_what_argali_says(gate):
    url, _, ram = gate
    assert passes(url, "user/alice") == 204
    assert passes(url, "user/stranger") == 403
    assert passes(url, "user/nobody-here") == 403
    assert passes(url, "user/alice", action="ram:CreateUser", resource="*") == 403
    assert status(f"{url}/", {}) == 403, "who names nobody is let through by nothing"
    gone = ram_models.DetachPolicyFromUserRequest(
        user_name="alice", policy_name="AliyunECSFullAccess", policy_type="System"
    )
    ram.detach_policy_from_user(gone)
    assert passes(url, "user/alice") == 403, "at once"
    again = ram_models.AttachPolicyToUserRequest(
        user_name="alice", policy_name="AliyunECSFullAccess", policy_type="System"
    )
    ram.attach_policy_to_user(again)


def test_evaluations_of_authzen(gate):
    url, _, _ = gate
    question = {
        "subject": {"type": "user", "id": "alice"},
        "action": {"name": STOP},
        "resource": {"type": "arn", "id": WEB},
    }
    assert evaluate(url, question) == {"decision": True}
    assert evaluate(url, question | {"subject": {"type": "user", "id": "stranger"}}) == {"decision": False}
    assert evaluate(url, {"subject": "alice"}) == 400
    assert evaluate(url, []) == 400


def test_who_may_not_ask_is_told_no(gate):
    _, of_stranger, _ = gate
    assert passes(of_stranger, "user/alice") == 403
