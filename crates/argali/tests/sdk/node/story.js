// What every script of the story needs: the server, the two enterprises, and patience.
'use strict';

const assert = require('node:assert/strict');
const { setTimeout: pause } = require('node:timers/promises');

const {
  endpoint, https_endpoint: httpsEndpoint, oss_endpoint: ossEndpoint, style, company_a: companyA, company_b: companyB,
} = JSON.parse(process.env.ARGALI_STORY);

const REGION = 'cn-hangzhou';
const ROLE_ARN = 'acs:ram::11223344:role/ecs-admin';

/** What a caller signs with. */
const owner = (account) => ({ id: account.AccessKeyId, secret: account.AccessKeySecret });

/** A trust policy that lets these principals assume the role. */
function trust(...principals) {
  const statement = { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { RAM: principals } };
  return JSON.stringify({ Statement: [statement], Version: '1' });
}

/** Asks again until `reached` is true, as every client of a cloud does: an instance takes a moment to start. */
async function waitUntil(reached, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  while (!(await reached())) {
    assert.ok(Date.now() < end, `still not so after ${seconds} s`);
    await pause(100);
  }
}

/**
 * Tells chapters in their order. Each begins where the one before ended, so that after the first that fails the others
 * mean nothing and are skipped.
 */
function chapters(describe, list) {
  const { test } = require('node:test');
  let broken = false;
  for (const [name, chapter] of Object.entries(list)) {
    test(`${describe}: ${name}`, async (t) => {
      if (broken) return t.skip('an earlier chapter failed');
      broken = true;
      await chapter();
      broken = false;
    });
  }
}

module.exports = {
  endpoint, httpsEndpoint, ossEndpoint, style, REGION, ROLE_ARN, a: owner(companyA), b: owner(companyB), trust, waitUntil, chapters,
};
