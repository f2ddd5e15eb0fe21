// The same story with @alicloud/pop-core, the generic client: signed with V1, once in the query (GET) and once in a
// form (POST). Only the endpoint is Argali's.
'use strict';

const assert = require('node:assert/strict');
const Core = require('@alicloud/pop-core');
const story = require('./story');

const { REGION, ROLE_ARN, trust, waitUntil } = story;

/** The SDK's client for each product, all with one key. */
function caller({ id, secret, token }) {
  const product = (apiVersion) => {
    const client = new Core({
      accessKeyId: id, accessKeySecret: secret, securityToken: token, endpoint: `http://${story.endpoint}`, apiVersion,
    });
    return (action, parameters = {}) => client.request(action, parameters, { method: story.style });
  };
  const here = (call) => (action, parameters = {}) => call(action, { RegionId: REGION, ...parameters });
  return {
    ram: product('2015-05-01'),
    sts: product('2015-04-01'),
    ecs: here(product('2014-05-26')),
    vpc: here(product('2016-04-28')),
  };
}

/** What the SDK throws: status, code and the whole answer. */
async function refused(call) {
  const error = await call.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.ok(error.data?.RequestId, `${error}`);
  return { refusal: [error.entry.response.statusCode, error.code], ...error.data };
}

async function statuses(who, filters = {}) {
  const answer = await who.ecs('DescribeInstances', { PageSize: 100, ...filters });
  return Object.fromEntries(answer.Instances.Instance.map((instance) => [instance.InstanceId, instance.Status]));
}

const assumeRole = (who) => who.sts('AssumeRole', { RoleArn: ROLE_ARN, RoleSessionName: 'alice' });

const ECS_FULL = { PolicyType: 'System', PolicyName: 'AliyunECSFullAccess', RoleName: 'ecs-admin' };
const A = caller(story.a);
const B = caller(story.b);
let alice, session, instances;

