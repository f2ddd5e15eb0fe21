"""May somebody do something? Asked by gateways before they let a request through, and by AuthZEN clients.

It runs beside them, asks Argali each time, and says no whenever Argali cannot be asked. Its own credentials, from the
environment, need permission for argali:TestAccess and nothing else.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

TEST_ACCESS = Params(
    action="TestAccess",
    version="2026-12-01",
    protocol="{protocol}",
    pathname="/",
    method="POST",
    auth_type="AK",
    style="RPC",
    req_body_type="formData",
    body_type="json",
)


def allows(argali, principal, action, resource):
    """Whether `user/alice`, or `role/ops`, may do `ecs:StopInstance` on a resource, which is an ARN."""
    question = {"AuthPrincipal": principal, "AuthAction": action, "AuthResource": resource}
    try:
        return argali.call_api(TEST_ACCESS, OpenApiRequest(query=question), RuntimeOptions())["body"]["Allowed"] is True
    except Exception as error:
        print(f"refused, because it could not be asked: {error}")
        return False


def gate(argali):
    class Gate(BaseHTTPRequestHandler):
        def do_GET(self):
            """A gateway asks, which has found out who came: 204 lets the request through, 403 does not."""
            names = ("X-Principal", "X-Action", "X-Resource")
            is_allowed = allows(argali, *(self.headers.get(name, "") for name in names))
            self.send_response(204 if is_allowed else 403)
            self.end_headers()

        def do_POST(self):
            """An AuthZEN client asks: POST /access/v1/evaluation."""
            try:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                subject, action, resource = asked["subject"], asked["action"]["name"], asked["resource"]["id"]
                principal = f"{subject['type']}/{subject['id']}"
            except (KeyError, TypeError, ValueError):
                return self.send_error(400, "an evaluation has a subject, an action and a resource")
            answer = json.dumps({"decision": allows(argali, principal, action, resource)}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    return Gate


if __name__ == "__main__":
    argali = Client(Config(credential=Credentials(), endpoint="{host}", protocol="{protocol}"))
    ThreadingHTTPServer(("127.0.0.1", 9000), gate(argali)).serve_forever()
