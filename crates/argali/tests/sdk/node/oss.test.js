// Object storage across accounts, with ali-oss. On an endpoint that is an address it names the bucket in the Host header.
'use strict';

const assert = require('node:assert/strict');
const OSS = require('ali-oss');
const { Config } = require('@alicloud/openapi-core').$OpenApiUtil;
const ram = require('@alicloud/ram20150501');
const sts = require('@alicloud/sts20150401');
const story = require('./story');

const BUCKET = 'company-a-logs';
const V4 = story.style === 'v4';

const config = ({ id, secret }) => new Config({
  accessKeyId: id, accessKeySecret: secret, endpoint: story.endpoint, protocol: 'HTTP', regionId: story.REGION,
});

const client = ({ id, secret, token }, bucket = BUCKET) => new OSS({
  accessKeyId: id, accessKeySecret: secret, stsToken: token, endpoint: `http://${story.ossEndpoint}`,
  region: `oss-${story.REGION}`, bucket, authorizationV4: V4, secure: false,
});

async function assume(key, role) {
  const request = new sts.AssumeRoleRequest({ roleArn: `acs:ram::11223344:role/${role}`, roleSessionName: 'alice' });
  const { credentials } = (await new sts.default(config(key)).assumeRole(request)).body;
  return client({ id: credentials.accessKeyId, secret: credentials.accessKeySecret, token: credentials.securityToken });
}

let full;
let reader;

story.chapters(`ali-oss, ${story.style}`, {
  async 'A makes a bucket and two roles, which alice of B assumes'() {
    await client(story.a).putBucket(BUCKET);
    const [A, B] = [story.a, story.b].map((key) => new ram.default(config(key)));
    for (const [roleName, policyName] of [['full', 'AliyunOSSFullAccess'], ['reader', 'AliyunOSSReadOnlyAccess']]) {
      const assumeRolePolicyDocument = story.trust('acs:ram::12345678:root');
      await A.createRole(new ram.CreateRoleRequest({ roleName, assumeRolePolicyDocument }));
      await A.attachPolicyToRole(new ram.AttachPolicyToRoleRequest({ policyType: 'System', policyName, roleName }));
    }
    await B.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    await B.attachPolicyToUser(new ram.AttachPolicyToUserRequest({
      policyType: 'System', policyName: 'AliyunSTSAssumeRoleAccess', userName: 'alice',
    }));
    const { accessKey } = (await B.createAccessKey(new ram.CreateAccessKeyRequest({ userName: 'alice' }))).body;
    const alice = { id: accessKey.accessKeyId, secret: accessKey.accessKeySecret };
    full = await assume(alice, 'full');
    reader = await assume(alice, 'reader');
  },

  async 'objects are stored, read and listed'() {
    await full.put('dir/运维 1+.txt', Buffer.from('0123456789'), { meta: { author: 'alice' } });
    const { content } = await reader.get('dir/运维 1+.txt');
    assert.equal(content.toString(), '0123456789');
    const part = await reader.get('dir/运维 1+.txt', { headers: { Range: 'bytes=2-4' } });
    assert.equal(part.content.toString(), '234');
    assert.deepEqual((await reader.head('dir/运维 1+.txt')).meta, { author: 'alice' });
    assert.deepEqual((await reader.listV2({ prefix: 'dir/' })).objects.map(({ name }) => name), ['dir/运维 1+.txt']);
    assert.deepEqual((await full.listBuckets()).buckets.map(({ name }) => name), [BUCKET]);
  },

  async 'a reader writes nothing'() {
    await assert.rejects(reader.put('b', Buffer.from('x')), { code: 'AccessDenied', status: 403 });
    await assert.rejects(reader.delete('dir/运维 1+.txt'), { code: 'AccessDenied' });
    await assert.rejects(reader.get('absent'), { code: 'NoSuchKey', status: 404 });
  },

  async 'parts, copies, links, and many deleted at once'() {
    const large = Buffer.alloc(300_000, 7);
    await full.multipartUpload('made', large, { partSize: 102_400, parallel: 2 });
    assert.deepEqual((await reader.get('made')).content, large);
    await full.copy('copied', 'made');
    assert.equal((await reader.head('copied')).res.headers['content-length'], '300000');
    const { deleted } = await full.deleteMulti(['made', 'copied']);
    assert.deepEqual(deleted.map((found) => found.Key ?? found).sort(), ['copied', 'made']);
  },
});
