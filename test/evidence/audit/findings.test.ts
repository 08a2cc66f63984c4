import { describe, expect, it } from 'vitest';
import { AuditFindings } from '../../../packages/evidence/audit/findings.ts';
import { FirstRefs, LISTED_RECORDS } from '../../../packages/evidence/audit/first-refs.ts';

const ref = (number: number) => ({
  eventId: String(number).padStart(3, '0'),
  at: '2026-11-23T10:00:00Z',
  action: 'sts:AssumeRole',
  resource: 'role',
  accessKeyId: null,
  error: null,
  file: 'f',
});

describe('findings of many records', () => {
  it('list the first records and count all, including those that were not kept', () => {
    const refs = new FirstRefs();
    for (let number = 0; number < 50; number += 1) refs.add(ref(number));
    const findings = new AuditFindings();
    findings.violateAll('key-never-issued', refs);
    const [violation] = findings.violations();
    expect(violation?.records).toHaveLength(LISTED_RECORDS);
    expect(violation?.says).toMatch(/50 records show it\.$/);
  });
});
