import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import type { EvidenceEvent } from 'taskbound-evidence/events/event';
import { eventsOfType } from 'taskbound-evidence/events/event-of-type';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { versionIdFrom } from '../../lambdas/control/secrets/secrets.ts';
import { firstMs, type Case } from './case.ts';
import type { ReportViolation } from './violation.ts';

/** Invariant 6: the evidence is one whole chain, and each fact in it happened. */
export function judgeEvidence(of: Case, report: ReportViolation): void {
  const { boundaryId, world, closedMs } = of;
  const chain = (world.witness.events.get(boundaryId) ?? []).map(({ what }) => what);
  const fault = chainFault(boundaryId, chain);
  if (fault !== undefined) report(6, `the evidence of ${boundaryId} does not hold: ${fault}`);
  const ends = chain.filter(({ type }) => type === 'boundary.closed').length;
  if (closedMs !== undefined && ends !== 1) report(6, `the evidence of ${boundaryId} has ${ends} ends`);
  const { events, faults } = parseEvents(chain);
  for (const { id, path, problem } of faults)
    report(6, `the event ${id} of ${boundaryId} does not match its schema: ${path}: ${problem}`);
  judgeEventContents(of, events, report);
}

/** Each fact that an event contains must have happened. */
function judgeEventContents(of: Case, events: readonly EvidenceEvent[], report: ReportViolation): void {
  const { boundaryId, world } = of;
  const { witness } = world;
  const keysInEvidence = new Set(eventsOfType(events, 'identity.issued').map(({ data }) => data.accessKeyId));
  const issued = new Set(of.sessions.map(({ accessKeyId }) => accessKeyId));
  for (const key of keysInEvidence)
    if (!issued.has(key)) report(6, `${boundaryId} tells of a key that was never issued`);
  for (const { what } of witness.valuesPut.filter(({ what: { name } }) =>
    isSessionSecretOf(name, boundaryId),
  ))
    if (![...keysInEvidence].some((key) => versionIdFrom(key) === what.version))
      report(6, `${boundaryId} stored a key that its evidence does not tell of`);
  for (const { data } of eventsOfType(events, 'secret.issued'))
    if (!witness.secretsMade.some(({ what }) => what === data.secretName))
      report(6, `${boundaryId} tells of a secret that was never made`);
  const deny = eventsOfType(events, 'boundary.revoked').at(-1)?.data.deny;
  if (
    typeof deny === 'object' &&
    deny.effective &&
    !witness.denies.some(({ what }) => what.policyName === deny.policyName)
  )
    report(6, `${boundaryId} tells of a deny that was never put`);
}

/** Invariant 14: the whole chain was signed once, before the row was closed, with the stack's own key. */
export function judgeSignature({ boundaryId, world, rows, closedMs }: Case, report: ReportViolation): void {
  if (closedMs === undefined) return;
  const [head, ...more] = world.witness.heads.get(boundaryId) ?? [];
  if (head === undefined || more.length > 0)
    return report(14, `${boundaryId} was signed ${head === undefined ? 0 : 1 + more.length} times`);
  if (head.atMs > firstMs(rows, ({ phase }) => phase === 'closed'))
    report(14, `${boundaryId} was closed before it was signed`);
  const events = (world.witness.events.get(boundaryId) ?? []).map(({ what }) => what);
  const { envelope, publicKey } = head.what;
  const { fault } = verifyBundle(makeBundle(boundaryId, events, { envelope, publicKey }), world.evidenceKey);
  if (fault !== null) report(14, `the signature of ${boundaryId} does not hold: ${fault}`);
}

const isSessionSecretOf = (name: string, boundaryId: string): boolean =>
  name.includes(`/${boundaryId}/`) && name.endsWith('/session');
