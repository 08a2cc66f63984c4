import { FirstRefs } from './first-refs.ts';
import type { Gap, RecordRef, Violation } from './result.ts';
import { GAPS, VIOLATIONS, type GapRule, type ViolationRule } from './rules.ts';

/** Details that one finding tells. */
const DETAILS = 5;

/** The first sentences of many in the order of their text: nothing depends on when they were found, and no trail fills the memory. */
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

interface Kept {
  readonly refs: FirstRefs;
  readonly details: Details;
}

/** What was found, whatever the order it was found in. */
export class Findings {
  readonly #violations = new Map<ViolationRule, Kept>();
  readonly #gaps = new Map<GapRule, Details>();

  /** `detail`: a whole sentence. */
  violate(rule: ViolationRule, ref?: RecordRef, detail?: string): void {
    const { refs, details } = this.#kept(rule);
    if (ref !== undefined) refs.add(ref);
    details.add(detail);
  }

  /** The same of many records at once. */
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

  #kept(rule: ViolationRule): Kept {
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
