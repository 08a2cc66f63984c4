import { unmarshall } from '@aws-sdk/util-dynamodb';
import { createHash } from 'node:crypto';
import { SIGNED_HEAD_SEQ, type ChainedEvent, type SignedHead } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { eventIn } from 'taskbound-evidence/lookup/lookup';
import type { ObservedCall } from 'taskbound-local/gateway/intercept';

/** Something that the embedded AWS did, with its time. */
export interface Observed<T> {
  readonly atMs: number;
  readonly what: T;
}

export interface Use {
  readonly accessKeyId: string;
  readonly service: string;
  readonly operation: string;
  readonly error: string | undefined;
}

export interface RolePolicyChange {
  readonly roleName: string;
  readonly policyName: string;
}

/**
 * Records each call that the embedded AWS received, and its effect. The invariants are checked against these records. The effects are read
 * from the requests of successful calls, not from what Taskbound reports.
 */
export class Witness {
  /** Each write of a boundary's row, in order. */
  readonly rows = new Map<string, Observed<LedgerRow>[]>();
  /** Each event of a boundary's evidence, in order. */
  readonly events = new Map<string, Observed<ChainedEvent>[]>();
  /** The signatures of each boundary's evidence. */
  readonly heads = new Map<string, Observed<SignedHead>[]>();
  readonly secretsMade: Observed<string>[] = [];
  readonly valuesPut: Observed<{ readonly name: string; readonly version: string }>[] = [];
  readonly secretsDestroyed: Observed<string>[] = [];
  readonly denies: Observed<RolePolicyChange>[] = [];
  readonly removedDenies: Observed<RolePolicyChange>[] = [];
  /** Calls with a task's own credentials. */
  readonly uses: Observed<Use>[] = [];
  /** One line for each call, for people and for the digest. It contains no values, and no ids that differ between runs. */
  readonly trace: string[] = [];
  readonly #digest = createHash('sha256');
  readonly #startMs: number;
  readonly #tables: { readonly ledger: string; readonly evidence: string };

  constructor(startMs: number, tables: { readonly ledger: string; readonly evidence: string }) {
    this.#startMs = startMs;
    this.#tables = tables;
  }

  note(atMs: number, line: string): void {
    const text = `${((atMs - this.#startMs) / 1000).toFixed(3)} ${line}`;
    this.trace.push(text);
    this.#digest.update(`${text}\n`);
  }

  digest(): string {
    return this.#digest.copy().digest('hex');
  }

  /** For the embedded AWS's `observe`. */
  readonly observe = (call: ObservedCall): void => {
    const { service, operation, caller, error, atMs } = call;
    this.note(atMs, `${callerName(call)} ${service}:${operation.split('/')[0]?.trim()} ${error ?? 'ok'}`);
    if (caller.sourceIdentity !== undefined && caller.accessKeyId !== undefined)
      this.uses.push({ atMs, what: { accessKeyId: caller.accessKeyId, service, operation, error } });
    if (error === undefined) this.#effect(call);
  };

  #effect({ operation, request, atMs }: ObservedCall): void {
    const text = () => Buffer.from(request.body).toString('utf8');
    const json = () => JSON.parse(text()) as Record<string, unknown>;
    const form = () => Object.fromEntries(new URLSearchParams(text())) as Record<string, string>;
    switch (operation) {
      case 'PutItem':
        return this.#item(json(), atMs);
      case 'CreateSecret':
        return void this.secretsMade.push({ atMs, what: String(json()['Name']) });
      case 'PutSecretValue': {
        const { SecretId, ClientRequestToken } = json();
        const what = { name: String(SecretId), version: String(ClientRequestToken) };
        return void this.valuesPut.push({ atMs, what });
      }
      case 'DeleteSecret':
        return void this.secretsDestroyed.push({ atMs, what: String(json()['SecretId']) });
      case 'PutRolePolicy':
        return void this.denies.push({ atMs, what: policyIn(form()) });
      case 'DeleteRolePolicy':
        return void this.removedDenies.push({ atMs, what: policyIn(form()) });
    }
  }

  #item({ TableName, Item }: Record<string, unknown>, atMs: number): void {
    const item = unmarshall(Item as Parameters<typeof unmarshall>[0]);
    const boundaryId = String(item['boundaryId']);
    if (TableName === this.#tables.evidence) {
      if (item['seq'] === SIGNED_HEAD_SEQ) push(this.heads, boundaryId, { atMs, what: item as SignedHead });
      else push(this.events, boundaryId, { atMs, what: eventIn(item) });
    }
    if (TableName === this.#tables.ledger && boundaryId.includes('.')) {
      const row = item as LedgerRow;
      const before = this.rows.get(boundaryId)?.at(-1)?.what.phase;
      if (before !== row.phase) this.note(atMs, `ledger ${boundaryId} ${row.phase}`);
      push(this.rows, boundaryId, { atMs, what: row });
    }
  }
}

const policyIn = (form: Readonly<Record<string, string>>): RolePolicyChange => ({
  roleName: form['RoleName'] ?? '',
  policyName: form['PolicyName'] ?? '',
});

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The function, state machine or task that makes the call. The name is the same in every run. */
function callerName({ caller }: ObservedCall): string {
  if (caller.sourceIdentity !== undefined) return `task ${caller.sourceIdentity}`;
  const role = caller.roleName ?? caller.service ?? caller.kind;
  return /BoundaryControl([A-Za-z]+?)Role/.exec(role)?.[1] ?? /([A-Za-z]+?)Role/.exec(role)?.[1] ?? role;
}
