import type { LocalClock } from 'taskbound-local/clock/local-clock';
import type { InterceptedCall, Refusal, Verdict } from 'taskbound-local/gateway/intercept';
import type { InvocationResult } from 'taskbound-local/lambda/types';
import { died, connectionClosed, type HostHooks } from '../world/direct-host.ts';
import { isWork, type Handler } from '../world/handlers.ts';
import { currentCall, never, type ActiveCall, type Invocation } from '../world/invocation.ts';
import { hash32 } from '../schedules/draw.ts';
import type { Fault, Schedule, Site } from '../schedules/schedule.ts';

type Kind<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;
type Sited = Extract<Fault, { readonly at: Site }>;

/** A call to AWS, or to the simulated database server. */
export type Call = Pick<InterceptedCall, 'service' | 'operation' | 'atMs'> & Partial<InterceptedCall>;

/** What the injector can do in the world, except to refuse calls. */
export interface WorldHandle {
  readonly clock: LocalClock;
  /** Stops the execution of the boundary that the event names. */
  stopExecutionOf(event: string): void;
  /** A person ends the task of the boundary that the event names. */
  endTaskOf(event: string): void;
}

const REFUSED: Refusal = { name: 'AccessDeniedException', message: 'refused by the simulation', status: 400 };
const THROTTLED: Refusal = { name: 'ThrottlingException', message: 'Rate exceeded', status: 400 };
const DOWN: Refusal = { name: 'ServiceUnavailable', message: 'The service is down.', status: 503 };
/** Lambda's name for the error. */
const TOO_MANY: Refusal = { name: 'TooManyRequestsException', message: 'Rate exceeded', status: 429 };

/** The name for calls that state machines, rules and schedules make. */
export const MACHINE = 'Machine';

/** Applies a schedule's faults to calls and invocations. `arrange.ts` applies all other faults. */
export class Injector {
  /** When a fault last had an effect, milliseconds; `-Infinity` before the first. */
  lastMs = Number.NEGATIVE_INFINITY;
  /** Called for the first attempt of each call. Each of these is a site for faults. */
  onCall: (site: Site, call: Call) => void = () => undefined;
  readonly #world: WorldHandle;
  readonly #latency: number;
  readonly #byKind: { readonly [K in Fault['kind']]?: readonly Fault[] };
  readonly #outages: { readonly service: string; readonly operation?: string; readonly untilMs: number }[] =
    [];
  readonly #fired = new Set<Fault>();
  readonly #pending = new Map<Invocation, { readonly fault: Kind<'twice'>; readonly again: () => void }>();
  #drawn = 0;
  #machineCalls = 0;

  constructor(schedule: Schedule, world: WorldHandle) {
    this.#world = world;
    this.#latency = schedule.latency;
    this.#byKind = Object.groupBy(schedule.faults, ({ kind }) => kind);
  }

  /** For the embedded AWS's `intercept`. */
  readonly intercept = (call: Call): Verdict => {
    const at = this.#siteOf(call);
    if (at?.attempt === 1) this.onCall(at.site, call);
    this.#startOutages(call, at);
    const refusal = this.#currentOutage(call);
    if (refusal !== undefined) return { refuse: refusal };
    if (at === undefined) return 'proceed';
    if (this.#isRefusedAt(at.site, at.attempt === 1)) return { refuse: REFUSED };
    const lost = this.#at('lose', at.site);
    if (lost !== undefined && (lost.attempts === 'all' || at.attempt === 1)) {
      this.#note(lost);
      return { loseAnswer: true };
    }
    return 'proceed';
  };

  /** Runs before a function's call is sent. */
  readonly before: HostHooks['transport']['before'] = async (active) => {
    await this.#world.clock.sleep(this.#latencyMs());
    if (active.attempt !== 1) return;
    this.#duplicateAt(active);
    const site = siteOfCall(active);
    const { invocation } = active;
    const killed = this.#at('kill', site);
    if (killed?.when === 'before') {
      this.#note(killed);
      invocation.kill(died());
      return;
    }
    const stopped = this.#take('stop-at', site);
    if (stopped) this.#world.stopExecutionOf(invocation.event);
    if (this.#take('end-at', site)) this.#world.endTaskOf(invocation.event);
    const pause = this.#take('run-on', site);
    if (!pause) return;
    invocation.detach(connectionClosed());
    await this.#world.clock.sleep(pause.seconds * 1000);
    this.#isActing();
  };

  /** Runs after the answer of the call has arrived. */
  readonly after: HostHooks['transport']['after'] = async (active) => {
    const killed = this.#at('kill', siteOfCall(active));
    if (killed?.when !== 'after' || active.attempt !== 1) return;
    this.#note(killed);
    active.invocation.kill(died());
  };

  readonly begun: HostHooks['begun'] = (invocation, again) => {
    for (const each of this.#all('twice')) {
      if (each.at.of !== invocation.of || each.at.invocation !== invocation.number || this.#fired.has(each))
        continue;
      this.#pending.set(invocation, { fault: each, again });
    }
  };

  readonly ended: HostHooks['ended'] = (invocation: Invocation, _result: InvocationResult, again) => {
    for (const each of this.#all('again')) {
      if (each.of !== invocation.of || each.invocation !== invocation.number || this.#fired.has(each))
        continue;
      this.#note(each);
      this.#world.clock.setTimer(each.seconds * 1000, () => {
        this.#isActing();
        again();
      });
    }
  };

  readonly replacement: HostHooks['replacement'] = (invocation) => {
    const [work] = this.#all('work');
    if (work === undefined || !isWork(invocation.of)) return undefined;
    return work.what === 'hangs' ? hangs : throws;
  };

  readonly skewSeconds: HostHooks['skewSeconds'] = (name) =>
    this.#all('skew').find(({ of }) => of === name)?.seconds ?? 0;

  /** Records that a fault had an effect now. */
  note(fault: Fault): void {
    this.#note(fault);
  }

  /** Starts the second invocation when the first one makes the call of the fault. */
  #duplicateAt({ invocation, call }: ActiveCall): void {
    const waiting = this.#pending.get(invocation);
    if (waiting?.fault.at.call !== call) return;
    this.#pending.delete(invocation);
    this.#note(waiting.fault);
    waiting.again();
  }

  /** 5 to 64 milliseconds, drawn with the schedule's own seed. */
  #latencyMs(): number {
    if (this.#latency === 0) return 1;
    this.#drawn += 1;
    return 5 + (hash32(`${this.#latency} ${this.#drawn}`) % 60);
  }

  #note(fault: Fault): void {
    this.#fired.add(fault);
    this.#isActing();
  }

