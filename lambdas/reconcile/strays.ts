import { boundaryOfSecret, cleansUpItself, isOld, staleDeny } from '../../core/reconcile/strays.ts';
import { log } from '../control/function/log.ts';
import { settleAll } from './settle-all.ts';
import { RUN_MS } from './reconcile-due.ts';
import type { SweepDependencies } from './sweep.ts';

export interface StrayDependencies extends SweepDependencies {
  /** Only names of this stack are removed. */
  readonly stack: string;
}

/** A stray by its name and age, unless its boundary's row will remove it. */
interface Candidate {
  readonly boundaryId: string;
  /** For the log. */
  readonly what: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

/**
 * Removes secrets and denies of this stack that no row will remove. It reads one ledger row for each that is
 * old enough, and none for the others. If one kind cannot be listed, the other is still removed, and the run
 * fails at the end.
 */
export async function removeStrays(deps: StrayDependencies): Promise<{ done: number; failed: number }> {
  const endMs = deps.clock.nowMs() + RUN_MS;
  const found = await Promise.allSettled([staleSecrets(deps), staleDenies(deps)]);
  const candidates = found.flatMap((kind) => (kind.status === 'fulfilled' ? kind.value : []));
  const counts = await settleAll(candidates, (candidate) => removeUncaredFor(candidate, deps), {
    clock: deps.clock,
    endMs,
    nameOf: ({ boundaryId, what }) => ({ boundaryId, ...what }),
  });
  for (const kind of found) if (kind.status === 'rejected') throw kind.reason;
  return counts;
}

async function staleSecrets({ secrets, stack, clock }: StrayDependencies): Promise<Candidate[]> {
  const nowMs = clock.nowMs();
  const candidates: Candidate[] = [];
  for await (const { name, createdMs } of secrets.oldestFirst(stack)) {
    if (!isOld(createdMs, nowMs)) break; // all that follow are younger
    const boundaryId = boundaryOfSecret(name, stack);
    if (boundaryId !== undefined)
      candidates.push({ boundaryId, what: { secretName: name }, remove: () => secrets.destroy(name) });
  }
  return candidates;
}

async function staleDenies({ policies, clock }: StrayDependencies): Promise<Candidate[]> {
  const nowMs = clock.nowMs();
  const candidates: Candidate[] = [];
  for (const roleName of await policies.roles()) {
    for (const policyName of await policies.policiesOf(roleName)) {
      const boundaryId = staleDeny(policyName, nowMs);
      const remove = () => policies.remove(roleName, policyName);
      if (boundaryId !== undefined) candidates.push({ boundaryId, what: { roleName, policyName }, remove });
    }
  }
  return candidates;
}

async function removeUncaredFor({ boundaryId, what, remove }: Candidate, deps: StrayDependencies) {
  if (cleansUpItself(await deps.ledger.get(boundaryId))) return;
  await remove();
  log('warn', 'reconcile: stray removed', { boundaryId, ...what });
}
