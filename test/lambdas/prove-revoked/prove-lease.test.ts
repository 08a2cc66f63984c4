import { describe, expect, test } from 'vitest';
import { MAX_LEASES } from '../../../core/ledger/deadline.ts';
import type { IssuedLease, LeaseRecord } from '../../../core/ledger/lease-record.ts';
import type { CanaryAnswer } from '../../../lambdas/control/secrets/canary.ts';
import { versionIdFrom } from '../../../lambdas/control/secrets/secrets.ts';
import type { ProveDependencies } from '../../../lambdas/prove-revoked/deps.ts';
import { proveLeases } from '../../../lambdas/prove-revoked/prove-lease.ts';
import { PROOF_TIMEOUT } from '../../../lib/functions/timeouts.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { rowOf } from '../../fixtures/row.ts';

const DEADLINE_MS = Date.UTC(2026, 10, 23, 10, 2, 0);
/** The deadline plus the margin for clock differences. From the next millisecond on, the lease is certainly over. */
const OVER_MS = DEADLINE_MS + 30_000;

const lease: IssuedLease = {
  number: 1,
  state: 'issued',
  attempt: 'a',
  intendedAtMs: DEADLINE_MS - 120_000,
  deadlineMs: DEADLINE_MS,
  policyDigest: 'p',
  sessionSecretName: 'taskbound/Taskbound/object-transfer/object-transfer.task-1/n/session',
  accessKeyId: 'ASIA1',
  sessionVersionId: versionIdFrom('ASIA1'),
};
const credentials = {
  accessKeyId: 'ASIA1',
  secretAccessKey: 'kept-to-itself',
  sessionToken: 't',
  expiration: '2026-11-23T10:15:00Z',
};

/** The credentials of each lease, found by its session version. */
const valueOf = (leases: readonly LeaseRecord[]) => async (_name: string, versionId: string) => {
  const { accessKeyId } = leases.find((each) => versionIdFrom(each.accessKeyId ?? '') === versionId) ?? {};
  return JSON.stringify({ ...credentials, accessKeyId });
};

const ACCEPTED: CanaryAnswer = { answer: 'accepted' };
const REFUSED: CanaryAnswer = {
  answer: 'refused',
  error: 'AccessDeniedException',
  message: '… with an explicit deny in a session policy',
};
const DENIED: CanaryAnswer = {
  answer: 'denied',
  error: 'AccessDeniedException',
  message: '… because no identity-based policy allows the action',
};
const UNCLEAR: CanaryAnswer = {
  answer: 'unclear',
  error: 'ResourceNotFoundException',
  message: 'not found',
};

interface Given {
  /** The answers of the canary in order. The last one is repeated. */
  readonly answers: readonly CanaryAnswer[];
  readonly nowMs: number;
  readonly value?: (name: string, versionId: string) => Promise<string | undefined>;
}

/** Proves the lease with the given answers. Time passes only in pauses. */
async function prove(given: Given, change: Partial<IssuedLease> = {}) {
  const [proof] = await proveAll(given, [{ ...lease, ...change }]);
  if (proof === undefined) throw new Error('There is no proof of the lease.');
  return proof;
}

function proveAll(
  { answers, nowMs, value, asking }: Given & { readonly asking?: (accessKeyId: string) => void },
  leases: readonly LeaseRecord[],
) {
  let asked = 0;
  let now = nowMs;
  const on = {
    canaryOf: ({ accessKeyId }: { accessKeyId: string }) => ({
      ask: async () => {
        asking?.(accessKeyId);
        return answers[Math.min(asked++, answers.length - 1)];
      },
      end: () => undefined,
    }),
    secrets: { value: value ?? valueOf(leases) },
    evidence: { read: async () => [] },
    clock: {
      nowMs: () => now,
      sleep: async (ms: number) => void (now += ms),
    },
    issueTimeoutMs: 30_000,
  } as unknown as ProveDependencies;
  return proveLeases(rowOf({ phase: 'revoked', leases: [...leases] }), on);
}

const named = (name: string) => Object.assign(new Error(name), { name });

