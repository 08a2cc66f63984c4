import type { Assembly } from 'taskbound-local/template/assembly';
import type { Call } from './injector.ts';
import { MACHINE } from './injector.ts';
import type { Kind } from '../schedules/kinds.ts';
import { runSchedule } from '../run-schedule.ts';
import type { Fault, Schedule, Site } from '../schedules/schedule.ts';
import { POSTGRES } from '../logins/simulated-login-server.ts';
import type { World } from '../world/world.ts';

/** A kind of task, and the faults that all its runs have in common. */
export interface Flow {
  readonly name: string;
  readonly task: Kind;
  readonly faults: readonly Fault[];
}

const STOPPED_WHILE_RUNNING: Fault = { kind: 'stop', state: 'RunWork' };
const ENDED_WHILE_RUNNING: Fault = { kind: 'end', state: 'RunWork' };

/** All these flows together reach every call that a function makes for a task. */
const FLOWS = {
  plain: { name: 'transfer', task: 'transfer', faults: [] },
  stopped: { name: 'stopped', task: 'transfer', faults: [STOPPED_WHILE_RUNNING] },
  others: [
    { name: 'maintenance', task: 'maintenance', faults: [] },
    { name: 'maintenance, stopped', task: 'maintenance', faults: [STOPPED_WHILE_RUNNING] },
    { name: 'maintenance, refused', task: 'maintenance', faults: [{ kind: 'people', what: 'refuse' }] },
    { name: 'maintenance, expired', task: 'maintenance', faults: [{ kind: 'people', what: 'nobody' }] },
    {
      name: 'maintenance, approved too late',
      task: 'maintenance',
      faults: [{ kind: 'people', what: 'late' }],
    },
    { name: 'long', task: 'long', faults: [] },
    { name: 'ended', task: 'transfer', faults: [ENDED_WHILE_RUNNING] },
    { name: 'maintenance, ended', task: 'maintenance', faults: [ENDED_WHILE_RUNNING] },
    {
      name: 'maintenance, ended unapproved',
      task: 'maintenance',
      faults: [{ kind: 'end-at', at: { of: 'Decide', invocation: 1, call: 1 } }],
    },
    { name: 'scheduled', task: 'scheduled', faults: [] },
  ],
} as const satisfies { plain: Flow; stopped: Flow; others: readonly Flow[] };

/** A call of a flow, and the service that it calls. */
export interface FoundSite {
  readonly site: Site;
  readonly service: string;
}

/** Where a fault can happen. It is JSON, because it is sent to workers. */
export interface Sites {
  /** Each call of a transfer without faults. */
  readonly plain: readonly Site[];
  /** Each call of the reconciler for a stopped transfer. */
  readonly stopped: readonly Site[];
  /** Each call of maintenance without faults. */
  readonly maintenance: readonly Site[];
  /** For each other flow, the calls that no earlier flow reaches. */
  readonly others: readonly { readonly flow: Flow; readonly sites: readonly FoundSite[] }[];
  /** The states that an execution of the type enters, without the failure states. */
  readonly states: { readonly transfer: readonly string[]; readonly maintenance: readonly string[] };
}

export async function findSites(assembly: Assembly): Promise<Sites> {
  const plain = await recordCalls(assembly, FLOWS.plain);
  const stopped = await recordCalls(assembly, FLOWS.stopped);
  const known = new Set([...plain.calls, ...stopped.calls].map(({ code }) => code));
  const others: { flow: Flow; sites: FoundSite[] }[] = [];
  const states: Record<string, readonly string[]> = { transfer: plain.states };
  let maintenance: Site[] = [];
  for (const flow of FLOWS.others) {
    const { calls, states: entered } = await recordCalls(assembly, flow);
    const fresh = calls.filter(({ code }) => isNew(known, code));
    others.push({ flow, sites: fresh.map(({ site, service }) => ({ site, service })) });
    if (flow.name !== 'maintenance') continue;
    states['maintenance'] = entered;
    maintenance = calls.map(({ site }) => site);
  }
  return {
    plain: plain.calls.map(({ site }) => site),
    stopped: stopped.calls.map(({ site }) => site).filter(({ of }) => of === 'Reconcile'),
    maintenance,
    others,
    states: { transfer: states['transfer'] ?? [], maintenance: states['maintenance'] ?? [] },
  };
}

function isNew(known: Set<string>, code: string): boolean {
  if (known.has(code)) return false;
  known.add(code);
  return true;
}

export const scheduleOf = (
  { task }: Pick<Flow, 'task'>,
  name: string,
  faults: readonly Fault[],
): Schedule => ({
  name,
  task,
  tasks: 1,
  apart: 0,
  latency: 1,
  faults: [...faults],
});

interface Recorded {
  readonly calls: readonly (FoundSite & { readonly code: string })[];
  readonly states: readonly string[];
}

async function recordCalls(assembly: Assembly, flow: Flow): Promise<Recorded> {
  const calls: (FoundSite & { code: string })[] = [];
  const codes = new CodePlaces();
  let states: readonly string[] = [];
  await runSchedule(assembly, scheduleOf(flow, flow.name, flow.faults), {
    opened: (world) => {
      states = statesOf(world);
      world.injector.onCall = (site, call) =>
        void calls.push({ site, service: call.service, code: codes.of(site, call) });
    },
  });
  return { calls, states };
}

const statesOf = (world: World): string[] =>
  world.aws.states
    .states(world.machineArn('task'))
    .filter(({ type }) => type !== 'Fail')
    .map(({ name }) => name);

/** How many previous calls identify a call, together with the call itself. */
const CONTEXT = 2;

/**
 * Names the place in the code that makes a call: by the function, the operation, and the previous calls of its invocation. When a state is
 * entered again, its calls are different places, because the stored data has changed.
 */
class CodePlaces {
  readonly #made = new Map<string, string[]>();
  readonly #counts = new Map<string, number>();

  of(site: Site, { service, operation, request }: Call): string {
    const { of, invocation } = site;
    if (of === MACHINE) return this.#numbered(`${MACHINE} ${request?.path ?? ''}`);
    const key = `${of}#${invocation}`;
    const made = this.#made.get(key) ?? [];
    made.push(`${service}:${verb(operation)}`);
    this.#made.set(key, made);
    const again = ENTERED_AGAIN.has(of) && invocation > 1 ? ' again' : '';
    return `${of}${again} ${made.slice(-1 - CONTEXT).join(' ')}`;
  }

  /**
   * Counts the calls of state machines: the first one and later ones are different places. Calls of people and schedules are not counted.
   */
  #numbered(what: string): string {
    if (/lambda-url|Reconcile|SubmitScheduled/.test(what)) return what;
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return `${what} ${Math.min(count, 2)}`;
  }
}

const ENTERED_AGAIN = new Set(['Admit', 'IssueSecret', 'IssueIdentity', 'Work', 'MaintenanceWork']);

/** `PUT /bucket/key` -> `PUT`. S3's operations have no names at this point. */
const verb = (operation: string): string => operation.split(' ')[0] ?? '';

/** Whether calls to the service are never retried. This is true only for the database. */
export const isMadeOnce = (service: string): boolean => service === POSTGRES;
