import type { EventType, EvidenceEvent } from '../chain/evidence.ts';
import type { TaskRecord } from '../events/task-record.ts';

/**
 * What a task's record is for a control. `evidence`: the control did its work here, as far as one task can show. `partial`: it shows some
 * of it; `says` tells what is missing. `nothing`: it says nothing, as of a task that issued nothing. `contradicted`: it shows that the
 * control failed.
 */
export type ControlStatus = 'evidence' | 'partial' | 'nothing' | 'contradicted';

/** One event, and what it is evidence of. */
export interface Cited {
  readonly seq: number;
  readonly type: EventType;
  readonly says: string;
}

export interface ControlFinding {
  readonly status: ControlStatus;
  readonly events: readonly Cited[];
  readonly says: string;
}

export interface Control {
  /** As its catalogue numbers it: `NHI1:2025`, `SP 800-207 tenet 3`, `PR.AA-05`. */
  readonly control: string;
  /** The catalogue's own title where it gives one; tenets and CSF subcategories have none, so theirs are our short words. */
  readonly title: string;
  readonly source: string;
}

/** A control that a task's record can speak to. */
export interface JudgedControl extends Control {
  readonly judge: (record: TaskRecord) => ControlFinding;
}

/** A control of the same catalogues that no task's record says anything about, and why. */
export interface SilentControl extends Control {
  readonly because: string;
}

export const cite = (event: EvidenceEvent, says: string): Cited => ({
  seq: event.seq,
  type: event.type,
  says,
});

export const nothing = (says: string): ControlFinding => ({ status: 'nothing', events: [], says });

/** The OWASP Non-Human Identities Top 10 of 2025, with its titles. */
export const OWASP_NHI = 'https://owasp.org/www-project-non-human-identities-top-10/2025/top-10-2025';
/** Zero Trust Architecture; the seven tenets are its section 2.1. */
export const NIST_ZERO_TRUST = 'https://csrc.nist.gov/pubs/sp/800/207/final';
/** The Cybersecurity Framework 2.0; category PR.AA is in its appendix A. */
export const NIST_CSF = 'https://nvlpubs.nist.gov/nistpubs/CSWP/NIST.CSWP.29.pdf';
