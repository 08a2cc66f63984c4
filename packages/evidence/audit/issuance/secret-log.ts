import { answerOf } from '../calls/answers.ts';
import { sha256Hex } from '../../canonical-json/digest.ts';
import { isSessionSecret } from '../../names/ids.ts';
import type { AuditFindings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import { secretNameIn } from '../../names/secret-id.ts';
import { secretIdsOf } from '../required-permissions/secrets-manager.ts';
import type { RecordRef } from '../result.ts';
import { SessionReads } from './session-reads.ts';
import type { TaskFacts } from '../task-facts.ts';
import { refOf, textIn, type TrailEvent } from '../trail/trail-event.ts';

/** How many secrets of one task are tracked. A task has only a few. */
const REMEMBERED_SECRETS = 1000;

/** Calls that the creator of a secret makes while it creates the secret. */
const CREATOR_CALLS = new Set(['PutSecretValue', 'PutResourcePolicy']);
/**
 * Calls that the control plane never makes on a task's secret: they change its value, replicate it, or
 * restore it.
 */
const FORBIDDEN_CALLS = new Set([
  'UpdateSecret',
  'UpdateSecretVersionStage',
  'RotateSecret',
  'ReplicateSecretToRegions',
  'RestoreSecret',
]);
const READS = new Set(['GetSecretValue', 'BatchGetSecretValue']);

/** What the trail contains about one secret. */
interface SecretHistory {
  /** Records of its creation, by role. */
  readonly creators: Map<string, FirstRefs>;
  /** Records of its changes, by role. */
  readonly changes: Map<string, FirstRefs>;
  /** Records that set its policy, by the policy's digest. */
  readonly policies: Map<string, FirstRefs>;
}

/** Everything that happened to the task's secrets. */
export class SecretLog {
  readonly #facts: TaskFacts;
  readonly #findings: AuditFindings;
  readonly #prefix: string | undefined;
  readonly #keys: ReadonlySet<string | null>;
  readonly #secrets = new Map<string, SecretHistory>();
  readonly #reads: SessionReads;

  constructor(facts: TaskFacts, findings: AuditFindings) {
    this.#facts = facts;
    this.#findings = findings;
    const [known] = [...facts.leases.map(({ sessionSecretName }) => sessionSecretName), ...facts.secretNames];
    this.#prefix = known?.slice(0, known.lastIndexOf('/') + 1);
    this.#keys = new Set(facts.leases.map(({ accessKeyId }) => accessKeyId));
    this.#reads = new SessionReads(facts, findings);
  }

  /** Returns true if the record acts on a secret of the task. */
  observe(event: TrailEvent): boolean {
    if (event.source !== 'secretsmanager.amazonaws.com' || this.#prefix === undefined) return false;
    const names = this.#namesIn(event);
    if (answerOf(event) === 'answered') for (const name of names) this.#observeAnswered(event, name);
    return names.length > 0;
  }

  /** `issuers`: the roles that created the task's sessions. The same function creates the session secret. */
  finish(issuers: ReadonlyMap<string, RecordRef>): void {
    for (const [name, history] of this.#secrets) this.#finishSecret(history, name);
    const known = [
      ...this.#facts.leases.map(({ sessionSecretName }) => sessionSecretName),
      ...this.#facts.secretNames,
    ];
    for (const name of new Set(known))
      if ((this.#secrets.get(name)?.creators.size ?? 0) === 0)
        this.#findings.gap('secret-creation-missing', `${name}.`);
    this.#findIssuers(issuers);
    this.#reads.finish();
  }

  #namesIn(event: TrailEvent): string[] {
    const ids = [...secretIdsOf(event), ...event.resources, textIn(event.response, 'arn')];
    const ours = ids.map(secretNameIn).filter((name) => name.startsWith(this.#prefix ?? '\0'));
    return [...new Set(ours)];
  }

  #historyOf(name: string): SecretHistory {
    const history = this.#secrets.get(name) ?? {
      creators: new Map(),
      changes: new Map(),
      policies: new Map(),
    };
    if (this.#secrets.size < REMEMBERED_SECRETS) this.#secrets.set(name, history);
    return history;
  }

  #observeAnswered(event: TrailEvent, name: string): void {
    const ref = refOf(event, { action: `secretsmanager:${event.name}`, resource: name });
    if (READS.has(event.name)) return this.#read(event, name, ref);
    if (FORBIDDEN_CALLS.has(event.name)) return this.#findings.violate('secret-changed-by-other', ref);
    if (event.name === 'DeleteResourcePolicy') return this.#findings.violate('secret-policy-removed', ref);
    const history = this.#historyOf(name);
    if (event.name === 'CreateSecret') this.#created(event, history, ref);
    if (CREATOR_CALLS.has(event.name)) count(history.changes, event.caller.roleArn, ref);
    if (event.name === 'PutResourcePolicy')
      count(history.policies, sha256Hex(textIn(event.parameters, 'resourcePolicy')), ref);
  }

  #created({ caller, parameters }: TrailEvent, { creators }: SecretHistory, ref: RecordRef): void {
    count(creators, caller.roleArn, ref);
    if (parameters['addReplicaRegions']) this.#findings.violate('secret-changed-by-other', ref);
  }

  #read(event: TrailEvent, name: string, ref: RecordRef): void {
    if (isSessionSecret(name)) this.#reads.observe(event, ref);
    else if (!this.#keys.has(event.caller.accessKeyId))
      this.#findings.violate('jit-secret-foreign-reader', ref);
  }

  #finishSecret({ creators, changes, policies }: SecretHistory, name: string): void {
    // To create a secret again, a role must have deleted it first. Of two creators, one does not belong to
    // the task.
    if (creators.size > 1)
      for (const refs of creators.values()) this.#findings.violateAll('secret-changed-by-other', refs);
    for (const [role, refs] of changes) {
      // If the trail does not contain the creation, the only role that changed the secret counts as its
      // creator.
      if (creators.has(role) || (creators.size === 0 && changes.size === 1)) continue;
      this.#findings.violateAll('secret-changed-by-other', refs);
    }
    if (policies.size > 1)
      for (const refs of policies.values())
        this.#findings.violateAll(
          'secret-policy-replaced',
          refs,
          `The secret ${name} had ${policies.size} different policies.`,
        );
  }

  #findIssuers(issuers: ReadonlyMap<string, RecordRef>): void {
    const creators = this.#facts.leases.flatMap(({ sessionSecretName }) => [
      ...(this.#secrets.get(sessionSecretName)?.creators.keys() ?? []),
    ]);
    const roles = new Set([...issuers.keys(), ...creators]);
    if (roles.size < 2) return;
    for (const ref of issuers.values()) this.#findings.violate('issuer-differs', ref);
  }
}

function count(records: Map<string, FirstRefs>, key: string, ref: RecordRef): void {
  const refs = records.get(key) ?? new FirstRefs();
  if (records.size < REMEMBERED_SECRETS) records.set(key, refs);
  refs.add(ref);
}
