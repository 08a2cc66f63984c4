import { answerOf } from '../calls/answers.ts';
import { sha256Hex } from '../../canonical-json/digest.ts';
import { isSessionSecret } from '../../names/ids.ts';
import type { Findings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import { secretNameIn } from '../../names/secret-id.ts';
import { secretIdsOf } from '../required-permissions/secrets-manager.ts';
import type { RecordRef } from '../result.ts';
import { SessionReads } from './session-reads.ts';
import type { TaskFacts } from '../task-facts.ts';
import { refOf, textIn, type TrailEvent } from '../trail/trail-event.ts';

/** Secrets of one task that are told apart: it has few. */
const SECRETS = 1000;

/** Whoever made the secret may do these while it is made. */
const MAKERS = new Set(['PutSecretValue', 'PutResourcePolicy']);
/** Nothing of ours does these to a task's secret: they change its value, copy it elsewhere, or bring it back. */
const NOBODYS = new Set([
  'UpdateSecret',
  'UpdateSecretVersionStage',
  'RotateSecret',
  'ReplicateSecretToRegions',
  'RestoreSecret',
]);
const READS = new Set(['GetSecretValue', 'BatchGetSecretValue']);

/** What the trail has of one secret. */
interface Seen {
  /** Roles that created it, and how. */
  readonly makers: Map<string, FirstRefs>;
  /** By role. */
  readonly changes: Map<string, FirstRefs>;
  /** By the policy's digest. */
  readonly policies: Map<string, FirstRefs>;
}

/** All that happened to the task's secrets. */
export class SecretLog {
  readonly #facts: TaskFacts;
  readonly #findings: Findings;
  readonly #prefix: string | undefined;
  readonly #keys: ReadonlySet<string | null>;
  readonly #secrets = new Map<string, Seen>();
  readonly #reads: SessionReads;

  constructor(facts: TaskFacts, findings: Findings) {
    this.#facts = facts;
    this.#findings = findings;
    const [known] = [...facts.leases.map(({ sessionSecretName }) => sessionSecretName), ...facts.secretNames];
    this.#prefix = known?.slice(0, known.lastIndexOf('/') + 1);
    this.#keys = new Set(facts.leases.map(({ accessKeyId }) => accessKeyId));
    this.#reads = new SessionReads(facts, findings);
  }

  /** True when it acts on a secret of the task. */
  see(event: TrailEvent): boolean {
    if (event.source !== 'secretsmanager.amazonaws.com' || this.#prefix === undefined) return false;
    const names = this.#namesIn(event);
    if (answerOf(event) === 'answered') for (const name of names) this.#happened(event, name);
    return names.length > 0;
  }

  /** `issuers`: the roles that made the task's sessions; the session secret is made by the same function. */
  conclude(issuers: ReadonlyMap<string, RecordRef>): void {
    for (const [name, seen] of this.#secrets) this.#concludeOne(seen, name);
    const known = [
      ...this.#facts.leases.map(({ sessionSecretName }) => sessionSecretName),
      ...this.#facts.secretNames,
    ];
    for (const name of new Set(known))
      if ((this.#secrets.get(name)?.makers.size ?? 0) === 0)
        this.#findings.gap('secret-creation-missing', `${name}.`);
    this.#concludeIssuers(issuers);
    this.#reads.conclude();
  }

  #namesIn(event: TrailEvent): string[] {
    const ids = [...secretIdsOf(event), ...event.resources, textIn(event.response, 'arn')];
    const ours = ids.map(secretNameIn).filter((name) => name.startsWith(this.#prefix ?? '\0'));
    return [...new Set(ours)];
  }

  #seen(name: string): Seen {
    const seen = this.#secrets.get(name) ?? { makers: new Map(), changes: new Map(), policies: new Map() };
    if (this.#secrets.size < SECRETS) this.#secrets.set(name, seen);
    return seen;
  }

  #happened(event: TrailEvent, name: string): void {
    const ref = refOf(event, { action: `secretsmanager:${event.name}`, resource: name });
    if (READS.has(event.name)) return this.#read(event, name, ref);
    if (NOBODYS.has(event.name)) return this.#findings.violate('secret-changed-by-other', ref);
    if (event.name === 'DeleteResourcePolicy') return this.#findings.violate('secret-policy-removed', ref);
    const seen = this.#seen(name);
    if (event.name === 'CreateSecret') this.#made(event, seen, ref);
    if (MAKERS.has(event.name)) count(seen.changes, event.caller.roleArn, ref);
    if (event.name === 'PutResourcePolicy')
      count(seen.policies, sha256Hex(textIn(event.parameters, 'resourcePolicy')), ref);
  }

  #made({ caller, parameters }: TrailEvent, { makers }: Seen, ref: RecordRef): void {
    count(makers, caller.roleArn, ref);
    if (parameters['addReplicaRegions']) this.#findings.violate('secret-changed-by-other', ref);
  }

  #read(event: TrailEvent, name: string, ref: RecordRef): void {
    if (isSessionSecret(name)) this.#reads.see(event, ref);
    else if (!this.#keys.has(event.caller.accessKeyId))
      this.#findings.violate('jit-secret-foreign-reader', ref);
  }

  #concludeOne({ makers, changes, policies }: Seen, name: string): void {
    // Who makes again what another has made had to delete it first: of two, one is not the task's.
    if (makers.size > 1)
      for (const refs of makers.values()) this.#findings.violateAll('secret-changed-by-other', refs);
    for (const [role, refs] of changes) {
      // Whose creation is not in the trail may be changed by one role, which is taken for its maker.
      if (makers.has(role) || (makers.size === 0 && changes.size === 1)) continue;
      this.#findings.violateAll('secret-changed-by-other', refs);
    }
    if (policies.size > 1)
      for (const refs of policies.values())
        this.#findings.violateAll('secret-policy-replaced', refs, `The secret ${name} had ${policies.size}.`);
  }

  #concludeIssuers(issuers: ReadonlyMap<string, RecordRef>): void {
    const makers = this.#facts.leases.flatMap(({ sessionSecretName }) => [
      ...(this.#secrets.get(sessionSecretName)?.makers.keys() ?? []),
    ]);
    const roles = new Set([...issuers.keys(), ...makers]);
    if (roles.size < 2) return;
    for (const ref of issuers.values()) this.#findings.violate('issuer-differs', ref);
  }
}

function count(into: Map<string, FirstRefs>, by: string, ref: RecordRef): void {
  const refs = into.get(by) ?? new FirstRefs();
  if (into.size < SECRETS) into.set(by, refs);
  refs.add(ref);
}
