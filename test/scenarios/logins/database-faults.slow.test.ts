import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalDatabase } from '../../../cli/local/local-database.ts';
import { DEMO_DATABASE } from '../../../simulation/logins/demo-database.ts';
import { Secret } from '../../../core/secrets/secret.ts';
import { adminAccessIn } from '../../../lambdas/control/logins/admin-access.ts';
import { pgLoginServer } from '../../../lambdas/control/logins/pg-login-server.ts';
import {
  deployMaintained,
  GONE,
  loginOf,
  maintenance,
  migration,
  ownersOf,
  sightOf,
  startDatabase,
  summary,
  type Maintained,
} from './database.ts';
import { withShortTail } from '../exercise/prepared.ts';
import { call, submitWithoutStarting, rowOf, typesOf, whenEntering } from '../evidence/meddle.ts';
import { gauges, runSchedulesFor } from '../teardown/signals.ts';

let database: LocalDatabase;
let world: Maintained;
beforeAll(async () => {
  database = await startDatabase();
  world = await deployMaintained(database);
});
afterAll(() => database.server.stop());

describe('a task with a database login, after a fault', () => {
  const adminReads =
    (by: string) => (call: { operation: string; caller: { arn: string }; request: { body: Uint8Array } }) =>
      call.operation === 'GetSecretValue' &&
      call.caller.arn.includes(by) &&
      Buffer.from(call.request.body).toString().includes('DatabaseAdmin');

  test('ends its login when the value of the secret cannot be stored', async () => {
    const { stack } = world;
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'PutSecretValue' && caller.arn.includes('IssueSecret')
        ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 400 } }
        : 'proceed';
    const ran = await stack.run(maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] }));
    stack.aws.intercept = undefined;
    expect(summary(ran)).toBe('1 failed closed nothing-issued AccessDeniedException');
    expect(database.server.log.join('')).toContain(`CREATE ROLE "${loginOf(ran.row).name}"`);
    expect(await sightOf(world, ran.row)).toEqual(GONE);
  });

  test.each(['RevokeAndRecord', 'ProveRevoked'])(
    'closes when %s cannot read the admin secret for two minutes and retries',
    async (by) => {
      const { stack } = world;
      const isRead = adminReads(by);
      let untilMs: number | undefined;
      stack.aws.intercept = (call) => {
        if (!isRead(call)) return 'proceed';
        untilMs ??= call.atMs + 120_000;
        return call.atMs < untilMs
          ? { refuse: { name: 'InternalServiceError', message: 'down', status: 400 } }
          : 'proceed';
      };
      const ran = await stack.run(maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] }));
      stack.aws.intercept = undefined;
      expect(summary(ran)).toBe('0 succeeded closed refused');
      expect(ran.row.closedAtMs).toBeGreaterThan(untilMs ?? Infinity);
      expect(ran.progress).toMatch(/The admin secret .* cannot be read: Intern/);
      expect(await sightOf(world, ran.row)).toEqual(GONE);
    },
  );

  test('removes a login that is issued during the teardown', async () => {
    const { stack } = world;
    const row = await submitWithoutStarting(
      stack,
      maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] }),
    );
    await call(stack, 'Admit', row);
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'CreateSecret' && caller.arn.includes('IssueSecret') ? { delayMs: 10_000 } : 'proceed';
    const issuing = call(stack, 'IssueSecret', row, { secret: 'database' });
    await stack.aws.clock.sleep(2_000);
    const revoked = await call(stack, 'RevokeAndRecord', row, { ended: { status: 'unknown' } });
    expect(revoked.name).toBe('SecretUnrevoked');
    expect((await issuing).name).toBe('PhasePassed');
    stack.aws.intercept = undefined;
    expect(database.server.log.join('')).toContain(`CREATE ROLE "${loginOf(row).name}"`);
    expect(await sightOf(world, row)).toEqual(GONE);
  });

  test('sweeps a login that a late function creates after the boundary was closed', async () => {
    const { stack } = world;
    const { row } = await stack.run(maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] }));
    await pgLoginServer.make(adminAccessIn(database.adminSecret, 'admin'), {
      ...loginOf(row),
      boundaryId: row.boundaryId,
      attempt: 1,
      password: new Secret('late'),
      validUntilMs: row.taskDeadlineMs ?? 0,
    });
    await runSchedulesFor(stack, 6);
    expect((await rowOf(stack, row.boundaryId)).sweptAtMs).toBeDefined();
    expect(await sightOf(world, row)).toEqual(GONE);
  });

  test('closes only after a person drops a SECURITY DEFINER function of the login', async () => {
    const { stack } = world;
    const sql =
      "CREATE FUNCTION shop.trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; CREATE TABLE shop.with_trap (id int)";
    const request = maintenance(stack, migration(sql));
    const seen: Promise<string>[] = [];
    const look = async (): Promise<string> => {
      const row = await rowOf(stack, `${request.type}.${request.taskId}`);
      const sight = await sightOf(world, row);
      await database.server.run('DROP FUNCTION shop.trap()', DEMO_DATABASE);
      return `${row.phase} ${row.secrets[0]?.state} ${JSON.stringify(sight)} ${row.secrets[0]?.error}`;
    };
    whenEntering(stack, 'RevokeAndRecord', () => {
      stack.aws.clock.setTimer(180_000, () => {
        const release = stack.aws.clock.hold();
        seen.push(look().finally(release));
      });
    });
    const ran = await stack.run(request);
    expect(await seen[0]).toMatch(
      /^revoking unrevoked \{"exists":true,"canLogin":false,"sessions":0\} LoginLeftBehind: .*SECURITY DEFINER function shop\.trap\(\)/,
    );
    expect(summary(ran)).toBe('0 succeeded closed refused');
    expect(typesOf(ran.events).at(-1)).toBe('boundary.closed');
    expect(await ownersOf(world, 'with_trap')).toEqual(['with_trap shop_owner']);
    expect(await sightOf(world, ran.row)).toEqual(GONE);
  });

  test('is announced as unproven while that function exists, and is closed by reconcile after it is dropped', async () => {
    const impatientWorld = await deployMaintained(database, { transform: withShortTail });
    const { stack } = impatientWorld;
    const sql = "CREATE FUNCTION shop.trap() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'";
    const ran = await stack.run(maintenance(stack, migration(sql)));
    expect(summary(ran)).toMatch(/^3 /);
    expect(ran.row).toMatchObject({ phase: 'revoking', secrets: [{ state: 'unrevoked' }] });
    expect(gauges(stack).some(({ SecretsUnrevoked }) => SecretsUnrevoked > 0)).toBe(true);
    await database.server.run('DROP FUNCTION shop.trap()', DEMO_DATABASE);
    await runSchedulesFor(stack, 6);
    const row = await rowOf(stack, ran.row.boundaryId);
    expect([row.phase, row.outcome]).toEqual(['closed', 'succeeded']);
    expect(await sightOf(impatientWorld, row)).toEqual(GONE);
  });
});
