import type { ObservedCall } from 'taskbound-local/gateway/intercept';
import type { Violation } from './violation.ts';
import type { World } from '../world/world.ts';

/**
 * Invariant 15: a secret that is not found is not proof that it does not exist. When a proof is recorded, no secret of the task exists
 * except the session secret, which `close-boundary` destroys after the proof.
 */
export class LagWatch {
  readonly violations: Violation[] = [];
  readonly #world: World;
  readonly #proven = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** For the embedded AWS's `observe`, after the witness. */
  readonly observe = (call: ObservedCall): void => {
    if (call.error !== undefined || call.operation !== 'PutItem') return;
    for (const [boundaryId, events] of this.#world.witness.events) {
      const isProven = events.some(({ what }) => what.type === 'revocation.proven');
      if (isProven && !this.#proven.has(boundaryId)) this.#judge(boundaryId);
    }
  };

  #judge(boundaryId: string): void {
    this.#proven.add(boundaryId);
    for (const { name, gone } of this.#world.aws.secrets.store.all())
      if (gone === undefined && name.includes(`/${boundaryId}/`) && !name.endsWith('/session')) {
        const message = `${boundaryId} was proven while its secret ${name.split('/').at(-1) ?? ''} existed`;
        this.violations.push({ invariant: 15, message });
      }
  }
}
