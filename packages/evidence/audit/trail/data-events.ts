import type { Statement } from 'taskbound-iam/policy';
import { isInTaskTime } from './coverage.ts';
import type { AuditFindings } from '../findings.ts';
import { prefixOf } from '../required-permissions/required-permissions.ts';
import { ObservedEvents, type ProvingFiles } from './observed-events.ts';
import type { TaskFacts } from '../task-facts.ts';
import { textIn, type TrailEvent } from './trail-event.ts';

/**
 * Actions that every trail with management events contains. All other actions are recorded only if data
 * events are logged for them.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
const MANAGEMENT_ACTION = /^((secretsmanager|sts|kms|ssm|iam):|states:StartExecution$)/i;

/**
 * The resource for which data events are logged: a bucket, a table, a function, a queue. Undefined for
 * actions that are always recorded.
 */
export function containerOf(action: string, resource: string): string | undefined {
  if (MANAGEMENT_ACTION.test(action)) return undefined;
  const [prefix = ''] = action.toLowerCase().split(':');
  return `${prefix} ${nameIn(prefix, resource)}`;
}

function nameIn(prefix: string, resource: string): string {
  const last = resource.startsWith('arn:') ? resource.split(':').slice(5).join(':') : resource;
  switch (prefix) {
    case 's3':
      return last.split('/')[0] ?? '';
    case 'dynamodb':
      return last.replace(/^table\//, '').split('/')[0] ?? '';
    case 'lambda':
      return last.replace(/^function:/, '').split(':')[0] ?? '';
    case 'sqs':
      return last.split('/').at(-1) ?? '';
    default:
      return last;
  }
}

const CONTAINER_FIELDS: Readonly<Record<string, string>> = {
  s3: 'bucketName',
  dynamodb: 'tableName',
  lambda: 'functionName',
  sqs: 'queueUrl',
  sns: 'topicArn',
};

/** A trail may log calls that read, calls that write, or both. */
type Kind = 'read' | 'write';
const KINDS: readonly Kind[] = ['read', 'write'];
const READS = /^(Get|List|Describe|Head|BatchGet|Query|Scan|PartiQLSelect|Receive)/i;

/** Whether an action of a policy reads, writes, or may do both. */
function kindsOf(action: string): readonly Kind[] {
  const name = action.slice(action.indexOf(':') + 1);
  if (/^[*?]/.test(name)) return KINDS;
  return READS.test(name) ? ['read'] : ['write'];
}

/** Data events of one kind, for a container that the task may use. */
interface ExpectedEvents {
  readonly container: string;
  readonly kind: Kind;
}

const serviceOf = (container: string): string => container.slice(0, container.indexOf(' '));

function expectedFor(action: string, resource: string): ExpectedEvents[] {
  const named = containerOf(action, resource);
  if (named === undefined) return [];
  // A pattern does not name one container: data events of any container of the service are sufficient.
  const container = /[*?]/.test(named) ? `${serviceOf(named)} *` : named;
  return kindsOf(action).map((kind) => ({ container, kind }));
}

function expectedForStatement(statement: Statement): ExpectedEvents[] {
  if (statement.Effect !== 'Allow') return [];
  const actions = [statement.Action ?? '*'].flat(2);
  const resources = [statement.Resource ?? '*'].flat(2);
  return actions.flatMap((action) => resources.flatMap((resource) => expectedFor(action, resource)));
}

/**
 * Checks that the trail contains data events of what the task may use. Without them, missing records prove
 * nothing.
 */
export class DataEvents {
  readonly #wishes: readonly ExpectedEvents[];
  /** Containers whose records are collected. */
  readonly #interesting: ReadonlySet<string>;
  readonly #facts: TaskFacts;
  readonly #shown = new ObservedEvents();

  constructor(facts: TaskFacts) {
    const statements = facts.leases.flatMap(({ policy }) => [policy?.Statement ?? []].flat(2) as Statement[]);
    this.#wishes = statements.flatMap(expectedForStatement);
    const uses = facts.leases.flatMap(({ claim }) => claim?.uses ?? []);
    const used = uses.flatMap(({ action, resource }) => expectedFor(action, resource));
    this.#interesting = new Set([...this.#wishes, ...used].map(({ container }) => container));
    this.#facts = facts;
  }

  /** Observes records of any caller. */
  observe(event: TrailEvent): void {
    const { second, file } = event;
    if (event.category !== 'data' || !isInTaskTime(event, this.#facts)) return;
    const prefix = prefixOf(event.source);
    const field = CONTAINER_FIELDS[prefix];
    const named = field === undefined ? event.resources : [textIn(event.parameters, field)];
    const kind: Kind = event.isReadOnly ? 'read' : 'write';
    for (const container of [`${prefix} *`, ...named.map((each) => containerOf(`${prefix}:`, each) ?? '')])
      if (this.#interesting.has(container)) this.#shown.add(`${container} ${kind}`, file, second);
  }

  /**
   * Whether the trail would contain a call of the action on the resource. True for an action without data
   * events.
   */
  isLogged(action: string, resource: string, proving: ProvingFiles): boolean {
    return expectedFor(action, resource).every((wish) => this.#isProven(wish, proving));
  }

  /**
   * For each service that the task may use, the trail must contain data events of at least one of its
   * containers: a container that was not used in that time has none. The uses that the worker reported are
   * checked one by one (`isLogged`).
   */
  finish(findings: AuditFindings, proving: ProvingFiles): void {
    for (const [service, wishes] of Map.groupBy(this.#wishes, ({ container }) => serviceOf(container))) {
      const any = wishes.flatMap(({ container }) => KINDS.map((kind) => ({ container, kind })));
      if (any.some((wish) => this.#isProven(wish, proving))) continue;
      const isSeen = any.some(({ container, kind }) => this.#shown.isSeen(`${container} ${kind}`));
      findings.gap(isSeen ? 'data-events-end-early' : 'no-data-events', `There are none for ${service}.`);
    }
  }

  #isProven({ container, kind }: ExpectedEvents, proving: ProvingFiles): boolean {
    return this.#shown.isProven(`${container} ${kind}`, proving);
  }
}
