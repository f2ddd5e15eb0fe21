// Enterprise A lets Enterprise B work on its ECS instances, and takes it back: with the tea SDKs, whose requests are
// signed with V3. Only the endpoint is Argali's.
'use strict';

const assert = require('node:assert/strict');
const { Config } = require('@alicloud/openapi-core').$OpenApiUtil;
const ram = require('@alicloud/ram20150501');
const sts = require('@alicloud/sts20150401');
const ecs = require('@alicloud/ecs20140526');
const vpc = require('@alicloud/vpc20160428');
const story = require('./story');

const { REGION, ROLE_ARN, trust, waitUntil } = story;

/** The SDK's clients, all with one key. */
function caller({ id, secret, token }) {
  const config = () => new Config({
    accessKeyId: id,
    accessKeySecret: secret,
    securityToken: token,
    endpoint: story.endpoint,
    protocol: 'HTTP',
    regionId: REGION,
    signatureAlgorithm: story.style,
  });
  return {
    ram: new ram.default(config()),
    sts: new sts.default(config()),
    ecs: new ecs.default(config()),
    vpc: new vpc.default(config()),
  };
}

/** What the SDK throws, after checking that it says what any refusal must say. */
async function refused(call) {
  const error = await call.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.ok(error.code, `${error}`);
  assert.match(error.message, new RegExp(error.data.RequestId));
  return error;
}

async function statuses(who, filters = {}) {
  const request = new ecs.DescribeInstancesRequest({ regionId: REGION, pageSize: 100, ...filters });
  const { body } = await who.ecs.describeInstances(request);
  return Object.fromEntries(body.instances.instance.map((instance) => [instance.instanceId, instance.status]));
}

async function assumeRole(who) {
  const request = new sts.AssumeRoleRequest({ roleArn: ROLE_ARN, roleSessionName: 'alice', durationSeconds: 3600 });
  return (await who.sts.assumeRole(request)).body;
}

const whoami = async (who) => (await who.sts.getCallerIdentity()).body;

const setTrust = (document) => A.ram.updateRole(
  new ram.UpdateRoleRequest({ roleName: 'ecs-admin', newAssumeRolePolicyDocument: document }),
);

const A = caller(story.a);
const B = caller(story.b);
let alice, session, instances, roleId;

