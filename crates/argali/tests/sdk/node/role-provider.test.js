// The credential provider of @alicloud/credentials that assumes a role. It speaks https to STS and nothing else; it is
// told where STS is, and by NODE_EXTRA_CA_CERTS whom to trust.
'use strict';

const assert = require('node:assert/strict');
const { default: Credentials, Config: CredentialsConfig } = require('@alicloud/credentials');
const { Config } = require('@alicloud/openapi-core').$OpenApiUtil;
const ram = require('@alicloud/ram20150501');
const ecs = require('@alicloud/ecs20140526');
const story = require('./story');

const { REGION, ROLE_ARN, trust } = story;

/** What an application configures, and nothing more. */
const provider = ({ id, secret }) => new Credentials(new CredentialsConfig({
  type: 'ram_role_arn',
  accessKeyId: id,
  accessKeySecret: secret,
  roleArn: ROLE_ARN,
  roleSessionName: 'alice',
  stsEndpoint: story.httpsEndpoint,
}));

const owner = ({ id, secret }) => new ram.default(new Config({
  accessKeyId: id, accessKeySecret: secret, endpoint: story.httpsEndpoint, protocol: 'HTTPS', regionId: REGION,
}));

async function regions(credential) {
  const client = new ecs.default(new Config({
    credential, endpoint: story.httpsEndpoint, protocol: 'HTTPS', regionId: REGION,
  }));
  const { body } = await client.describeRegions(new ecs.DescribeRegionsRequest({}));
  return body.regions.region.map((region) => region.regionId);
}

const A = owner(story.a);
const B = owner(story.b);
let alice;

story.chapters('Node role provider', {
  async 'A makes a role that trusts B, and B makes alice'() {
    await A.createRole(new ram.CreateRoleRequest({
      roleName: 'ecs-admin', assumeRolePolicyDocument: trust('acs:ram::12345678:root'),
    }));
    await A.attachPolicyToRole(new ram.AttachPolicyToRoleRequest({
      policyType: 'System', policyName: 'AliyunECSFullAccess', roleName: 'ecs-admin',
    }));
    await B.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    const { accessKey } = (await B.createAccessKey(new ram.CreateAccessKeyRequest({ userName: 'alice' }))).body;
    alice = { id: accessKey.accessKeyId, secret: accessKey.accessKeySecret };
  },

  async 'a wrong secret, and a caller without permission, are refused'() {
    await assert.rejects(provider({ ...alice, secret: 'x'.repeat(30) }).getCredential(), /secret is invalid/);
    await assert.rejects(provider(alice).getCredential(), /NoPermission/);
  },

  async 'alice works with what the provider got'() {
    await B.attachPolicyToUser(new ram.AttachPolicyToUserRequest({
      policyType: 'System', policyName: 'AliyunSTSAssumeRoleAccess', userName: 'alice',
    }));
    const credential = provider(alice);
    const got = await credential.getCredential();
    assert.match(got.accessKeyId, /^STS\./);
    assert.ok(got.securityToken);
    assert.ok((await regions(credential)).includes(REGION));
  },

  async 'revoked means revoked, though the provider still believes in its credentials'() {
    const credential = provider(alice);
    await regions(credential);
    await A.updateRole(new ram.UpdateRoleRequest({
      roleName: 'ecs-admin', newAssumeRolePolicyDocument: trust(),
    }));
    await assert.rejects(regions(credential), { code: 'InvalidSecurityToken.Revoked' });
  },
});
