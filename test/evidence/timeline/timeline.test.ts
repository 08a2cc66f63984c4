import { describe, expect, it } from 'vitest';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import { renderTimeline, timelineOf } from 'taskbound-evidence/timeline/timeline';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { bundleOf } from '../../fixtures/signed-bundle.ts';
import { BOUNDARY, chainOf, requested } from '../../fixtures/task-events.ts';
import { HOSTILE_VALUES } from '../display/hostile-values.ts';

const shownFor = (reason: string) => {
  const draft = requested();
  const bundle = bundleOf(BOUNDARY, chainOf([{ ...draft, data: { ...draft.data, reason } }]));
  const parsed = parseEvents(bundle.events);
  return {
    text: renderTimeline(bundle, parsed, verifyBundle(bundle), 'requested'),
    json: timelineOf(bundle, parsed).events[0]?.summary,
  };
};

describe('a reason in the timeline', () => {
  it.each(HOSTILE_VALUES.filter(([, value]) => value.isWellFormed()))(
    'with %s is quoted and made visible',
    (_what, value, _like, shown) => {
      expect(shownFor(value).text).toContain(`; reason: "${shown.replaceAll('"', '\\"')}"`);
    },
  );

  it('is the same in JSON as in earlier versions, because scripts may rely on it', () => {
    expect(shownFor('a  b\n\u202ec\u00a0"d" p\u0430y').json).toMatch(
      /^requested object-transfer with \{.*\}; reason: a b \\u202ec "d" p\u0430y$/,
    );
    expect(shownFor('x'.repeat(300)).json).toMatch(/; reason: x{199}…$/);
  });

  it('is cut if it is long, and the mark cannot be a part of it', () => {
    expect(shownFor('x'.repeat(300)).text).toMatch(/; reason: "x{199}"…$/m);
    expect(shownFor('x…').text).toContain('; reason: "x\\u{2026}"');
  });
});
