import { afterEach, describe, expect, it } from 'vitest';
import { LambdaHost } from 'taskbound-local/lambda/host';
import { lambdaFixture, START_MS } from './fixture.ts';

let open: ReturnType<typeof lambdaFixture> | undefined;
const fixture = (options: Parameters<typeof lambdaFixture>[0] = {}) => (open = lambdaFixture(options));
afterEach(() => open?.host.close());

describe('results and errors', () => {
  it.each([
    ['an object', 'return { got: event.a, is: event instanceof Object };', '{"got":1,"is":true}'],
    ['nothing', '', 'null'],
    ['text', 'return "x";', '"x"'],
  ])('returns %s as JSON', async (_name, body, payload) => {
    expect(await fixture().run(body, { a: 1 })).toMatchObject({ payload });
  });

  it.each([
    ['a thrown error', 'throw new TypeError("no");', 'TypeError', 'no'],
    [
      'an error of its own class',
      'class Mine extends Error { name = "Mine.Error" } throw new Mine("why");',
      'Mine.Error',
      'why',
    ],
    [
      'an error of the engine',
      'return undefined.x;',
      'TypeError',
      "Cannot read properties of undefined (reading 'x')",
    ],
    ['thrown text', 'throw "plain";', 'string', 'plain'],
    ['a circular result', 'const a = {}; a.a = a; return a;', 'Runtime.MarshalError', undefined],
    ['a bigint', 'return 1n;', 'Runtime.MarshalError', undefined],
    ['a missing module', 'return require("left-pad");', 'Error', undefined],
  ])('names %s', async (_name, body, errorType, errorMessage) => {
    const { error } = await fixture().run(body);
    expect(error).toMatchObject(errorMessage === undefined ? { errorType } : { errorType, errorMessage });
  });

  it('omits the host from stack traces', async () => {
    const { error } = await fixture().run('throw new Error("x");');
    expect(error?.trace?.join('\n')).toMatch(/^Error: x\n\s+at .*\/var\/task\/index\.js:1:\d+/);
    expect(error?.trace?.join('\n')).not.toContain('local/lambda');
  });

  it('returns 6,291,556 bytes and refuses one more', async () => {
    const { run } = fixture();
    const exact = await run(`return "x".repeat(${6_291_556 - 2});`);
    expect(exact.payload.length).toBe(6_291_556);
    const over = await run(`return "x".repeat(${6_291_556 - 1});`);
    expect(over.error).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('reports errors of the code', async () => {
    const { create, invoke } = fixture();
    create('broken', 'exports.handler = (');
    create('empty', 'exports.other = 1');
    create('throws', 'throw new RangeError("at load")');
    expect((await invoke('broken')).error?.errorType).toBe('SyntaxError');
    expect((await invoke('empty')).error).toMatchObject({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.handler is undefined or not exported',
    });
    expect((await invoke('throws')).error).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'at load',
    });
  });
});

