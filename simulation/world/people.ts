import { AnswerLost } from 'taskbound-local/gateway/intercept';
import { userCaller } from 'taskbound-local/gateway/auth/credentials';
import type { RawResponse } from 'taskbound-local/gateway/service';
import type { EmbeddedAws, LoadedStack } from 'taskbound-local/embedded-aws';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { Fault } from '../schedules/schedule.ts';

/** What a person sent and received. Approvals and ends are judged by it, not by the ledger. */
export interface Said {
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
/** A decision that is sent this much too late is late by every clock. */
const LATE_MS = 5_000;

/** The digest of no grant, for a person who looked at something else. */
const OTHER_DIGEST = 'f'.repeat(64);

type Role = 'Requesters' | 'Approvers';

interface PeopleParts {
  readonly aws: EmbeddedAws;
  readonly stack: LoadedStack;
  /** The row as a role with `grantRead` sees it. */
  readonly row: (boundaryId: string) => LedgerRow | undefined;
  readonly habit: Extract<Fault, { readonly kind: 'people' }>['what'] | undefined;
}

/**
 * ann submits; bob, carol and dave decide; erin ends. Each tries again a few times while the stack does not
 * answer.
 */
export class People {
  readonly said: Said[] = [];
  readonly #parts: PeopleParts;

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** Whether the request was accepted. */
  async ask(request: object): Promise<boolean> {
    return (await this.#insist('SubmitUrl', 'ann', 'Requesters', request)) === 200;
  }

  /**
   * The approvers' decisions about a task that waits. The requester tries first, and bob first approves
   * another grant.
   */
  async decide(boundaryId: string): Promise<void> {
    const digest = this.#parts.row(boundaryId)?.grantDigest;
    if (digest === undefined) return;
    switch (this.#parts.habit) {
      case 'nobody':
        return;
      case 'refuse':
        await this.#say('refuse', 'bob', boundaryId, digest);
        await this.#approve(['carol', 'dave'], boundaryId, digest);
        return;
      case 'one':
        return this.#approve(['bob'], boundaryId, digest);
      case 'late':
        await this.#approve(['bob'], boundaryId, digest);
        return this.#approveLate(boundaryId, digest);
      case undefined:
        await this.#say('approve', 'ann', boundaryId, digest);
        await this.#decideAnew(boundaryId, digest);
    }
  }

  /** Ends a task early. */
  async end(boundaryId: string): Promise<void> {
    await this.#say('end', 'erin', boundaryId);
  }

  /** bob looks again only after the answer that he approved another grant. */
  async #decideAnew(boundaryId: string, digest: string): Promise<void> {
    const isDone = (await this.#say('approve', 'bob', boundaryId, OTHER_DIGEST)) === 200;
    await this.#approve(isDone ? ['carol'] : ['bob', 'carol'], boundaryId, digest);
  }

  async #approve(people: readonly string[], boundaryId: string, digest: string): Promise<void> {
    await Promise.all(people.map((person) => this.#say('approve', person, boundaryId, digest)));
  }

  async #approveLate(boundaryId: string, digest: string): Promise<void> {
    const { clock } = this.#parts.aws;
    const expiresAtMs = this.#parts.row(boundaryId)?.approval?.expiresAtMs ?? 0;
    await clock.sleep(Math.max(0, expiresAtMs + LATE_MS - clock.nowMs()));
    await this.#approve(['carol'], boundaryId, digest);
  }

  async #say(
    what: Said['what'],
    person: string,
    boundaryId: string,
    grantDigest?: string,
  ): Promise<number | undefined> {
    const { clock } = this.#parts.aws;
    const said: Said = {
      what,
      person,
      boundaryId,
      sentMs: clock.nowMs(),
      ...(grantDigest && { grantDigest }),
    };
    this.said.push(said);
    const body = {
      task: boundaryId,
      reason: 'simulation',
      ...(what !== 'end' && { decision: what, grantDigest }),
    };
    const status = await this.#insist(what === 'end' ? 'EndUrl' : 'DecideUrl', person, 'Approvers', body);
    if (status !== undefined) Object.assign(said, { status, answeredMs: clock.nowMs() });
    return status;
  }

  /** The status of the first answer that is not a failure of the stack. */
  async #insist(output: string, person: string, role: Role, body: object): Promise<number | undefined> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const status = await this.#post(output, person, role, JSON.stringify(body));
      if (status !== undefined && status < 500) return status;
      await this.#parts.aws.clock.sleep(PAUSE_MS);
    }
    return undefined;
  }

  /** Undefined: its answer was lost. */
  async #post(output: string, person: string, role: Role, body: string): Promise<number | undefined> {
    const { aws, stack } = this.#parts;
    const url = new URL(stack.outputs[output] ?? '');
    const { caller } = aws.sts.assumeRole(
      userCaller(person),
      { roleArn: stack.outputs[role] ?? '', sessionName: person, seconds: 3600, tags: {} },
      aws.clock.nowMs(),
    );
    const request = {
      method: 'POST',
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json' },
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
