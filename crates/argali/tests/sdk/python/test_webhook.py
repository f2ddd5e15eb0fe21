"""A receiver of webhooks, with the very program that docs/webhooks.md shows: it believes what came from the server, and
nothing else."""

import json
import pathlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
from conftest import wait_until
from darabonba.runtime import RuntimeOptions
from roles import config

DOCUMENT = pathlib.Path(__file__).parents[5] / "docs" / "webhooks.md"


def shown():
    """The program in the document."""
    program = DOCUMENT.read_text().split("```python\n")[1].split("```")[0]
    names = {}
    exec(compile(program, str(DOCUMENT), "exec"), names)
    return names


@pytest.fixture(scope="module")
def messages():
    """What comes, as headers and bytes; and where."""
    came = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((dict(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield came, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def call(story, product_version, action, **query):
    params = Params(
        action=action,
        version=product_version,
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    client = Client(config(story, story.company_a))
    return client.call_api(params, OpenApiRequest(query=query), RuntimeOptions())["body"]


def test_what_the_document_shows_verifies_what_comes(story, messages):
    came, url = messages
    made = call(story, "2026-12-01", "CreateWebhook", WebhookName="Alarm", Url=url, AuthActions="ram:*")
    call(story, "2015-05-01", "CreateUser", UserName="told")
    wait_until(lambda: came)
    program = shown()
    events, verified = program["events"], program["verified"]
    headers, body = came[0]
    secret = made["Secret"]
    assert verified(secret, headers, body)
    told = [event["event"] for event in events(secret, headers, body, set())]
    assert ("CreateUser", "told") in [(e["eventName"], e["requestParameters"].get("UserName")) for e in told]
    assert json.loads(body)["webhookId"] == made["Webhook"]["WebhookId"]
    # What came twice counts once.
    seen = set()
    assert len(list(events(secret, headers, body, seen))) == len(told)
    assert list(events(secret, headers, body, seen)) == []
    # Nobody else's word is taken, nor is one of yesterday.
    names = {name.lower(): name for name in headers}
    time = names["webhook-timestamp"]
    old = str(int(headers[time]) - 600)
    other = secret[:-5] + ("A" if secret[-5] != "A" else "B") + secret[-4:]
    for secret_of, headers_of, body_of in [
        (other, headers, body),
        (secret, headers, body + b" "),
        (secret, {**headers, time: old}, body),
        (secret, {**headers, names["webhook-id"]: "msg-other"}, body),
        (secret, {**headers, names["webhook-signature"]: "v1,AAAA"}, body),
    ]:
        assert not verified(secret_of, headers_of, body_of)
        with pytest.raises(ValueError):
            list(events(secret_of, headers_of, body_of, set()))