story.chapters('Node tea', {
  async 'a wrong secret is reported as such'() {
    const error = await refused(whoami(caller({ id: story.a.id, secret: 'x'.repeat(30) })));
    assert.deepEqual([error.statusCode, error.code], [400, 'SignatureDoesNotMatch']);
  },

  async 'A makes a network and two instances in it'() {
    const made = await A.vpc.createVpc(new vpc.CreateVpcRequest({ regionId: REGION, cidrBlock: '10.0.0.0/16' }));
    const { vpcId } = made.body;
    await waitUntil(async () => {
      const found = await A.vpc.describeVpcs(new vpc.DescribeVpcsRequest({ regionId: REGION, vpcId }));
      return found.body.vpcs.vpc[0].status === 'Available';
    });
    const vSwitch = await A.vpc.createVSwitch(new vpc.CreateVSwitchRequest({
      regionId: REGION, zoneId: 'cn-hangzhou-i', vpcId, cidrBlock: '10.0.1.0/24',
    }));
    const group = await A.ecs.createSecurityGroup(new ecs.CreateSecurityGroupRequest({
      regionId: REGION, vpcId, securityGroupName: 'web',
    }));
    const images = await A.ecs.describeImages(new ecs.DescribeImagesRequest({ regionId: REGION }));
    const run = await A.ecs.runInstances(new ecs.RunInstancesRequest({
      regionId: REGION,
      imageId: images.body.images.image[0].imageId,
      instanceType: 'ecs.g6.large',
      vSwitchId: vSwitch.body.vSwitchId,
      securityGroupId: group.body.securityGroupId,
      instanceName: 'web',
      amount: 2,
    }));
    instances = run.body.instanceIdSets.instanceIdSet;
    assert.equal(new Set(instances).size, 2);
    await waitUntil(async () => Object.values(await statuses(A)).every((status) => status === 'Running'));
    assert.deepEqual(await statuses(B), {});
  },

  async 'A makes a role that trusts B'() {
    const request = (document) => new ram.CreateRoleRequest({
      roleName: 'ecs-admin', assumeRolePolicyDocument: document,
    });
    let error = await refused(A.ram.createRole(request('{')));
    assert.deepEqual([error.statusCode, error.code], [400, 'MalformedPolicyDocument']);

    const { role } = (await A.ram.createRole(request(trust('acs:ram::12345678:root')))).body;
    assert.equal(role.arn, ROLE_ARN);
    roleId = role.roleId;

    error = await refused(A.ram.createRole(request(trust('acs:ram::12345678:root'))));
    assert.deepEqual([error.statusCode, error.code], [409, 'EntityAlreadyExists.Role']);
    await A.ram.attachPolicyToRole(new ram.AttachPolicyToRoleRequest({
      policyType: 'System', policyName: 'AliyunECSFullAccess', roleName: 'ecs-admin',
    }));
  },

  async 'B makes alice and lets her assume roles'() {
    await B.ram.createUser(new ram.CreateUserRequest({ userName: 'alice' }));
    const made = await B.ram.createAccessKey(new ram.CreateAccessKeyRequest({ userName: 'alice' }));
    const { accessKeyId, accessKeySecret } = made.body.accessKey;
    alice = caller({ id: accessKeyId, secret: accessKeySecret });
    assert.equal((await whoami(alice)).arn, 'acs:ram::12345678:user/alice');

    const error = await refused(assumeRole(alice));
    assert.deepEqual([error.statusCode, error.code], [403, 'NoPermission']);
    assert.equal(error.accessDeniedDetail.AuthAction, 'sts:AssumeRole');
    await B.ram.attachPolicyToUser(new ram.AttachPolicyToUserRequest({
      policyType: 'System', policyName: 'AliyunSTSAssumeRoleAccess', userName: 'alice',
    }));
  },

  async 'alice assumes the role'() {
    const error = await refused(assumeRole(B));
    assert.deepEqual([error.statusCode, error.code], [403, 'NoPermission']);

    const { credentials, assumedRoleUser } = await assumeRole(alice);
    assert.equal(assumedRoleUser.arn, `${ROLE_ARN}/alice`);
    assert.equal(assumedRoleUser.assumedRoleId, `${roleId}:alice`);
    session = caller({
      id: credentials.accessKeyId, secret: credentials.accessKeySecret, token: credentials.securityToken,
    });
    const me = await whoami(session);
    assert.equal(me.arn, 'acs:ram::11223344:assumed-role/ecs-admin/alice');
    assert.deepEqual([me.identityType, me.accountId], ['AssumedRoleUser', '11223344']);
  },

  async 'alice lists, stops and starts the instances of A'() {
    const [first] = instances;
    assert.deepEqual(Object.keys(await statuses(session)).sort(), [...instances].sort());
    await session.ecs.stopInstance(new ecs.StopInstanceRequest({ instanceId: first }));
    await waitUntil(async () => (await statuses(session))[first] === 'Stopped');
    await session.ecs.startInstance(new ecs.StartInstanceRequest({ instanceId: first }));
    await waitUntil(async () => (await statuses(session))[first] === 'Running');
  },

  async 'users come in pages'() {
    for (const userName of ['bob', 'carol']) await B.ram.createUser(new ram.CreateUserRequest({ userName }));
    const first = (await B.ram.listUsers(new ram.ListUsersRequest({ maxItems: 2 }))).body;
    assert.equal(first.isTruncated, true);
    const last = (await B.ram.listUsers(new ram.ListUsersRequest({ maxItems: 2, marker: first.marker }))).body;
    assert.equal(last.isTruncated, false);
    const names = [first, last].flatMap((page) => page.users.user.map((user) => user.userName));
    assert.deepEqual(names, ['alice', 'bob', 'carol']);
  },

  async 'alice may not do what the role does not allow'() {
    let error = await refused(session.ram.listUsers(new ram.ListUsersRequest({})));
    assert.deepEqual([error.statusCode, error.code], [403, 'NoPermission']);
    assert.equal(error.accessDeniedDetail.AuthAction, 'ram:ListUsers');
    assert.equal(error.accessDeniedDetail.AuthPrincipalDisplayName, 'ecs-admin:alice');
    assert.equal(error.accessDeniedDetail.NoPermissionType, 'ImplicitDeny');

    const request = new vpc.CreateVpcRequest({ regionId: REGION, cidrBlock: '10.1.0.0/16' });
    error = await refused(session.vpc.createVpc(request));
    assert.deepEqual([error.statusCode, error.code], [403, 'Forbidden.RAM']);
    assert.equal(error.accessDeniedDetail.AuthAction, 'vpc:CreateVpc');
  },

  async 'A stops trusting B, and the live session is refused at its next request'() {
    await setTrust(trust());
    let error = await refused(statuses(session));
    assert.deepEqual([error.statusCode, error.code], [403, 'InvalidSecurityToken.Revoked']);
    error = await refused(assumeRole(alice));
    assert.deepEqual([error.statusCode, error.code], [403, 'NoPermission']);
  },

  async 'restored trust lets the session go on'() {
    await setTrust(trust('acs:ram::12345678:root'));
    assert.equal(Object.keys(await statuses(session)).length, 2);
  },

  async 'A detaches the policy and deletes the role'() {
    const remove = () => A.ram.deleteRole(new ram.DeleteRoleRequest({ roleName: 'ecs-admin' }));
    let error = await refused(remove());
    assert.deepEqual([error.statusCode, error.code], [409, 'DeleteConflict.Role.Policy']);

    await A.ram.detachPolicyFromRole(new ram.DetachPolicyFromRoleRequest({
      policyType: 'System', policyName: 'AliyunECSFullAccess', roleName: 'ecs-admin',
    }));
    error = await refused(session.ecs.stopInstance(new ecs.StopInstanceRequest({ instanceId: instances[0] })));
    assert.deepEqual([error.statusCode, error.code], [403, 'Forbidden.RAM']);

    await remove();
    error = await refused(whoami(session));
    assert.deepEqual([error.statusCode, error.code], [400, 'InvalidSecurityToken.Malformed']);
    error = await refused(A.ram.getRole(new ram.GetRoleRequest({ roleName: 'ecs-admin' })));
    assert.deepEqual([error.statusCode, error.code], [404, 'EntityNotExist.Role']);
  },
});