story.chapters(`Node pop-core, ${story.style}`, {
  async 'a wrong secret is reported as such'() {
    const { refusal, Message } = await refused(caller({ id: story.a.id, secret: 'x'.repeat(30) }).sts('GetCallerIdentity'));
    assert.deepEqual(refusal, [400, 'SignatureDoesNotMatch']);
    assert.match(Message, new RegExp(`server string to sign is:${story.style}&%2F&`));
  },

  async 'A makes a network and two instances in it'() {
    const { VpcId } = await A.vpc('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    await waitUntil(async () => (await A.vpc('DescribeVpcs', { VpcId })).Vpcs.Vpc[0].Status === 'Available');
    const network = { VpcId, ZoneId: 'cn-hangzhou-i', CidrBlock: '10.0.1.0/24' };
    const { VSwitchId } = await A.vpc('CreateVSwitch', network);
    const { SecurityGroupId } = await A.ecs('CreateSecurityGroup', { VpcId, SecurityGroupName: 'web' });
    const [{ ImageId }] = (await A.ecs('DescribeImages')).Images.Image;
    const run = await A.ecs('RunInstances', {
      ImageId, InstanceType: 'ecs.g6.large', VSwitchId, SecurityGroupId, InstanceName: 'web', Amount: 2,
    });
    instances = run.InstanceIdSets.InstanceIdSet;
    await waitUntil(async () => Object.values(await statuses(A)).every((status) => status === 'Running'));
    assert.equal(Object.keys(await statuses(A)).length, 2);
    assert.deepEqual(await statuses(B), {});
  },

  async 'A makes a role that trusts B'() {
    const create = (document) => A.ram('CreateRole', { RoleName: 'ecs-admin', AssumeRolePolicyDocument: document });
    assert.deepEqual((await refused(create('{'))).refusal, [400, 'MalformedPolicyDocument']);
    const { Role } = await create(trust('acs:ram::12345678:root'));
    assert.equal(Role.Arn, ROLE_ARN);
    const again = create(trust('acs:ram::12345678:root'));
    assert.deepEqual((await refused(again)).refusal, [409, 'EntityAlreadyExists.Role']);
    await A.ram('AttachPolicyToRole', ECS_FULL);
  },

  async 'B makes alice, and she assumes the role'() {
    await B.ram('CreateUser', { UserName: 'alice' });
    const { AccessKey } = await B.ram('CreateAccessKey', { UserName: 'alice' });
    alice = caller({ id: AccessKey.AccessKeyId, secret: AccessKey.AccessKeySecret });
    const { refusal, AccessDeniedDetail } = await refused(assumeRole(alice));
    assert.deepEqual(refusal, [403, 'NoPermission']);
    assert.equal(AccessDeniedDetail.AuthAction, 'sts:AssumeRole');
    await B.ram('AttachPolicyToUser', {
      PolicyType: 'System', PolicyName: 'AliyunSTSAssumeRoleAccess', UserName: 'alice',
    });

    const { Credentials: given } = await assumeRole(alice);
    session = caller({ id: given.AccessKeyId, secret: given.AccessKeySecret, token: given.SecurityToken });
    const me = await session.sts('GetCallerIdentity');
    assert.equal(me.Arn, 'acs:ram::11223344:assumed-role/ecs-admin/alice');
  },

  async 'alice lists, stops and starts the instances of A'() {
    const [first] = instances;
    assert.deepEqual(Object.keys(await statuses(session, { InstanceIds: JSON.stringify([first]) })), [first]);
    await session.ecs('StopInstance', { InstanceId: first });
    await waitUntil(async () => (await statuses(session))[first] === 'Stopped');
    await session.ecs('StartInstance', { InstanceId: first });
    await waitUntil(async () => (await statuses(session))[first] === 'Running');
  },

  async 'alice may not do what the role does not allow'() {
    let { refusal, AccessDeniedDetail } = await refused(session.ram('ListUsers'));
    assert.deepEqual(refusal, [403, 'NoPermission']);
    assert.equal(AccessDeniedDetail.AuthAction, 'ram:ListUsers');
    assert.equal(AccessDeniedDetail.AuthPrincipalDisplayName, 'ecs-admin:alice');
    ({ refusal } = await refused(session.vpc('CreateVpc', { CidrBlock: '10.1.0.0/16' })));
    assert.deepEqual(refusal, [403, 'Forbidden.RAM']);
  },

  async 'A stops trusting B, and the live session is refused at its next request'() {
    await A.ram('UpdateRole', { RoleName: 'ecs-admin', NewAssumeRolePolicyDocument: trust() });
    assert.deepEqual((await refused(statuses(session))).refusal, [403, 'InvalidSecurityToken.Revoked']);
    assert.deepEqual((await refused(assumeRole(alice))).refusal, [403, 'NoPermission']);
    const restored = trust('acs:ram::12345678:root');
    await A.ram('UpdateRole', { RoleName: 'ecs-admin', NewAssumeRolePolicyDocument: restored });
    assert.equal(Object.keys(await statuses(session)).length, 2);
  },

  async 'A detaches the policy and deletes the role'() {
    const role = { RoleName: 'ecs-admin' };
    assert.deepEqual((await refused(A.ram('DeleteRole', role))).refusal, [409, 'DeleteConflict.Role.Policy']);
    await A.ram('DetachPolicyFromRole', ECS_FULL);
    const stop = session.ecs('StopInstance', { InstanceId: instances[0] });
    assert.deepEqual((await refused(stop)).refusal, [403, 'Forbidden.RAM']);
    await A.ram('DeleteRole', role);
    const after = session.sts('GetCallerIdentity');
    assert.deepEqual((await refused(after)).refusal, [400, 'InvalidSecurityToken.Malformed']);
    assert.deepEqual((await refused(A.ram('GetRole', role))).refusal, [404, 'EntityNotExist.Role']);
  },
});
