import type { z } from 'zod';
import type { Clock } from 'taskbound-time/clock';
import { withTaskDeadline } from '../../core/ledger/deadline.ts';
import { asEventOfType } from 'taskbound-evidence/events/event-of-type';
import { HalfIssued, PhasePassed } from '../../core/shared/errors.ts';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { isIssuingRow, type LedgerRow } from '../../core/ledger/ledger.ts';
import {
  wasAttempted,
  withSecret,
  type AttemptedSecret,
  type RemovableSecret,
  type SecretRecord,
} from '../../core/ledger/secret-record.ts';
import type { issueSecretEvent } from '../../core/work/step-events.ts';
import { windowState } from '../../core/windows/window.ts';
import { assertWindowOpen } from '../control/task-types/assert-window-open.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import type { Logins } from '../control/logins/logins.ts';
import { retireSecret } from '../control/secrets/retire-secret.ts';
import { jitSecretPolicy } from '../control/secrets/secret-policies.ts';
import { versionIdFrom, type TaskSecrets } from '../control/secrets/secrets.ts';
import { CAPABILITIES, draw, randomText, type Issued } from './issuers.ts';

export interface IssueSecretDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly secrets: TaskSecrets;
  readonly logins: Logins;
  readonly clock: Clock;
}

export async function issueSecret(
  event: z.infer<typeof issueSecretEvent>,
  deps: IssueSecretDependencies,
): Promise<{ secretName: string }> {
  // Read once: if the response to the intent's write is lost, its time identifies it as this attempt's own.
  const nowMs = deps.clock.nowMs();
  const row = await intend(event, nowMs, deps);
  // Whether the work still fits is checked by IssueIdentity, which reads the type.
  await assertWindowOpen(row, { by: 'issue-secret', needsSeconds: 0, nowMs }, deps);
  const secret = attemptedOf(row, event.secret);
  const handle = (await issuedBefore(row, secret, deps)) ?? (await makeOrUndo(row, secret, deps));
  const after = await deps.ledger.update(row.boundaryId, (now) =>
    secretOf(now, secret.name).state === 'intended'
      ? withSecret(now, secret.name, (each) =>
          each.state === 'intended' ? { ...each, state: 'issued', handle } : each,
        )
      : now,
  );
  if (!isIssuingRow(after)) await undo(after, { ...secret, handle }, deps);
  return { secretName: secret.secretName };
}

function secretOf(row: LedgerRow, name: string): SecretRecord {
  const secret = row.secrets.find((each) => each.name === name);
  if (!secret)
    throw new PhasePassed(
      `Task ${row.boundaryId} was asked for without the secret ${name}; it cannot be issued now.`,
    );
  return secret;
}

/** The secret once its intent is in the row, without which nothing is made. */
function attemptedOf(row: LedgerRow, name: string): AttemptedSecret {
  const secret = secretOf(row, name);
  if (wasAttempted(secret)) return secret;
  throw new PhasePassed(`Secret ${name} of ${row.boundaryId} was not intended; it cannot be issued now.`);
}

/** Outside the task's window the row is not changed. */
function intend(
  event: z.infer<typeof issueSecretEvent>,
  intendedAtMs: number,
  deps: IssueSecretDependencies,
): Promise<LedgerRow> {
  return deps.ledger.update(event.boundaryId, (row) => {
    assertOwner(row, event.boundaryId, event.executionArn);
    if (!isIssuingRow(row)) throw tooLate(row, event.secret);
    if (windowState(row.window, intendedAtMs, 0).is !== 'open') return row;
    const secret = secretOf(row, event.secret);
    const isOurs = secret.state === 'intended' && secret.intendedAtMs === intendedAtMs;
    if (isOurs || (secret.state !== 'planned' && secret.state !== 'intended')) return row;
    const attempts = (secret.attempts ?? 0) + 1;
    const intended: SecretRecord = { ...secret, state: 'intended', attempts, intendedAtMs };
    return withTaskDeadline(
      withSecret(row, event.secret, () => intended),
      intendedAtMs,
    );
  });
}

const tooLate = (row: LedgerRow, name: string): PhasePassed =>
  new PhasePassed(
    `Secret ${name} of ${row.boundaryId} is not issued: the boundary is ${row.phase}; secrets are issued while it is admitted or open.`,
  );

/** The handle that an earlier attempt recorded; undefined if none got that far. */
async function issuedBefore(
  row: LedgerRow,
  secret: AttemptedSecret,
  deps: IssueSecretDependencies,
): Promise<Record<string, string> | undefined> {
  if (secret.state === 'issued') return secret.handle;
  const events = await deps.evidence.read(row.boundaryId);
  const recorded = events.find((event) => event.id === eventId(secret));
  return asEventOfType(recorded, 'secret.issued')?.data.handle;
}

const eventId = (secret: SecretRecord): string => `secret.issued:${secret.name}`;

/** An incomplete secret must not outlive a teardown that has already looked for it. */
async function makeOrUndo(
  row: LedgerRow,
  secret: AttemptedSecret,
  deps: IssueSecretDependencies,
): Promise<Record<string, string>> {
  try {
    return await make(row, secret, deps);
  } catch (error) {
    const now = await deps.ledger.get(row.boundaryId);
    if (now && !isIssuingRow(now)) await retireSecret(secret, deps);
    throw error;
  }
}

async function make(
  row: LedgerRow,
  secret: AttemptedSecret,
  deps: IssueSecretDependencies,
): Promise<Record<string, string>> {
  const { boundaryId } = row;
  await deps.secrets.createEmpty(
    secret.secretName,
    `JIT secret ${secret.name} of task ${boundaryId}`,
    jitSecretPolicy(boundaryId),
  );
  const issued = await issue(row, secret, deps);
  const fresh = await deps.secrets.putValue(
    secret.secretName,
    versionIdFrom(secret.secretName),
    issued.value,
  );
  if (!fresh) {
    throw new HalfIssued(
      `Secret ${secret.secretName} has a value from an attempt that did not finish; it is not used. Submit the task again under a new id.`,
    );
  }
  const handle = { ...issued.handle };
  await deps.evidence.append(boundaryId, {
    id: eventId(secret),
    type: 'secret.issued',
    actor: 'issue-secret',
    data: {
      name: secret.name,
      kind: secret.spec.kind,
      secretName: secret.secretName,
      handle,
      ...CAPABILITIES[secret.spec.kind],
    },
  });
  return handle;
}

/** 190 bits: a login's password cannot be guessed. */
const PASSWORD_CHARACTERS = 32;

async function issue(
  row: LedgerRow,
  secret: AttemptedSecret,
  deps: IssueSecretDependencies,
): Promise<Issued> {
  const { spec } = secret;
  if (spec.kind !== 'postgres') return draw(spec);
  return deps.logins.make(row, { ...secret, spec }, randomText(PASSWORD_CHARACTERS));
}

async function undo(
  row: LedgerRow,
  secret: RemovableSecret & { readonly name: string },
  deps: IssueSecretDependencies,
): Promise<never> {
  await retireSecret(secret, deps);
  throw tooLate(row, secret.name);
}
