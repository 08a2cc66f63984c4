import { describe, expect, test } from 'vitest';
import { isEnding, mayIssue, mayMove, PHASES, type Phase } from '../../../core/ledger/phase.ts';

const LEGAL: readonly [Phase, Phase][] = [
  ['requested', 'approved'],
  ['approved', 'admitted'],
  ['admitted', 'open'],
  ['requested', 'revoking'],
  ['approved', 'revoking'],
  ['admitted', 'revoking'],
  ['open', 'revoking'],
  ['revoking', 'revoked'],
  ['revoked', 'closed'],
];

describe('phases', () => {
  test('allow only the listed moves', () => {
    const moves = PHASES.flatMap((from) =>
      PHASES.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`),
    );
    expect(moves.sort()).toEqual(LEGAL.map(([from, to]) => `${from} ${to}`).sort());
  });

  test('allow issuing only in admitted and open', () => {
    expect(PHASES.filter(mayIssue)).toEqual(['admitted', 'open']);
    expect(PHASES.filter(isEnding)).toEqual(['revoking', 'revoked', 'closed']);
  });
});
