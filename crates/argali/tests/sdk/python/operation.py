"""Calls operations with the tea SDKs (alibabacloud_*) as it is told, one a line, in JSON.

A line says who calls what: {"product", "action", "params", "key", "endpoint"}; with "explain" a refusal tells what was
denied. The answer is the SDK's: the body that
it decoded, or the code and status that it raised.
"""

import importlib
import json
import sys

import object_storage
from alibabacloud_tea_openapi.client import Client as AnyClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

PACKAGES = {
    "Ram": "alibabacloud_ram20150501",
    "Sts": "alibabacloud_sts20150401",
    "Ims": "alibabacloud_ims20190815",
    "ResourceManager": "alibabacloud_resourcemanager20200331",
    "Actiontrail": "alibabacloud_actiontrail20200706",
    "Ecs": "alibabacloud_ecs20140526",
    "Vpc": "alibabacloud_vpc20160428",
    "Slb": "alibabacloud_slb20140515",
    "Rds": "alibabacloud_rds20140815",
}

# Products that have no package of their own are called by the client that all packages share.
VERSIONS = {"SOFA": "2026-11-15"}


def found(names, wanted):
    """The SDK breaks names into words in its own way: `create_oidcprovider`."""
    return next((name for name in names if name.replace("_", "").lower() == wanted.lower()), None)


def nested(params):
    """`Tag.1.Key` and the like as the SDK takes them: lists and objects."""
    tree = {}
    for name, value in params.items():
        *path, last = name.split(".")
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return lists(tree)


def lists(tree):
    if not isinstance(tree, dict):
        return tree
    if tree and all(key.isdigit() for key in tree):
        return [lists(tree[key]) for key in sorted(tree, key=int)]
    return {key: lists(value) for key, value in tree.items()}


def request_of(models, action, params):
    """The SDK's own request. Some parameters are JSON text on the wire and objects in the SDK."""
    kind = found(dir(models), action + "Request")
    if kind is None:
        assert not params, f"{action} has no request in the SDK"
        return None
    wanted = nested(params)
    shrunk = found(dir(models), action + "ShrinkRequest")
    texts = vars(getattr(models, shrunk)()) if shrunk else {}
    wanted = {name: json.loads(value) if found(texts, name + "Shrink") else value for name, value in wanted.items()}
    request = getattr(models, kind)().from_map(wanted)
    sent = request.to_map()
    lost = {name for name in wanted if sent.get(name) is None}
    assert not lost, f"{action} of the SDK has no {lost}"
    return request


def by_package(line, config):
    """Calls with the product's own package."""
    package = PACKAGES[line["product"]]
    models = importlib.import_module(package + ".models")
    client = importlib.import_module(package + ".client").Client(config)
    method = getattr(client, found(dir(client), line["action"]))
    request = request_of(models, line["action"], line["params"])
    return lambda: (method(request) if request is not None else method()).body.to_map()


def by_any_client(line, config):
    """Calls with the client that all packages share."""
    params = Params(
        action=line["action"],
        version=VERSIONS[line["product"]],
        protocol="HTTP",
        method="POST",
        auth_type="AK",
        style="RPC",
        pathname="/",
        req_body_type="formData",
        body_type="json",
    )
    request = OpenApiRequest(query=line["params"])
    return lambda: AnyClient(config).call_api(params, request, RuntimeOptions())["body"]


def call(line):
    if line["product"] == "Oss":
        return object_storage.call(line)
    key = line["key"]
    config = Config(
        access_key_id=key["id"],
        access_key_secret=key["secret"],
        security_token=key.get("token"),
        endpoint=line["endpoint"],
        protocol="HTTP",
        region_id="cn-hangzhou",
    )
    calls = by_package if line["product"] in PACKAGES else by_any_client
    send = calls(line, config)
    try:
        return {"body": send()}
    except ClientException as error:
        raised = {"code": error.code, "status": error.status_code}
        if line.get("explain"):
            raised["denied"] = (getattr(error, "access_denied_detail", None) or {}).get("AuthAction")
        return raised


for text in sys.stdin:
    try:
        answer = call(json.loads(text))
    except Exception as error:
        answer = {"broken": repr(error)}
    print(json.dumps(answer), flush=True)
