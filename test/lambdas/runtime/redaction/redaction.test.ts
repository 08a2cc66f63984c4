import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../../../core/secrets/redact.ts';
import { guardOutput } from '../../../../lambdas/runtime/redaction/guard-output.ts';
import { guardStrays } from '../../../../lambdas/runtime/redaction/redact-uncaught.ts';
import { redactedError } from '../../../../lambdas/runtime/redaction/redact-error.ts';
import { Redaction } from '../../../../lambdas/runtime/redaction/redaction.ts';
import { PASSWORD, SESSION, VALUES, fakeRuntime } from '../harness.ts';

/** Every value, unchanged and in each spelling. */
const spelled = VALUES.flatMap((value) => [
  value,
  JSON.stringify(value).slice(1, -1),
  inspect(value).slice(1, -1),
  Buffer.from(value).toString('base64').slice(0, -4),
  Buffer.from(value).toString('hex'),
  encodeURIComponent(value),
]);
const leaked = (text: string): string[] => spelled.filter((value) => text.includes(value));

describe('a secret value is redacted', () => {
  const leaks: Record<string, unknown> = {
    string: VALUES.join(' '),
    nested: { a: [{ b: SESSION }], own: VALUES },
    key: Object.fromEntries(VALUES.map((value) => [value, 1])),
    base64: VALUES.map((value) => Buffer.from(`user:${value}`).toString('base64')),
    json: JSON.stringify({ deep: JSON.stringify(VALUES) }),
    hex: VALUES.map((value) => Buffer.from(value).toString('hex')),
    url: VALUES.map((value) => `https://x.example/?v=${encodeURIComponent(value)}`),
  };

  it.each(Object.entries(leaks))('in a result (%s)', async (_way, result) => {
    const { invoke } = fakeRuntime();
    const returned = await invoke(async (task) => {
      await task.secret('password');
      return result as never;
    });
    const text = JSON.stringify(returned);
    expect(leaked(text)).toEqual([]);
    expect(leaked(JSON.stringify(JSON.parse(text)))).toEqual([]);
    expect(text).toContain('[redacted]');
  });

  it.each(Object.entries(leaks))('in the output (%s)', async (_way, value) => {
    const { invoke, lines, ports } = fakeRuntime();
    await invoke(async (task) => {
      await task.secret('password');
      task.log.info(`see ${String(value)}`, { value, error: new Error(String(value)) });
      const { console, stdout, stderr } = ports.output;
      console.dir(value);
      console.log(value);
      console.error(value);
      console.trace(value);
      console.debug(value);
      console.table(value);
      console.log('%s %j %o', value, value, value);
      console.assert(false, 'see', value);
      stdout.write(`${String(value)}\n`);
      stderr.write(Buffer.from(inspect(value)));
    });
    expect(lines.length).toBeGreaterThan(8);
    expect(leaked(lines.join('\n'))).toEqual([]);
  });

  it('in the name, message, stack, causes and properties of an error', async () => {
    const { invoke } = fakeRuntime();
    const failing = invoke(async (task) => {
      const password = (await task.secret('password')).reveal();
      const error = new Error(`cannot log in with ${password}`, {
        cause: new TypeError(password, { cause: password }),
      });
      error.name = `Bad ${SESSION.secretAccessKey}`;
      throw Object.assign(error, { $response: VALUES });
    });
    const error: unknown = await failing.catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: 'Bad [redacted]',
      message: 'cannot log in with [redacted]',
      cause: { name: 'TypeError', message: '[redacted]' },
    });
    expect(leaked(inspect(error, { depth: 9, showHidden: true }))).toEqual([]);
    expect(Object.keys(error as object)).not.toContain('$response');
  });

  it('in a value of any type that is written in several parts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(PASSWORD.length), { maxLength: 5 }), (cuts) => {
        const { ports, lines } = fakeRuntime();
        const guard = guardOutput(ports.output, redactor([SESSION.secretAccessKey]));
        const text = `before ${SESSION.secretAccessKey} after\nnext`;
        const ends = [...cuts, text.length].sort((a, b) => a - b);
        ends.forEach((end, n) => ports.output.stdout.write(text.slice(ends[n - 1] ?? 0, end)));
        guard.flush();
        expect(lines.join('')).toBe('before [redacted] after\nnext');
      }),
    );
  });

  it('after the invocation, in the output of code that still runs', async () => {
    const { invoke, lines, ports } = fakeRuntime();
    await invoke(async (task) => void (await task.secret('password')));
    ports.output.console.log(PASSWORD);
    expect(lines).toEqual(['[redacted]']);
  });
});

