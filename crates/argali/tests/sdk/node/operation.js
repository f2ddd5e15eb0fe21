// Calls operations with the tea SDKs as it is told, one a line, in JSON.
//
// A line says who calls what: {"product", "action", "params", "key", "endpoint"}. The answer is the SDK's: the body that
// it decoded, or the code and status that it threw.
'use strict';

const readline = require('node:readline');
const { Config } = require('@alicloud/openapi-core').$OpenApiUtil;

const PACKAGES = {
  Ram: '@alicloud/ram20150501',
  Sts: '@alicloud/sts20150401',
  Ims: '@alicloud/ims20190815',
  ResourceManager: '@alicloud/resourcemanager20200331',
  Ecs: '@alicloud/ecs20140526',
  Vpc: '@alicloud/vpc20160428',
  Rds: '@alicloud/rds20140815',
};

/** The SDK writes names in its own way: `createOIDCProvider`, `bindMFADevice`. */
const found = (names, wanted) => names.find((name) => name.toLowerCase() === wanted.toLowerCase());

const methodsOf = (object) => {
  const names = [];
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
};

/** `Tag.1.Key` and the like as the SDK takes them: lists and objects. */
function nested(params) {
  const tree = {};
  for (const [name, value] of Object.entries(params)) {
    const path = name.split('.');
    const last = path.pop();
    let place = tree;
    for (const part of path) place = place[part] ??= {};
    place[last] = value;
  }
  return lists(tree);
}

function lists(tree) {
  if (typeof tree !== 'object') return tree;
  const keys = Object.keys(tree);
  if (keys.length && keys.every((key) => /^\d+$/.test(key))) {
    return keys.sort((a, b) => a - b).map((key) => lists(tree[key]));
  }
  return Object.fromEntries(keys.map((key) => [key, lists(tree[key])]));
}

/** Wire names as the names of a model's fields, all the way down. */
function fields(model, value) {
  const byWire = Object.fromEntries(Object.entries(model.names()).map(([field, wire]) => [wire, field]));
  const types = model.types();
  return Object.fromEntries(Object.entries(value).map(([wire, part]) => {
    const field = byWire[wire];
    if (!field) throw new Error(`${model.name} of the SDK has no ${wire}`);
    const type = types[field];
    if (Array.isArray(part) && type?.itemType?.names) {
      return [field, part.map((item) => new type.itemType(fields(type.itemType, item)))];
    }
    return [field, part];
  }));
}

function requestOf(sdk, action, params) {
  const kind = found(Object.keys(sdk), `${action}Request`);
  if (!kind) {
    if (Object.keys(params).length) throw new Error(`${action} has no request in the SDK`);
    return undefined;
  }
  const shrunk = found(Object.keys(sdk), `${action}ShrinkRequest`);
  const texts = shrunk ? Object.keys(sdk[shrunk].names()) : [];
  const wanted = Object.fromEntries(Object.entries(nested(params)).map(([name, value]) => (
    [name, found(texts, `${name}Shrink`) ? JSON.parse(value) : value]
  )));
  return new sdk[kind](fields(sdk[kind], wanted));
}

async function call({ product, action, params, key, endpoint }) {
  const sdk = require(PACKAGES[product]);
  const client = new sdk.default(new Config({
    accessKeyId: key.id, accessKeySecret: key.secret, securityToken: key.token,
    endpoint, protocol: 'HTTP', regionId: 'cn-hangzhou',
  }));
  const method = found(methodsOf(client), action);
  const request = requestOf(sdk, action, params);
  try {
    const { body } = await (request ? client[method](request) : client[method]());
    return { body: body.toMap() };
  } catch (error) {
    if (!error.code) throw error;
    return { code: error.code, status: error.statusCode };
  }
}

(async () => {
  for await (const text of readline.createInterface({ input: process.stdin })) {
    const answer = await call(JSON.parse(text)).catch((error) => ({ broken: String(error.stack ?? error) }));
    console.log(JSON.stringify(answer));
  }
})();
