import { App, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { BoundedTask, JitSecret, TaskBoundary, Tool, type PostgresLoginOptions } from '../../../lib/index.ts';
import { inlineWork, listOf, resourcesOf, textOf } from '../sample.ts';
import { statementsIn } from '../statements.ts';

function stackWithLogin(change: Partial<PostgresLoginOptions> = {}, withKey = false): Stack {
  const stack = new Stack(new App({ treeMetadata: false, builtinCloudFormationValidation: false }), 'Other');
  const key = withKey ? { encryptionKey: new kms.Key(stack, 'Key') } : {};
  new BoundedTask(stack, 'Reader', {
    boundary: new TaskBoundary(stack, 'Boundary'),
    type: 'reader',
    tools: { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/fixed') },
    secrets: {
      login: JitSecret.postgres({
        admin: new secretsmanager.Secret(stack, 'Admin', key),
        database: 'crm',
        owner: 'crm_owner',
        rights: [{ on: 'allTables', schema: 'crm', privileges: ['SELECT'] }],
        ...change,
      }),
    },
    work: inlineWork(),
  });
  return stack;
}

const readersOf = (stack: Stack, named: RegExp) =>
  statementsIn(resourcesOf(stack))
    .filter(
      ({ where, statement }) =>
        /Role/.test(where) && listOf(statement['Resource']).some((resource) => named.test(textOf(resource))),
    )
    .map(({ where, statement }) => `${where.replace(/Role.*/, '')} ${String(statement['Action'])}`)
    .sort();

const FOUR = ['IssueSecret', 'ProveRevoked', 'Reconcile', 'RevokeAndRecord'];

describe('a declared login', () => {
  it('lets only four functions read the admin secret', () => {
    expect(readersOf(stackWithLogin(), /^<Admin/)).toEqual(
      FOUR.map((name) => `BoundaryControl${name} secretsmanager:GetSecretValue`),
    );
  });

  it('lets them use the key of the secret', () => {
    expect(readersOf(stackWithLogin({}, true), /^<Key/)).toEqual(
      FOUR.map((name) => `BoundaryControl${name} kms:Decrypt`),
    );
  });

  it.each([
    [
      'a predefined role of PostgreSQL',
      { memberOf: ['pg_write_all_data'] },
      /memberOf\.0: must be a role of your own/,
    ],
    [
      'CREATE for who is no member of the owner',
      { rights: [{ on: 'database', privileges: ['CREATE'] }] },
      /add owner to memberOf/,
    ],
    [
      'TRIGGER, which runs as whoever writes',
      { rights: [{ on: 'allTables', schema: 'crm', privileges: ['TRIGGER' as never] }] },
      /rights\.0\.privileges\.0/,
    ],
    ['no rights at all', { rights: [] }, /has no use/],
    ['a database that is no name', { database: 'a-b' }, /database: names have letters/],
  ] satisfies [string, Partial<PostgresLoginOptions>, RegExp][])(
    'is refused with %s',
    (_what, change, why) => {
      expect(() => stackWithLogin(change)).toThrow(why);
    },
  );
});