describe('the end of an environment', () => {
  it.each([
    ['process.exit(1)', 'exit status 1'],
    ['process.exit(0)', 'exit status 0'],
    ['process.kill(process.pid, "SIGKILL")', 'signal: killed'],
    ['process.abort()', 'signal: aborted'],
    ['await new Promise((r) => setTimeout(r, 10)); process.exit(3)', 'exit status 3'],
    ['setTimeout(() => process.exit(4), 5); await new Promise(() => {})', 'exit status 4'],
  ])('%s fails the invocation', async (body, status) => {
    const { run, host, invoke } = fixture();
    const { error, requestId } = await run(`${body}; return 1;`);
    expect(error).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${status}`,
    });
    await invoke('once');
    expect(host.metrics.get('once')).toEqual({ coldStarts: 2, invocations: 2, errors: 2 });
  });

  it.each([
    ['sleeps too long', 'await new Promise((r) => setTimeout(r, 60_000));'],
    ['waits for a promise that never settles', 'await new Promise(() => {});'],
    [
      'loops with immediates',
      'const again = () => setImmediate(again); again(); await new Promise(() => {});',
    ],
  ])('times out a handler that %s', async (_name, body) => {
    const { run, clock } = fixture();
    const { error, requestId } = await run(body);
    expect(clock.nowMs()).toBe(START_MS + 3_000);
    expect(error).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `2026-11-23T10:00:03.000Z ${requestId} Task timed out after 3.00 seconds`,
    });
  });

  it('ends a busy loop before the first await, and at load', async () => {
    const { run, create, invoke } = fixture({ synchronousLimitMs: 50 });
    expect((await run('for (;;);')).error?.errorType).toBe('Sandbox.Timedout');
    create('busy', 'for (;;);');
    expect((await invoke('busy')).error?.errorType).toBe('Sandbox.Timedout');
  });

  it('stops timers and requests of a timed-out environment', async () => {
    const { run, clock, gateway, host } = fixture();
    await run(`
      const http = require('node:http');
      setTimeout(() => { console.log('too late'); http.get({ path: '/late' }); }, 5_000);
      await new Promise(() => {});`);
    clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(host.logs.map((line) => line.message).join()).not.toContain('too late');
    expect(gateway.requests).toEqual([]);
  });

  it("turns an unhandled rejection and an uncaught exception into the invocation's error", async () => {
    const { run } = fixture();
    expect(
      (await run('Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 50));')).error,
    ).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: stray',
    });
    expect(
      (await run('setTimeout(() => { throw new RangeError("late"); }, 5); await new Promise(() => {});'))
        .error,
    ).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'late',
    });
  });
});

describe('environments', () => {
  const counter =
    'let n = 0; exports.handler = async (event) => { n += 1; await new Promise((r) => setTimeout(r, event.ms ?? 0)); return n; };';

  it('stay warm, and one serves one invocation at a time', async () => {
    const { create, invoke, host, assumed } = fixture();
    create('counter', counter);
    expect([(await invoke('counter')).payload, (await invoke('counter')).payload]).toEqual(['1', '2']);
    const both = await Promise.all([invoke('counter', { ms: 100 }), invoke('counter', { ms: 100 })]);
    expect(both.map((result) => result.payload).sort()).toEqual(['1', '3']);
    expect(host.metrics.get('counter')).toEqual({ coldStarts: 2, invocations: 4, errors: 0 });
    expect(assumed).toEqual(
      Array(2).fill(['arn:aws:iam::111122223333:role/FunctionRole', 'lambda.amazonaws.com', 'counter']),
    );
  });

  it('are replaced before the credentials of their role expire', async () => {
    const { create, registry, clock, gateway } = fixture();
    const assumeServiceRole = () => ({
      accessKeyId: 'A',
      secretAccessKey: 'b',
      sessionToken: 'c',
      expiresAtMs: clock.nowMs() + 3_600_000,
    });
    const host = new LambdaHost({ clock, send: gateway.handle, assumeServiceRole, region: 'eu-central-1' });
    create('counter', counter);
    const { fn, invokedArn } = registry.resolve('counter', undefined);
    const invoke = async () => (await host.invoke(fn, invokedArn, '{}')).payload;
    expect([await invoke(), await invoke()]).toEqual(['1', '2']);
    clock.advance(3_600_000 - 63_000);
    expect(await invoke()).toBe('1');
  });

  it('survive an error that the handler throws', async () => {
    const { create, invoke, host } = fixture();
    create('f', 'exports.handler = async () => { throw new Error("x"); }');
    await invoke('f');
    await invoke('f');
    expect(host.metrics.get('f')?.coldStarts).toBe(1);
  });

  it('do not run between invocations', async () => {
    const { create, invoke, clock, host } = fixture();
    create(
      'f',
      'let ticks = 0; setInterval(() => { ticks += 1; }, 100); exports.handler = async () => ticks;',
    );
    await invoke('f');
    await clock.sleep(10_000);
    expect((await invoke('f')).payload).toBe('0');
    expect(host.metrics.get('f')?.coldStarts).toBe(1);
  });

  it.each([
    ['work', 0, 8],
    ['sleep, without more time passing than one of them needs', 100, 30],
  ])('are shared by many parallel invocations that %s', async (_what, ms, coldStarts) => {
    const { create, invoke, clock, host } = fixture();
    const waits = ms > 0 ? `await new Promise((done) => setTimeout(done, ${ms}));` : '';
    create('f', `exports.handler = async (event) => { ${waits} return event.n; };`);
    const all = await Promise.all(Array.from({ length: 30 }, (_, n) => invoke('f', { n })));
    expect(all.map(({ payload }) => Number(payload))).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(host.metrics.get('f')).toEqual({ coldStarts, invocations: 30, errors: 0 });
    expect(clock.nowMs()).toBe(START_MS + ms);
  });

  it('are limited by reserved concurrency', async () => {
    const { create, invoke } = fixture();
    create('f', counter, { reservedConcurrency: 1 });
    const first = invoke('f', { ms: 100 });
    await expect(invoke('f')).rejects.toMatchObject({ name: 'TooManyRequestsException', status: 429 });
    expect((await first).payload).toBe('1');
    expect((await invoke('f')).payload).toBe('2');
  });

  it('have their own variables and none of the machine', async () => {
    const { run } = fixture();
    const { payload } = await run('return process.env;');
    const variables = JSON.parse(payload);
    expect(variables).toMatchObject({
      GREETING: 'hello',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'once',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/once',
      AWS_ACCESS_KEY_ID: 'ASIAFUNCTION',
      AWS_SESSION_TOKEN: 'function-token',
    });
    expect(
      Object.keys(variables).filter(
        (name) => name === 'HOME' || name.startsWith('npm_') || name.startsWith('VITEST'),
      ),
    ).toEqual([]);
  });

  it('use the clock of the embedded AWS', async () => {
    const { run } = fixture();
    const { payload } = await run(`
      const at = [Date.now(), new Date().getTime(), context.getRemainingTimeInMillis()];
      await require('node:timers/promises').setTimeout(1_000);
      await require('util').promisify(setTimeout)(500);
      return [...at, new Date().toISOString(), performance.now(), new Date(0).getTime(), context.getRemainingTimeInMillis(), new Date() instanceof Date];`);
    expect(JSON.parse(payload)).toEqual([
      START_MS,
      START_MS,
      3_000,
      '2026-11-23T10:00:01.500Z',
      1_500,
      0,
      1_500,
      true,
    ]);
  });

  it('hold the clock while they compute', async () => {
    const { run } = fixture();
    const { payload, error } = await run(`
      const { generateKeyPair, scrypt, subtle } = require('node:crypto');
      const pair = await require('util').promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
      const derived = await new Promise((resolve, reject) => scrypt('a', 'b', 32, { N: 16384 }, (e, k) => (e ? reject(e) : resolve(k))));
      const digest = await crypto.subtle.digest('SHA-256', derived);
      return [pair.privateKey.asymmetricKeyType, derived.length, digest.byteLength, Date.now()];`);
    expect(error).toBeUndefined();
    expect(JSON.parse(payload)).toEqual(['rsa', 32, 32, START_MS]);
  });

  it.each([
    ['require("fs").writeFileSync("/var/task/x", "")', 'fs.writeFileSync is not available'],
    ['require("child_process").execSync("id")', 'child_process.execSync is not available'],
    ['require("net").connect(80)', 'net.connect is not available'],
    ['new (require("worker_threads").Worker)("x")', 'worker_threads.Worker is not available'],
    ['await require("fs").promises.writeFile("/tmp/../etc/x", "")', 'writeFile is not available'],
    ['require("fs").readFileSync("/etc/passwd")', 'ENOENT'],
    ['await require("node:fs/promises").readFile("/etc/passwd")', 'ENOENT'],
    ['require("vm")', "Cannot find module 'vm'"],
  ])('refuse %s', async (code, message) => {
    const { error } = await fixture().run(code);
    expect(error?.errorMessage).toContain(message);
  });

  it('log what they write, by request', async () => {
    const { run, host } = fixture();
    const { requestId } = await run(
      'console.log("a %d", 1, { b: 2 }); console.error("bad"); process.stdout.write("raw"); return 1;',
    );
    const line = { functionName: 'once', version: '$LATEST', requestId, atMs: START_MS };
    expect(host.logs).toEqual([
      { ...line, level: 'INFO', message: 'a 1 { b: 2 }' },
      { ...line, level: 'ERROR', message: 'bad' },
      { ...line, level: 'STDOUT', message: 'raw' },
    ]);
  });

  it('run the published version, even after the code changes', async () => {
    const { create, registry, host } = fixture();
    create('f', 'exports.handler = async (e, c) => ["old", c.functionVersion, c.invokedFunctionArn]');
    const arn = registry.publishVersion('f');
    create('f', 'exports.handler = async () => "new"');
    const old = registry.resolve(arn, undefined);
    expect(JSON.parse((await host.invoke(old.fn, old.invokedArn, '{}')).payload)).toEqual(['old', '1', arn]);
    const latest = registry.resolve('f', '$LATEST');
    expect((await host.invoke(latest.fn, latest.invokedArn, '{}')).payload).toBe('"new"');
  });
});