  #isActing(): void {
    this.lastMs = Math.max(this.lastMs, this.#world.clock.nowMs());
  }

  #all<K extends Fault['kind']>(kind: K): readonly Kind<K>[] {
    return (this.#byKind[kind] ?? []) as readonly Kind<K>[];
  }

  #at<K extends 'kill' | 'lose'>(kind: K, site: Site): Kind<K> | undefined {
    const found = (this.#all(kind) as readonly Sited[]).find((each) => isAt(each.at, site));
    return found as Kind<K> | undefined;
  }

  /** Takes a fault of the kind at this site that has not happened yet, and marks it as happened. */
  #take<K extends 'stop-at' | 'end-at' | 'run-on'>(kind: K, site: Site): Kind<K> | undefined {
    const all = this.#all(kind) as readonly Sited[];
    const found = all.find((each) => isAt(each.at, site) && !this.#fired.has(each));
    if (found !== undefined) this.#note(found);
    return found as Kind<K> | undefined;
  }

  #isRefusedAt(site: Site, isFirst: boolean): boolean {
    const found = this.#all('refuse').find((each) => isAt(each.at, site));
    if (found === undefined || !isFirst) return false;
    this.#note(found);
    return true;
  }

  /** Outages and throttles start at their call. */
  #startOutages(call: Call, at: { readonly site: Site } | undefined): void {
    if (at === undefined) return;
    for (const each of [...this.#all('outage'), ...this.#all('throttle')]) {
      if (!isAt(each.at, at.site) || this.#fired.has(each)) continue;
      this.#note(each);
      const untilMs = call.atMs + each.seconds * 1000;
      this.#outages.push({
        service: call.service,
        untilMs,
        ...(each.kind === 'throttle' && { operation: call.operation }),
      });
      this.lastMs = Math.max(this.lastMs, untilMs);
    }
  }

  #currentOutage({ service, operation, atMs }: Call): Refusal | undefined {
    const found = this.#outages.find(
      (each) =>
        each.service === service &&
        atMs < each.untilMs &&
        (each.operation === undefined || each.operation === operation),
    );
    if (found === undefined) return undefined;
    if (found.operation === undefined) return DOWN;
    return service === 'lambda' ? TOO_MANY : THROTTLED;
  }

  #siteOf(call: Call): { readonly site: Site; readonly attempt: number } | undefined {
    if (call.service === 'lambda') {
      this.#machineCalls += 1;
      return { site: { of: MACHINE, invocation: 1, call: this.#machineCalls }, attempt: 1 };
    }
    const active = currentCall();
    return active === undefined ? undefined : { site: siteOfCall(active), attempt: active.attempt };
  }
}

const siteOfCall = ({ invocation, call }: ActiveCall): Site => ({
  of: invocation.of,
  invocation: invocation.number,
  call,
});

const isAt = (one: Site, other: Site): boolean =>
  one.call === other.call && one.of === other.of && one.invocation === other.invocation;

const hangs: Handler = () => never();
const throws: Handler = () =>
  Promise.reject(Object.assign(new Error('by the simulation'), { name: 'WorkBroke' }));