describe('a lease whose credentials can be presented', () => {
  test.each<[string, readonly CanaryAnswer[], number]>([
    ['before its deadline', [REFUSED], DEADLINE_MS - 100_000],
    ['after its deadline', [REFUSED], OVER_MS + 1],
  ])('is proven by three refusals, a second apart, %s', async (_when, answers, nowMs) => {
    const proof = await prove({ answers, nowMs });
    expect(proof).toMatchObject({ lease: 1, proof: 'refused', accessKeyId: 'ASIA1' });
    expect(proof.refusals.map(({ at }) => Date.parse(at) - nowMs)).toEqual([0, 1000, 2000]);
  });

  test.each<[string, readonly CanaryAnswer[], number]>([
    ['accepted', [ACCEPTED], DEADLINE_MS - 100_000],
    ['accepted after two refusals', [REFUSED, REFUSED, ACCEPTED], DEADLINE_MS - 100_000],
    ['accepted long after its deadline', [ACCEPTED], OVER_MS + 86_400_000],
    ['accepted between two denials after its deadline', [DENIED, ACCEPTED, DENIED], OVER_MS + 1],
    ['denied before its deadline', [DENIED], DEADLINE_MS - 1],
    ['denied within the margin for clock differences', [DENIED], OVER_MS],
    ['denied once among refusals before its deadline', [REFUSED, DENIED, REFUSED], DEADLINE_MS - 100_000],
    ['answered with an unclear error before its deadline', [UNCLEAR], DEADLINE_MS - 100_000],
    ['answered with an unclear error after its deadline', [UNCLEAR], OVER_MS + 86_400_000],
  ])('is not proven while it is %s', async (_what, answers, nowMs) => {
    await expect(prove({ answers, nowMs })).rejects.toMatchObject({ name: 'StillAccepted' });
  });

  test('is proven as `expired`, with the answers, when it is denied after the deadline and the margin', async () => {
    const proof = await prove({ answers: [DENIED], nowMs: OVER_MS + 1 });
    expect(proof).toMatchObject({ proof: 'expired', accessKeyId: 'ASIA1', deadline: '2026-11-23T10:02:00Z' });
    expect(proof.refusals.map(({ error, message }) => ({ answer: 'denied', error, message }))).toEqual([
      DENIED,
      DENIED,
      DENIED,
    ]);
  });

  test('is proven only as `expired` when one of three answers is a denial without our deny', async () => {
    const proof = await prove({ answers: [REFUSED, DENIED, REFUSED], nowMs: OVER_MS + 1 });
    expect([proof.proof, proof.refusals.length]).toEqual(['expired', 3]);
  });

  test('appears in errors only with the id of its key', async () => {
    const error = await prove({ answers: [DENIED], nowMs: DEADLINE_MS }).catch(String);
    expect(error).toMatch(/ASIA1.*no identity-based policy/);
    expect(error).not.toContain('kept-to-itself');
  });
});

