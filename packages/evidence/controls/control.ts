import type { EventType } from '../events/event.ts';
import type { TaskRecord } from '../events/task-record.ts';

/**
 * What a task's record shows about a control. `evidence`: the control worked here, as far as one task can show. `partial`: the record shows
 * some of it, and `says` names what is missing. `nothing`: it shows nothing, for example because the task issued nothing. `contradicted`: it
 * shows that the control failed, or what would show it cannot be read.
 */
export type ControlStatus = 'evidence' | 'partial' | 'nothing' | 'contradicted';

/** One event, and what it shows. */
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
  /** Its number in the catalogue: `NHI1:2025`, `SP 800-207 tenet 3`, `PR.AA-05`. */
  readonly control: string;
  /** The catalogue's own title. Tenets and CSF subcategories have none; their titles here are ours. */
  readonly title: string;
  readonly source: string;
}

/** A control about which a task's record can show something. */
export interface JudgedControl extends Control {
  readonly judge: (record: TaskRecord) => ControlFinding;
}

/** A control of the same catalogues about which no task's record shows anything, and why. */
export interface SilentControl extends Control {
  readonly because: string;
}

export const cite = (event: Pick<Cited, 'seq' | 'type'>, says: string): Cited => ({
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
