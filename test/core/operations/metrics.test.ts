import { describe, expect, test } from 'vitest';
import { GAUGES, gaugesOf, metricLine, secondsToProven } from '../../../core/operations/metrics.ts';
import { rowOf } from '../../fixtures/row.ts';

describe('a metric', () => {
  test('is one line of JSON in the embedded metric format', () => {
    const line = metricLine('Stack', 1_000, 'Count', { A: 1, B: 0 });
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 1_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Taskbound',
            Dimensions: [['Stack']],
            Metrics: [
              { Name: 'A', Unit: 'Count' },
              { Name: 'B', Unit: 'Count' },
            ],
          },
        ],
      },
      Stack: 'Stack',
      A: 1,
      B: 0,
    });
  });
});

describe('gauges', () => {
  const healthy = { overdue: false, unproven: false, secretsUnrevoked: 0, denyNotEffective: false };

  test('are all 0 when no row is due, so that alarms recover', () => {
    expect(gaugesOf([], 0)).toEqual(Object.fromEntries(GAUGES.map((gauge) => [gauge, 0])));
  });

  test('count boundaries, and count each secret', () => {
    const rows = [
      { ...healthy, overdue: true, secretsUnrevoked: 2 },
      { ...healthy, overdue: true, unproven: true, secretsUnrevoked: 1 },
      { ...healthy, denyNotEffective: true },
      healthy,
    ];
    expect(gaugesOf(rows, 4)).toEqual({
      BoundariesOverdue: 2,
      BoundariesUnproven: 1,
      SecretsUnrevoked: 3,
      DeniesNotEffective: 1,
      EmergenciesUnreviewed: 4,
    });
  });
});

describe('seconds to proven', () => {
  const proof = { kind: 'refused' as const, provenAtMs: 9_500 };
  const work = { status: 'succeeded' as const, result: null, endedAtMs: 2_000 };

  test('is counted from the end of the work', () => {
    expect(secondsToProven({ ...rowOf({ phase: 'revoked', work, revokingAtMs: 3_000 }), proof })).toBe(7.5);
    expect(secondsToProven(rowOf({ phase: 'closed', proof, work, revokingAtMs: 3_000 }))).toBe(7.5);
  });
});