describe('redactedError', () => {
  const redact = redactor([PASSWORD]);

  it.each([
    ['States.Runtime', 'Work.States.Runtime'],
    ['Lambda.ServiceException', 'Work.Lambda.ServiceException'],
    ['AccessDenied', 'AccessDenied'],
    ['', 'Error'],
  ])('renames an error named %j to %j', (name, expected) => {
    expect(redactedError(Object.assign(new Error('x'), { name }), redact).name).toBe(expected);
  });

  it.each([[PASSWORD], [{ code: 7, PASSWORD }], [undefined], [null], [42]])(
    'accepts every thrown value (%#)',
    (thrown) => {
      const error = redactedError(thrown, redact);
      expect(error.name).toBe('NotAnError');
      expect(leaked(inspect(error))).toEqual([]);
    },
  );

  it('does not fail for a value that throws when it is read', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error(PASSWORD);
        },
        ownKeys: () => {
          throw new Error(PASSWORD);
        },
      },
    );
    expect(leaked(inspect(redactedError(hostile, redact)))).toEqual([]);
    const getter = {
      message: 'm',
      get name(): string {
        throw new Error(PASSWORD);
      },
    };
    expect(redactedError(getter, redact).message).toBe('m');
  });

  it('truncates a long error and stops at a circle of causes', () => {
    const error = new Error('x'.repeat(1 << 20));
    error.cause = error;
    const clean = redactedError(error, redact);
    expect(inspect(clean).length).toBeLessThan(100_000);
    expect(clean.message).toMatch(/x… \(1048576 characters\)$/);
  });
});

describe('guardStrays', () => {
  const guarded = () => {
    const { events } = fakeRuntime();
    const seen: unknown[] = [];
    events.on('unhandledRejection', (reason) => seen.push(inspect(reason, { depth: 9 })));
    guardStrays(events, redactor([PASSWORD]));
    return { events, seen };
  };

  it('redacts an error before other listeners receive it', () => {
    const { events, seen } = guarded();
    const error = Object.assign(new RangeError(`no ${PASSWORD}`), { response: PASSWORD });
    events.emit('unhandledRejection', error, Promise.resolve());
    expect(seen[0]).toContain('RangeError: no [redacted]');
    expect(leaked(String(seen[0]))).toEqual([]);
    const thrown = new Error(PASSWORD);
    events.emit('uncaughtExceptionMonitor', thrown, 'uncaughtException');
    expect(leaked(inspect(thrown))).toEqual([]);
  });

  it('ends the process with a clean error when the thrown value cannot be redacted', () => {
    const { events, seen } = guarded();
    expect(() => events.emit('unhandledRejection', PASSWORD, Promise.resolve())).toThrow('[redacted]');
    expect(seen).toEqual([]);
    events.emit('unhandledRejection', 'harmless', Promise.resolve());
    expect(seen).toEqual(["'harmless'"]);
  });

  it('adds no listener where there was none, so that the process still ends', () => {
    const { events } = fakeRuntime();
    guardStrays(events, (text) => text);
    expect(events.listenerCount('unhandledRejection')).toBe(0);
  });
});

it('Redaction forgets the values of old invocations', () => {
  const redaction = new Redaction();
  redaction.remember('first-value-of-all');
  for (let n = 0; n < 3; n += 1) redaction.begin();
  expect(redaction.text('first-value-of-all')).toBe('[redacted]');
  redaction.begin();
  expect(redaction.text('first-value-of-all')).toBe('first-value-of-all');
});
