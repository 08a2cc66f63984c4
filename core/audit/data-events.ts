import type { Findings } from './findings.ts';
import { prefixOf } from './needs/needs.ts';
import type { TaskFacts } from './task-facts.ts';
import { textIn, type TrailEvent } from './trail-event.ts';

/** What a service's data events are logged for, one by one: a bucket, a table, a function. Undefined for what is always recorded. */
export function containerOf(action: string, resource: string): string | undefined {
  const [prefix = ''] = action.split(':');
  const last = resource.startsWith('arn:') ? resource.split(':').slice(5).join(':') : resource;
  switch (prefix) {
    case 's3':
      return `s3 ${last.split('/')[0]}`;
    case 'dynamodb':
      return `dynamodb ${last.replace(/^table\//, '').split('/')[0]}`;
    case 'lambda':
      return `lambda ${last.replace(/^function:/, '').split(':')[0]}`;
    default:
      return undefined;
  }
}

const CONTAINER_FIELDS: Readonly<Record<string, string>> = {
  s3: 'bucketName',
  dynamodb: 'tableName',
  lambda: 'functionName',
};

/** Actions of sessions that only data events show: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html */
const DATA_ACTION = /^(s3|dynamodb|lambda):/i;

/** Whether the trail has data events at all of what the task may use: without them, nothing seen says nothing. */
export class DataEvents {
  readonly #facts: TaskFacts;
  readonly #services = new Set<string>();
  readonly #interesting: ReadonlySet<string>;
  readonly #containers = new Set<string>();

  constructor(facts: TaskFacts) {
    this.#facts = facts;
    const uses = facts.leases.flatMap(({ claim }) => claim?.uses ?? []);
    this.#interesting = new Set(uses.flatMap(({ action, resource }) => containerOf(action, resource) ?? []));
  }

  /** Anybody's. */
  see(event: TrailEvent): void {
    if (!event.isData) return;
    const prefix = prefixOf(event.source);
    const field = CONTAINER_FIELDS[prefix];
    if (field === undefined) return;
    this.#services.add(prefix);
    const container = containerOf(`${prefix}:`, textIn(event.parameters, field));
    if (container !== undefined && this.#interesting.has(container)) this.#containers.add(container);
  }

  isLogged(container: string): boolean {
    return this.#containers.has(container);
  }

  conclude(findings: Findings): void {
    for (const service of this.#mayUse())
      if (!this.#services.has(service)) findings.gap('no-data-events', `None of ${service}.`);
  }

  #mayUse(): Set<string> {
    const statements = this.#facts.leases.flatMap(({ policy }) => [policy?.Statement ?? []].flat(2));
    const actions = statements.flatMap((each) =>
      each.Effect === 'Allow' ? [each.Action ?? []].flat(2) : [],
    );
    return new Set(actions.flatMap((action) => DATA_ACTION.exec(action)?.[1]?.toLowerCase() ?? []));
  }
}
