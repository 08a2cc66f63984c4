import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { ObservedCall } from 'taskbound-local/gateway/intercept';
import type { PersonCall } from '../world/people.ts';
import type { Violation } from './violation.ts';
import type { World } from '../world/world.ts';

/** The maximum difference between functions' clocks, milliseconds. */
export const MAX_CLOCK_DIFFERENCE_MS = 3_000;
/** How long an issuing function may still run after it read the clock. */
const ISSUING_MS = 30_000;

/** Checks at the time of each issued credential whether it may be issued, based on what people sent and when. */
export class IssueWatch {
  readonly violations: Violation[] = [];
  readonly #world: World;
  /** How many rows of each boundary were checked. */
  readonly #checked = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** For the embedded AWS's `observe`, after the witness. */
  readonly observe = (call: ObservedCall): void => {
    if (call.error !== undefined) return;
    if (call.operation === 'AssumeRole') this.issued(boundaryOfSession(call), 'a session');
    if (call.operation === 'PutSecretValue') this.issued(boundaryOfSecret(call), 'a secret value');
    if (call.operation === 'PutItem') this.#newRows();
  };

  /** Checks a credential that was just issued for the task. */
  issued(boundaryId: string, what: string): void {
    const row = this.#world.witness.rows.get(boundaryId)?.at(-1)?.what;
    if (row === undefined) return this.#report(10, `${what} was made for ${boundaryId}, which has no row`);
    const nowMs = this.#world.clock.nowMs();
    const approved = this.#approversOf(row);
    if (approved.length < this.#world.kind.quorum)
      this.#report(10, `${what} was made for ${boundaryId}, approved by ${approved.join(', ') || 'nobody'}`);
    const { opensAtMs = 0, closesAtMs = Infinity } = row.window ?? {};
    if (nowMs < opensAtMs - MAX_CLOCK_DIFFERENCE_MS)
      this.#report(11, `${what} was made for ${boundaryId} before its window opens`);
    if (nowMs > closesAtMs + ISSUING_MS + MAX_CLOCK_DIFFERENCE_MS)
      this.#report(11, `${what} was made for ${boundaryId} after its window has closed`);
  }

  /** All people, except the requester, who approved exactly this grant in time. The ledger must also contain their approvals. */
  #approversOf(row: LedgerRow): string[] {
    const sent = this.#world.people.calls.filter(
      ({ what, boundaryId, person, grantDigest, sentMs }) =>
        what === 'approve' &&
        boundaryId === row.boundaryId &&
        person !== 'ann' &&
        grantDigest === row.grantDigest &&
        sentMs < (row.approval?.expiresAtMs ?? 0) + MAX_CLOCK_DIFFERENCE_MS,
    );
    const counted = new Set(
      row.decisions
        ?.filter((each) => each.decision === 'approve' && each.grantDigest === row.grantDigest)
        .map(({ person }) => person),
    );
    return [...new Set(sent.map(({ person }) => person))].filter((person) => counted.has(person));
  }

  #newRows(): void {
    for (const [boundaryId, rows] of this.#world.witness.rows) {
      for (let index = Math.max(1, this.#checked.get(boundaryId) ?? 1); index < rows.length; index += 1) {
        const [before, after] = [rows[index - 1]?.what, rows[index]];
        if (before === undefined || after === undefined) continue;
        if (intendedCredentials(after.what) > intendedCredentials(before))
          this.#checkNotEnded(before, after.atMs);
      }
      this.#checked.set(boundaryId, rows.length);
    }
  }

  /** Invariant 12: after a person or a rule has ended a task, nothing is issued for it. */
  #checkNotEnded(row: LedgerRow, atMs: number): void {
    const isAnswered = (what: PersonCall['what']) =>
      this.#world.people.calls.some(
        (each) =>
          each.what === what &&
          each.boundaryId === row.boundaryId &&
          each.status === 200 &&
          (each.answeredMs ?? Infinity) < atMs,
      );
    const why =
      row.ended !== undefined || isAnswered('end')
        ? 'ended'
        : isAnswered('refuse')
          ? 'refused'
          : row.rejection !== undefined
            ? 'rejected'
            : undefined;
    if (why !== undefined)
      this.#report(12, `${row.boundaryId} was ${why}, and then more was to be issued for it`);
  }

  #report(invariant: number, message: string): void {
    this.violations.push({ invariant, message });
  }
}

/** How many credentials the row contains an intent for, including retries. */
const intendedCredentials = ({ leases, secrets }: LedgerRow): number =>
  leases.length + secrets.reduce((sum, { attempts = 0 }) => sum + attempts, 0);

const boundaryOfSession = ({ request }: ObservedCall): string =>
  new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('RoleSessionName') ?? '';

const boundaryOfSecret = ({ request }: ObservedCall): string => {
  const { SecretId } = JSON.parse(Buffer.from(request.body).toString('utf8')) as {
    readonly SecretId?: string;
  };
  return SecretId?.split('/').find((part) => parseBoundaryId(part) !== undefined) ?? '';
};
