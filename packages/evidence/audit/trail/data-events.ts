import type { Statement } from 'taskbound-iam/policy';
import { isInTime } from './coverage.ts';
import type { Findings } from '../findings.ts';
import { prefixOf } from '../required-permissions/required-permissions.ts';
import { Shown, type Proving } from './observed-events.ts';
import type { TaskFacts } from '../task-facts.ts';
import { textIn, type TrailEvent } from './trail-event.ts';

/**
 * What every trail with management events has. Whatever else a session may do is seen only where data events are logged for it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
const MANAGEMENT_ACTION = /^((secretsmanager|sts|kms|ssm|iam):|states:StartExecution$)/i;

/** What a service's data events are logged for, one by one: a bucket, a table, a function, a queue. Undefined for what is always recorded. */
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

/** A trail may log what reads, what writes, or both. */
type Kind = 'read' | 'write';
const KINDS: readonly Kind[] = ['read', 'write'];
const READS = /^(Get|List|Describe|Head|BatchGet|Query|Scan|PartiQLSelect|Receive)/i;

/** What an action of a policy may be. */
function kindsOf(action: string): readonly Kind[] {
  const name = action.slice(action.indexOf(':') + 1);
  if (/^[*?]/.test(name)) return KINDS;
  return READS.test(name) ? ['read'] : ['write'];
}

/** Data events of a container that the task may use. */
interface Wish {
  readonly container: string;
  readonly kind: Kind;
}

const serviceOf = (container: string): string => container.slice(0, container.indexOf(' '));

function wishesOf(action: string, resource: string): Wish[] {
  const named = containerOf(action, resource);
  if (named === undefined) return [];
  // A pattern names no container of its own: any of the service's shows what there is to see.
  const container = /[*?]/.test(named) ? `${serviceOf(named)} *` : named;
  return kindsOf(action).map((kind) => ({ container, kind }));
}

function wishesIn(statement: Statement): Wish[] {
  if (statement.Effect !== 'Allow') return [];
  const actions = [statement.Action ?? '*'].flat(2);
  const resources = [statement.Resource ?? '*'].flat(2);
  return actions.flatMap((action) => resources.flatMap((resource) => wishesOf(action, resource)));
}

/** Whether the trail has data events of what the task may use: without them, nothing seen says nothing. */
export class DataEvents {
  readonly #wishes: readonly Wish[];
  /** Containers whose records are kept. */
  readonly #interesting: ReadonlySet<string>;
  readonly #facts: TaskFacts;
  readonly #shown = new Shown();

  constructor(facts: TaskFacts) {
    const statements = facts.leases.flatMap(({ policy }) => [policy?.Statement ?? []].flat(2) as Statement[]);
    this.#wishes = statements.flatMap(wishesIn);
    const uses = facts.leases.flatMap(({ claim }) => claim?.uses ?? []);
    const used = uses.flatMap(({ action, resource }) => wishesOf(action, resource));
    this.#interesting = new Set([...this.#wishes, ...used].map(({ container }) => container));
    this.#facts = facts;
  }

  /** Anybody's. */
  see(event: TrailEvent): void {
    const { second, file } = event;
    if (event.category !== 'data' || !isInTime(event, this.#facts)) return;
    const prefix = prefixOf(event.source);
    const field = CONTAINER_FIELDS[prefix];
    const named = field === undefined ? event.resources : [textIn(event.parameters, field)];
    const kind: Kind = event.isReadOnly ? 'read' : 'write';
    for (const container of [`${prefix} *`, ...named.map((each) => containerOf(`${prefix}:`, each) ?? '')])
      if (this.#interesting.has(container)) this.#shown.add(`${container} ${kind}`, file, second);
  }

  /** Whether a call of the action on the resource would be in the trail; true for what is no data event. */
  isLogged(action: string, resource: string, proving: Proving): boolean {
    return wishesOf(action, resource).every((wish) => this.#isProven(wish, proving));
  }

  /**
   * Of each service that the task may use, one of its own containers must be shown: one that nobody touched in that time cannot be. What the
   * worker says that it used is asked for one by one (`isLogged`).
   */
  conclude(findings: Findings, proving: Proving): void {
    for (const [service, wishes] of Map.groupBy(this.#wishes, ({ container }) => serviceOf(container))) {
      const any = wishes.flatMap(({ container }) => KINDS.map((kind) => ({ container, kind })));
      if (any.some((wish) => this.#isProven(wish, proving))) continue;
      const isSeen = any.some(({ container, kind }) => this.#shown.isSeen(`${container} ${kind}`));
      findings.gap(isSeen ? 'data-events-end-early' : 'no-data-events', `None of ${service}.`);
    }
  }

  #isProven({ container, kind }: Wish, proving: Proving): boolean {
    return this.#shown.isProven(`${container} ${kind}`, proving);
  }
}