describe('a lease whose credentials cannot be presented', () => {
  const gone = async () => undefined;
  const shut = () => Promise.reject(named('AccessDeniedException'));

  test('is proven as `expired` in the first millisecond after the deadline and the margin', async () => {
    const pending = prove({ answers: [ACCEPTED], nowMs: OVER_MS, value: gone });
    await expect(pending).rejects.toMatchObject({ name: 'ExpiryPending' });
    expect(await prove({ answers: [ACCEPTED], nowMs: OVER_MS + 1, value: gone })).toMatchObject({
      proof: 'expired',
      refusals: [],
    });
  });

  test('is not proven while a function may still create it', async () => {
    const late = { intendedAtMs: DEADLINE_MS + 10_000 };
    const pending = prove({ answers: [ACCEPTED], nowMs: OVER_MS + 40_001, value: gone }, late);
    await expect(pending).resolves.toMatchObject({ proof: 'expired' });
    await expect(
      prove({ answers: [ACCEPTED], nowMs: OVER_MS + 40_000, value: gone }, late),
    ).rejects.toMatchObject({ name: 'ExpiryPending' });
  });

  test('is proven as `expired` after its deadline when this function may not read them, and fails before', async () => {
    await expect(prove({ answers: [ACCEPTED], nowMs: OVER_MS, value: shut })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(await prove({ answers: [ACCEPTED], nowMs: OVER_MS + 1, value: shut })).toMatchObject({
      proof: 'expired',
      accessKeyId: 'ASIA1',
      refusals: [],
    });
  });

  test('is never proven while Secrets Manager is down', async () => {
    const down = () => Promise.reject(named('InternalServiceError'));
    await expect(prove({ answers: [ACCEPTED], nowMs: OVER_MS + 1, value: down })).rejects.toMatchObject({
      name: 'InternalServiceError',
    });
  });

  test('is not proven when the secret contains something else', async () => {
    const value = async () => '{"accessKeyId":"kept-to-itself"}';
    const error = prove({ answers: [REFUSED], nowMs: OVER_MS + 1, value });
    await expect(error).rejects.toMatchObject({
      name: 'NotProven',
      message: expect.not.stringContaining('kept-to-itself'),
    });
  });
});

describe('several leases', () => {
  const leases = [1, 2, 3].map((number) => ({ ...lease, number, accessKeyId: `ASIA${number}` }));
  const nowMs = DEADLINE_MS - 100_000;

  test('are probed in three rounds, which take no longer than for one lease', async () => {
    const asked: string[] = [];
    const proofs = await proveAll(
      { answers: [REFUSED], nowMs, asking: (key) => void asked.push(key) },
      leases,
    );
    const round = ['ASIA1', 'ASIA2', 'ASIA3'];
    expect(asked).toEqual([...round, ...round, ...round]);
    expect(proofs.map(({ lease: number, proof }) => [number, proof])).toEqual([
      [1, 'refused'],
      [2, 'refused'],
      [3, 'refused'],
    ]);
    for (const { refusals } of proofs)
      expect(refusals.map(({ at }) => Date.parse(at) - nowMs)).toEqual([0, 1000, 2000]);
  });

  test('are not proven while one of them is accepted, even in the last round', async () => {
    const answers = [...Array.from({ length: 8 }, () => REFUSED), ACCEPTED];
    await expect(proveAll({ answers, nowMs }, leases)).rejects.toMatchObject({
      name: 'StillAccepted',
      message: expect.stringContaining('Lease 3, key ASIA3'),
    });
  });

  test('are not proven while one without credentials may still be valid, and are then proven one by one', async () => {
    const value = async (name: string, versionId: string) =>
      versionId === versionIdFrom('ASIA2') ? undefined : valueOf(leases)(name, versionId);
    const pending = proveAll({ answers: [REFUSED], nowMs, value }, leases);
    await expect(pending).rejects.toMatchObject({ name: 'ExpiryPending' });
    const proofs = await proveAll({ answers: [REFUSED], nowMs: OVER_MS + 1, value }, leases);
    expect(proofs.map(({ proof, refusals }) => [proof, refusals.length])).toEqual([
      ['refused', 3],
      ['expired', 0],
      ['refused', 3],
    ]);
  });
});

describe('the maximum number of leases', () => {
  const leases = Array.from({ length: MAX_LEASES }, (_unused, index) => ({
    ...lease,
    number: index + 1,
    accessKeyId: `ASIA${index + 1}`,
  }));
  const startMs = DEADLINE_MS - 100_000;

  /** Every external call takes 200 ms. */
  function slowWorld(answerTo: (accessKeyId: string) => CanaryAnswer = () => REFUSED) {
    const clock = new VirtualClock({ startMs });
    const seen = { open: 0, mostAsked: 0, asking: 0 };
    const slowly = async <Result>(answer: () => Result): Promise<Result> => {
      seen.mostAsked = Math.max(seen.mostAsked, (seen.asking += 1));
      await clock.sleep(200);
      seen.asking -= 1;
      return answer();
    };
    const stored = valueOf(leases);
    const on = {
      canaryOf: ({ accessKeyId }: { accessKeyId: string }) => {
        seen.open += 1;
        return { ask: () => slowly(() => answerTo(accessKeyId)), end: () => void (seen.open -= 1) };
      },
      secrets: { value: (name: string, versionId: string) => slowly(() => stored(name, versionId)) },
      evidence: { read: () => slowly(() => []) },
      clock,
      issueTimeoutMs: 30_000,
    } as unknown as ProveDependencies;
    return { clock, seen, on };
  }
  const row = (of: readonly LeaseRecord[]) => rowOf({ phase: 'revoked', leases: [...of] });

  test('are proven well within the function’s timeout of a minute', async () => {
    const { clock, seen, on } = slowWorld();
    const proofs = await proveLeases(row(leases), on);
    const seconds = (clock.nowMs() - startMs) / 1000;
    expect(seconds).toBeLessThan(PROOF_TIMEOUT.toSeconds() / 2);
    expect(proofs.map((proof) => proof.lease)).toEqual(leases.map(({ number }) => number));
    for (const { refusals } of proofs) {
      const [first = 0, second = 0, third = 0] = refusals.map(({ at }) => Date.parse(at));
      expect([second - first, third - second].every((ms) => ms >= 1000)).toBe(true);
    }
    expect(seen).toEqual({ open: 0, mostAsked: 10, asking: 0 });
  });

  test('need only one read of the evidence when many were never recorded as issued', async () => {
    const { clock, on } = slowWorld();
    Object.assign(on, { clock: { ...on.clock, nowMs: () => OVER_MS + 1 } });
    const unrecorded = leases.map(({ accessKeyId: _none, sessionVersionId: _version, ...rest }) => ({
      ...rest,
      state: 'intended' as const,
    }));
    const proofs = await proveLeases(row(unrecorded), on);
    expect(new Set(proofs.map(({ proof }) => proof))).toEqual(new Set(['expired']));
    expect(clock.nowMs() - startMs).toBe(200);
  });

  test('are not proven while several are accepted; the error names the first one, and no connection stays open', async () => {
    const { seen, on } = slowWorld((key) => (['ASIA57', 'ASIA53'].includes(key) ? ACCEPTED : REFUSED));
    await expect(proveLeases(row(leases), on)).rejects.toMatchObject({
      name: 'StillAccepted',
      message: expect.stringContaining('Lease 53, key ASIA53'),
    });
    expect(seen).toEqual({ open: 0, mostAsked: 10, asking: 0 });
  });
});

describe('a session secret that is not found', () => {
  /** Answers that the value is not known for as many reads. */
  const unknownFor = (reads: number) => {
    let left = reads;
    const found = valueOf([lease]);
    return async (name: string, versionId: string) => (left-- > 0 ? undefined : found(name, versionId));
  };
  const FRESH_MS = lease.intendedAtMs + 1_000;

  test('is read again while it may only be unknown for a moment, and then proven by refusals', async () => {
    const proof = await prove({ answers: [REFUSED], nowMs: FRESH_MS, value: unknownFor(9) });
    expect(proof.proof).toBe('refused');
    expect(proof.refusals.map(({ at }) => Date.parse(at) - FRESH_MS)).toEqual([9_000, 10_000, 11_000]);
  });

  test('is no proof: after ten seconds the expiry of the lease is awaited', async () => {
    const value = unknownFor(12);
    await expect(prove({ answers: [REFUSED], nowMs: FRESH_MS, value })).rejects.toMatchObject({
      name: 'ExpiryPending',
    });
    // The next attempt finds it.
    expect((await prove({ answers: [REFUSED], nowMs: FRESH_MS + 20_000, value })).proof).toBe('refused');
  });

  test('is not waited for once the function that issues it cannot have put it within the read lag', async () => {
    let reads = 0;
    const value = async () => void (reads += 1);
    const nowMs = lease.intendedAtMs + 30_000 + 10_001;
    await expect(prove({ answers: [], nowMs, value })).rejects.toMatchObject({ name: 'ExpiryPending' });
    expect(reads).toBe(1);
  });
});
