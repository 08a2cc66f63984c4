import { AnswerLost } from 'taskbound-local/gateway/intercept';
import { userCaller } from 'taskbound-local/gateway/auth/credentials';
import type { RawResponse } from 'taskbound-local/gateway/service';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { roleNamed } from './stack-manifest.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { Fault } from '../schedules/schedule.ts';

/** What a person sent, and the answer. The judges use it for approvals and ends, instead of the ledger. */
export interface PersonCall {
  readonly what: 'approve' | 'refuse' | 'end';
  readonly person: string;
  readonly boundaryId: string;
  readonly grantDigest?: string;
  readonly sentMs: number;
  /** The status of the last answer. Absent if there was none. */
  status?: number;
  answeredMs?: number;
}

/** How often a person tries while the stack does not answer, and the pause in between. */
const TRIES = 5;
const PAUSE_MS = 5_000;
/** A late decision is sent this long after the expiry of the approvals: more than the difference between clocks. */
const LATE_MS = 5_000;

/** The digest that a person sends to approve a wrong grant. It belongs to no grant. */
const OTHER_DIGEST = 'f'.repeat(64);

type Role = 'Requesters' | 'Approvers';
type Url = 'submitUrl' | 'decideUrl' | 'endUrl';

interface PeopleParts {
  readonly aws: EmbeddedAws;
  readonly manifest: Manifest;
  /** The row as a role with `grantRead` sees it. */
  readonly row: (boundaryId: string) => LedgerRow | undefined;
  readonly fault: Extract<Fault, { readonly kind: 'people' }>['what'] | undefined;
}

/**
 * Simulated people: ann submits tasks; bob, carol and dave decide; erin ends tasks. Each repeats a call a few times while the stack does
 * not answer.
 */
export class People {
  readonly calls: PersonCall[] = [];
  readonly #parts: PeopleParts;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** Submits a request. Returns whether it was accepted. */
  async submit(request: object): Promise<boolean> {
    return (await this.#postUntilAnswered('submitUrl', 'ann', 'Requesters', request)) === 200;
  }

  /**
   * The decisions about a task that waits for approval. Without a fault, the requester tries to approve first, and bob approves a wrong
   * grant before the right one.
   */
  async decide(boundaryId: string): Promise<void> {
    const digest = this.#parts.row(boundaryId)?.grantDigest;
    if (digest === undefined) return;
    switch (this.#parts.fault) {
      case 'nobody':
        return;
      case 'refuse':
        await this.#call('refuse', 'bob', boundaryId, digest);
        await this.#approve(['carol', 'dave'], boundaryId, digest);
        return;
      case 'one':
        return this.#approve(['bob'], boundaryId, digest);
      case 'late':
        await this.#approve(['bob'], boundaryId, digest);
        return this.#approveLate(boundaryId, digest);
      case undefined:
        await this.#call('approve', 'ann', boundaryId, digest);
        await this.#decideAfterMistake(boundaryId, digest);
    }
  }

  /** Ends a task early. */
  async end(boundaryId: string): Promise<void> {
    await this.#call('end', 'erin', boundaryId);
  }

  /** bob approves a wrong grant. If the stack refuses that, he approves the right one. */
  async #decideAfterMistake(boundaryId: string, digest: string): Promise<void> {
    const isDone = (await this.#call('approve', 'bob', boundaryId, OTHER_DIGEST)) === 200;
    await this.#approve(isDone ? ['carol'] : ['bob', 'carol'], boundaryId, digest);
  }

  async #approve(people: readonly string[], boundaryId: string, digest: string): Promise<void> {
    await Promise.all(people.map((person) => this.#call('approve', person, boundaryId, digest)));
  }

  async #approveLate(boundaryId: string, digest: string): Promise<void> {
    const { clock } = this.#parts.aws;
    const expiresAtMs = this.#parts.row(boundaryId)?.approval?.expiresAtMs ?? 0;
    await clock.sleep(Math.max(0, expiresAtMs + LATE_MS - clock.nowMs()));
    await this.#approve(['carol'], boundaryId, digest);
  }

  async #call(
    what: PersonCall['what'],
    person: string,
    boundaryId: string,
    grantDigest?: string,
  ): Promise<number | undefined> {
    const { clock } = this.#parts.aws;
    const call: PersonCall = {
      what,
      person,
      boundaryId,
      sentMs: clock.nowMs(),
      ...(grantDigest && { grantDigest }),
    };
    this.calls.push(call);
    const body = {
      task: boundaryId,
      reason: 'simulation',
      ...(what !== 'end' && { decision: what, grantDigest }),
    };
    const status = await this.#postUntilAnswered(
      what === 'end' ? 'endUrl' : 'decideUrl',
      person,
      'Approvers',
      body,
    );
    if (status !== undefined) Object.assign(call, { status, answeredMs: clock.nowMs() });
    return status;
  }

  /** Repeats the call until the answer is not a failure of the stack. Returns its status. */
  async #postUntilAnswered(url: Url, person: string, role: Role, body: object): Promise<number | undefined> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const status = await this.#post(url, person, role, JSON.stringify(body));
      if (status !== undefined && status < 500) return status;
      await this.#parts.aws.clock.sleep(PAUSE_MS);
    }
    return undefined;
  }

  /** Returns the status of the answer; undefined if the answer was lost. */
  async #post(url: Url, person: string, role: Role, body: string): Promise<number | undefined> {
    const { aws, manifest } = this.#parts;
    const target = new URL(manifest[url]);
    const { caller } = aws.sts.assumeRole(
      userCaller(person),
      { roleArn: roleNamed(manifest, role), sessionName: person, seconds: 3600, tags: {} },
      aws.clock.nowMs(),
    );
    const request = {
      method: 'POST',
      path: target.pathname,
      headers: { host: target.host, 'content-type': 'application/json' },
      body: Buffer.from(body),
    };
    return aws.handleAs('lambda', caller, request).then(
      ({ status }: RawResponse) => status,
      (error: unknown) => {
        if (error instanceof AnswerLost) return undefined;
        throw error;
      },
    );
  }
}
