import { FirstRefs } from './first-refs.ts';
import type { Gap, RecordRef, Violation } from './result.ts';
import { GAPS, VIOLATIONS, type GapRule, type ViolationRule } from './rules.ts';

/** How many details one finding reports. */
const DETAILS = 5;

/**
 * Keeps the first few sentences in the order of their text. The result does not depend on the order of
 * records, and memory use is bounded.
 */
class Details {
  readonly #kept: string[] = [];
  #more = false;

  add(detail: string | undefined): void {
    if (detail === undefined || this.#kept.includes(detail)) return;
    this.#kept.push(detail);
    this.#kept.sort();
    if (this.#kept.length > DETAILS) {
      this.#kept.pop();
      this.#more = true;
    }
  }

  get text(): string {
    return this.#kept.map((detail) => ` ${detail}`).join('') + (this.#more ? ' There are more.' : '');
  }
}

interface ViolationRecords {
  readonly refs: FirstRefs;
  readonly details: Details;
}

/** All violations and gaps of an audit. The result does not depend on the order in which they were found. */
export class AuditFindings {
  readonly #violations = new Map<ViolationRule, ViolationRecords>();
  readonly #gaps = new Map<GapRule, Details>();

  /** `detail` is a complete sentence. */
  violate(rule: ViolationRule, ref?: RecordRef, detail?: string): void {
    const { refs, details } = this.#kept(rule);
    if (ref !== undefined) refs.add(ref);
    details.add(detail);
  }

  /** Like `violate`, for many records at once. */
  violateAll(rule: ViolationRule, refs: FirstRefs, detail?: string): void {
    const kept = this.#kept(rule);
    kept.refs.addAll(refs);
    kept.details.add(detail);
  }

  gap(rule: GapRule, detail?: string): void {
    const details = this.#gaps.get(rule) ?? new Details();
    this.#gaps.set(rule, details);
    details.add(detail);
  }

  has(rule: GapRule): boolean {
    return this.#gaps.has(rule);
  }

  #kept(rule: ViolationRule): ViolationRecords {
    const kept = this.#violations.get(rule) ?? { refs: new FirstRefs(), details: new Details() };
    this.#violations.set(rule, kept);
    return kept;
  }

  /** In the order of the table of rules. */
  violations(): Violation[] {
    return (Object.keys(VIOLATIONS) as ViolationRule[]).flatMap((rule) => {
      const kept = this.#violations.get(rule);
      if (kept === undefined) return [];
      const { refs, details } = kept;
      const counted = refs.count > 1 ? ` ${refs.count} records show it.` : '';
      return [{ rule, says: `${VIOLATIONS[rule]}${details.text}${counted}`, records: [...refs.list] }];
    });
  }

  gaps(): Gap[] {
    return (Object.keys(GAPS) as GapRule[]).flatMap((rule) => {
      const details = this.#gaps.get(rule);
      return details === undefined ? [] : [{ rule, says: `${GAPS[rule]}${details.text}` }];
    });
  }
}
