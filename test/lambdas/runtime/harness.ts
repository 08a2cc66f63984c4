import { EventEmitter } from 'node:events';
import { format } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockAws } from '../../fixtures/mock-aws.ts';
import type { WorkEvent } from '../../../core/work/work.ts';
import { defineWork, type Work } from '../../../lambdas/runtime/index.ts';
import type { Output } from '../../../lambdas/runtime/redaction/guard-output.ts';
import type { WorkPorts } from '../../../lambdas/runtime/ports.ts';

export const NOW_MS = Date.parse('2026-11-23T10:00:00Z');
export const SESSION = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE01',
  secretAccessKey: 'qL7/session+Secret0Access1Key2Example3456',
  sessionToken: `IQoJb3JpZ2luX2VjEXAMPLE${'tokenPart/+'.repeat(20)}==`,
  expiration: '2026-11-23T10:15:00Z',
};
const OWN = {
  AWS_SECRET_ACCESS_KEY: 'own+Role/Secret0Access1Key2Example3456789',
  AWS_SESSION_TOKEN: 'ownRoleSessionToken0123456789',
};
export const PASSWORD = 'p4ss"word\\with ünusual\ncharacters';

/** Every value that must never appear in an output. */
export const VALUES = [SESSION.secretAccessKey, SESSION.sessionToken, ...Object.values(OWN), PASSWORD];

export const workEvent = (over: Partial<WorkEvent> = {}): WorkEvent => ({
  taskId: 't-1',
  boundaryId: 'demo.t-1',
  taskType: 'demo',
  parameters: { key: 'a/b.csv' },
  sessionSecretId: 'taskbound/S/demo/demo.t-1/n/session',
  sessionVersionId: 'version-of-the-session-0123456789',
  secrets: { password: 'taskbound/S/demo/demo.t-1/n/password' },
  deadline: '2026-11-23T10:10:00Z',
  checkpoint: null,
  ...over,
});

export const contextWith = (leftMs: number) => ({
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:Work:1',
  getRemainingTimeInMillis: () => leftMs,
});

/**
 * The dependencies of a function. Secrets Manager answers like the embedded AWS, output is collected, and the clock moves only on request.
 */
export function fakeRuntime() {
  const secrets = mockAws(SecretsManagerClient);
  const event = workEvent();
  secrets
    .on(GetSecretValueCommand, { SecretId: event.sessionSecretId, VersionId: event.sessionVersionId })
    .resolves({ SecretString: JSON.stringify(SESSION) });
  secrets
    .on(GetSecretValueCommand, { SecretId: event.secrets['password'] })
    .resolves({ SecretString: PASSWORD });
  const lines: string[] = [];
  const sleeps: { ms: number; wake: () => void; cancelled: boolean }[] = [];
  const events = new EventEmitter();
  const ports: WorkPorts = {
    clock: {
      nowMs: () => NOW_MS,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const sleep = { ms, wake: resolve, cancelled: false };
          sleeps.push(sleep);
          signal?.addEventListener('abort', () => {
            sleep.cancelled = true;
            reject(signal.reason);
          });
        }),
    },
    environment: { AWS_REGION: 'eu-central-1', ...OWN },
    ownSecrets: new SecretsManagerClient({ region: 'eu-central-1' }),
    aws: {},
    output: output(lines),
    events,
  };
  const invoke = (work: Work, over: Partial<WorkEvent> = {}, leftMs = 60_000) =>
    defineWork(work, ports)(workEvent(over), contextWith(leftMs));
  /** Ends every pause of at most a second until the invocation has ended. Returns the sum of the pauses, milliseconds. */
  const wakeAll = async (ended: Promise<unknown>): Promise<number> => {
    let waitedMs = 0;
    let isOver = false;
    const over = () => void (isOver = true);
    void ended.then(over, over);
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      const short = sleeps.filter(({ ms }) => ms <= 1_000);
      for (const sleep of short) {
        sleeps.splice(sleeps.indexOf(sleep), 1);
        waitedMs += sleep.ms;
        sleep.wake();
      }
    }
    return waitedMs;
  };
  return { secrets, lines, sleeps, events, ports, invoke, wakeAll };
}

function output(lines: string[]): Output {
  const print = (...values: unknown[]) => void lines.push(format(...values));
  const write = (chunk: string | Uint8Array): boolean => lines.push(Buffer.from(chunk).toString()) > 0;
  return {
    console: {
      debug: print,
      dir: print,
      error: print,
      info: print,
      log: print,
      table: print,
      trace: print,
      warn: print,
      assert: print,
    },
    stdout: { write },
    stderr: { write },
  };
}
