import { createHash } from 'node:crypto';
import { XMLValidator } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleOf } from '../../fixtures/signed-bundle.ts';
import { reportPage } from '../../../packages/evidence/report/page.ts';
import { reportSubject } from '../../../packages/evidence/report/subject.ts';
import { verification } from '../../../packages/evidence/report/verification.ts';
import type { AuditResult } from 'taskbound-evidence/audit/result';
import type { ChainDraft, ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { Json } from 'taskbound-evidence/events/event';
import {
  admitted,
  BOUNDARY,
  chainOf,
  eventsOf,
  leaseIssued,
  proven,
  RECORDS,
  requested,
  revoked,
  secretIssued,
  secretRevoked,
  type RecordName,
} from '../../fixtures/task-events.ts';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { auditOf, violatedAudit } from './audits.ts';

function pageOf(events: readonly ChainedEvent[], audit?: AuditResult): string {
  const bundle = bundleOf(BOUNDARY, events);
  return reportPage(reportSubject(bundle, verification(bundle, undefined), audit));
}

/** The names of all tags, in order: what the page consists of, whatever its texts say. */
const tagsOf = (page: string): string => (page.match(/<\/?[a-z][a-z0-9]*/g) ?? []).join(' ');
const NAMES = Object.keys(RECORDS) as RecordName[];

describe('the page', () => {
  it.each(NAMES)('of a task that was %s is well-formed and has no script', (name) => {
    const page = pageOf(eventsOf(name));
    expect(XMLValidator.validate(page.replace('<!doctype html>', ''))).toBe(true);
    expect(page).not.toMatch(
      /<script|<iframe|<object|<img|<link|<form|<base|\son[a-z]+=|\sstyle=|javascript:/i,
    );
  });

  it('allows its own style by its hash, and nothing else', () => {
    const page = pageOf(eventsOf('succeeded'));
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(style).not.toMatch(/url\(|@import|<\//);
  });

  it('has ids that are unique, and only links to places that are there', () => {
    for (const name of NAMES) {
      const events = eventsOf(name);
      const page = pageOf(events, violatedAudit(events));
      const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, target] of page.matchAll(/(?:href="|url\()#([^")]*)/g)) expect(ids).toContain(target);
    }
  });

  it('is the same for the same files', () => {
    expect(pageOf(eventsOf('approved'))).toBe(pageOf(eventsOf('approved')));
  });

  it.each<[RecordName, RegExp]>([
    [
      'succeeded',
      /Yes, proven by use.*1 credential of this task was used, and AWS refused every call\. This was proven 1\.0 s after the work ended/,
    ],
    ['lease after lease', /3 credentials of this task were used/],
    ['rejected', /There was none/],
    ['expired', /Yes, by its deadline/],
    ['under way', /Not proven.*the record has no proof/],
  ])('says at its top how the access of a task that was %s ended', (name, words) => {
    const answers = /<div class="answers">.*?Timeline/s.exec(pageOf(eventsOf(name)))?.[0] ?? '';
    expect(answers.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')).toMatch(words);
  });

  it('tells the tool of each use, or that no tool is known, and the item', () => {
    const page = pageOf(eventsOf('succeeded'));
    for (const words of ['readSource', 'no known tool', 'caseId = case-7', '2 uses in total'])
      expect(page.replace(/\s+/g, ' ')).toContain(words);
  });

  it('does not call what is denied allowed', () => {
    const sessionPolicy =
      '{"Statement":[{"Sid":"denyIt","Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]}';
    const page = pageOf(chainOf([requested(), admitted(), leaseIssued(1, { sessionPolicy })]));
    expect(page).toContain('denyIt: no statement that Taskbound writes. It denies this.');
    expect(page).not.toContain('May call');
  });

  it('does not say of a session that may have been issued that there was none', () => {
    const page = pageOf(eventsOf('maybe issued')).replace(/\s+/g, ' ');
    for (const words of [
      'Yes, by its deadline',
      'Not recorded: lease 1',
      'href="#event-3"',
      'may have issued',
    ])
      expect(page).toContain(words);
    for (const words of [
      'nothing was allowed',
      'no tool could be used',
      'Nothing was issued',
      'nothing was issued',
      'no session issued',
    ])
      expect(page).not.toContain(words);
  });

  it('does not turn an event that cannot be read into one that did not happen', () => {
    const unread = (type: string) =>
      pageOf(
        chainOf(RECORDS.succeeded.map((each) => (each.type === type ? { ...each, data: {} } : each))),
      ).replace(/\s+/g, ' ');
    const issued = unread('identity.issued');
    for (const words of ['1 event cannot be read.', 'Not recorded: lease ?', 'Not proven', 'data.lease:'])
      expect(issued).toContain(words);
    for (const words of [
      'nothing was allowed',
      'no tool could be used',
      'no session issued',
      'There was none',
    ])
      expect(issued).not.toContain(words);
    expect(unread('boundary.closed')).not.toContain('Not closed yet');
    expect(unread('revocation.proven')).not.toContain('The record has no proof');
    expect(unread('work.finished')).not.toContain('ended before it reported');
    expect(unread('secret.issued')).not.toContain('No secret was made');
    expect(unread('task.requested')).not.toContain('does not show who requested');
  });

  it('opens, and stays short, when an event names leases without end', () => {
    const leases = Array.from({ length: 5_000 }, (_none, index) => ({
      lease: index + 1,
      state: 'intended',
      deadline: '2026-11-23T10:02:00Z',
    }));
    const data = { ...revoked().data, leases };
    expect(pageOf(chainOf([requested(), { ...revoked(), data }, proven('refused')])).length).toBeLessThan(
      200_000,
    );
  });

  it('does not forget the secrets of a task that never had a session', () => {
    const drafts = [
      requested(),
      admitted(),
      secretIssued(),
      secretRevoked(),
      revoked(0),
      proven('nothing-issued'),
    ];
    expect(pageOf(chainOf(drafts))).toContain('and 1 secret made for it was destroyed');
    expect(pageOf(chainOf(drafts.filter(({ type }) => type !== 'secret.revoked')))).toContain(
      'the secret receiptKey was made and is not said to be destroyed',
    );
  });

  it('relies on nothing in a record that was changed', () => {
    const events = eventsOf('succeeded').map((event) =>
      event.seq === 3 ? { ...event, data: { name: 'other' } } : event,
    );
    const page = pageOf(events);
    expect(page).toContain('Do not rely on this record.');
    expect(page).toContain('event 3 (secret.issued) was changed');
    expect(page).not.toContain('Yes, proven by use');
    expect(page).toContain('it is not evidence for any control');
  });

  it('does not put the verdict of an audit beside a record that was changed', () => {
    const events = eventsOf('succeeded');
    const changed = events.map((event) => (event.seq === 1 ? { ...event, actor: 'somebody else' } : event));
    const page = pageOf(changed, auditOf(events));
    expect(page).toContain('Do not rely on this record.');
    expect(page.match(/its verdict is not shown/g)).toHaveLength(2);
    expect(page).not.toMatch(/Enforced|Not audited/);
    const seen = pageOf(changed, violatedAudit(events));
    expect(seen).toContain('1 call of this task that was answered after the end of its access');
    expect(seen).not.toContain('outside-and-allowed');
  });

  it('shows what the audit found, and says when there was none', () => {
    const events = eventsOf('succeeded');
    expect(pageOf(events)).toContain('Not audited');
    expect(pageOf(events, auditOf(events))).toContain('Enforced');
    expect(pageOf(events, auditOf(events))).toContain('The file of this audit is not signed');
    const violated = pageOf(events, violatedAudit(events));
    for (const words of [
      'The boundary was violated.',
      'No: the trail shows calls after the end',
      'The trail shows violations.',
      '1 call of this task that was answered after the end of its access',
      'outside-and-allowed',
      'e-2',
      'no-data-events',
      's3:ListBucket',
    ])
      expect(violated).toContain(words);
  });

  it.each([
    [1, '1 call outside the boundary was tried and refused'],
    [3, '3 calls outside the boundary were tried and refused'],
  ])(
    'says in amber, at its top and in its summary, that %i calls outside the boundary were refused',
    (number, words) => {
      const events = eventsOf('succeeded');
      const { calls } = auditOf(events);
      const page = pageOf(events, auditOf(events, { calls: { ...calls, outsideRefused: number } }));
      const plain = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
      expect(/<p class="alarm caution">.*?<\/p>/s.exec(page)?.[0].replace(/<[^>]*>/g, '')).toContain(
        `${words}.`,
      );
      expect(page).toMatch(/<div class="answer warn">\s*<h3>Was the boundary enforced\?/);
      expect(plain).toMatch(/Was the boundary enforced\? ! Enforced/);
      expect(plain.split(words)).toHaveLength(3);
    },
  );

  it('has nothing in amber about calls outside the boundary when there was none, or when the record does not verify', () => {
    const events = eventsOf('succeeded');
    expect(pageOf(events, auditOf(events))).not.toMatch(/class="alarm|outside the boundary/);
    const changed = events.map((event) => (event.seq === 1 ? { ...event, actor: 'somebody else' } : event));
    expect(pageOf(changed, violatedAudit(events))).not.toContain('outside the boundary');
    const violated = pageOf(events, violatedAudit(events));
    expect(violated).toContain('class="alarm caution"');
    expect(violated).toMatch(/<div class="answer bad">\s*<h3>Was the boundary enforced\?/);
  });

  it('shows conditions in words and as they are in the policy', () => {
    const Condition = {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'C\u00a0<1' },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    };
    const sessionPolicy = JSON.stringify({
      Statement: [{ Sid: 'readCase', Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: 'r', Condition }],
    });
    const page = pageOf(chainOf([requested(), admitted(), leaseIssued(1, { sessionPolicy })]));
    expect(page).toContain('only items whose partition key is &quot;C\\u{a0}&lt;1&quot;');
    expect(page).toContain('<code>ForAllValues:StringEquals dynamodb:LeadingKeys C\\u{a0}&lt;1</code>');
    expect(page).toContain('<code>Null dynamodb:LeadingKeys false</code>');
  });

  it('tells a digest that was approved from another one', () => {
    const drafts = RECORDS.approved.map((draft) =>
      draft.id === 'approval.granted:carol'
        ? { ...draft, data: { ...draft.data, grantDigest: sha256Hex('other') } }
        : draft,
    );
    const page = pageOf(chainOf(drafts));
    expect(page.match(/the requested grant/g)).toHaveLength(1);
    expect(page.match(/a different grant/g)).toHaveLength(1);
  });

  it('keeps leases apart whose policies differ in more than their deadline', () => {
    expect(pageOf(eventsOf('lease after lease'))).toContain('<h3>Leases 1, 2, 3</h3>');
    const [first, ...rest] = RECORDS['lease after lease'].filter(({ type }) => type === 'identity.issued');
    const wider = rest.map((draft) => ({
      ...draft,
      data: { ...draft.data, sessionPolicy: '{"Statement":[]}' },
    }));
    const page = pageOf(
      chainOf([RECORDS.succeeded[0], first, ...wider].filter((draft) => draft !== undefined)),
    );
    expect(page).toContain('<h3>Lease 1</h3>');
    expect(page).toContain('<h3>Leases 2, 3</h3>');
    expect(page).toContain('It has no statements');
  });
});

/** Every text in some data, numbered, replaced by what `change` makes of it. */
function withTexts(data: Json, change: (text: string, index: number) => string): Json {
  let index = 0;
  const walk = (value: Json): Json => {
    if (typeof value === 'string') return change(value, index++);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]));
    return value;
  };
  return walk(data);
}

/** Any character, halves of surrogate pairs included. fast-check's own unit `binary` takes a second to set up. */
const CHARACTER = fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point));

const HOSTILE = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<script>alert(1)</script>',
        '</style><script>',
        '"><svg onload=alert(1)>',
        "' onclick='x",
        '<!--',
        ']]>',
        '&lt;',
        '&#60;',
        '</pre></details></section>',
        '<bdi>',
        '\u202e',
        '\u2066',
        'p\u0430y \u00a0\u0301\u05d0',
        '\u0000',
        '\u001b[2J',
        '\u200b',
        '\n',
        '${x}',
        '%3Cscript%3E',
      ),
      fc.string({ unit: CHARACTER, maxLength: 20 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  // A chain holds whole characters only: another text has no canonical form, and so no hash.
  .map((parts) => parts.join('').toWellFormed())
  // It begins like the harmless text, so that it is as little a number, a time or a word that the page knows.
  .map((text) => `harmless${text}`);

describe('hostile texts', () => {
  it('in any field, or in all, leave the page made of the same parts', () => {
    const names = fc.constantFrom(...NAMES);
    fc.assert(
      fc.property(names, HOSTILE, fc.option(fc.nat(60)), (name, hostile, at) => {
        const changed = (text: string) =>
          chainOf(
            RECORDS[name].map((draft: ChainDraft) => ({
              ...draft,
              actor: text,
              data: withTexts(draft.data as Json, (was, index) =>
                at === null || at === index ? text : was,
              ) as ChainDraft['data'],
            })),
          );
        const page = pageOf(changed(hostile));
        expect(tagsOf(page)).toBe(tagsOf(pageOf(changed('harmless'))));
        expect(XMLValidator.validate(page.replace('<!doctype html>', ''))).toBe(true);
        expect(page).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
        );
        // No letter of a script whose letters look like others, no mark, and no space that is not ordinary.
        expect(page).not.toMatch(
          /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{M}\u00a0]/u,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('in an audit leave it so as well', () => {
    const events = eventsOf('succeeded');
    const enums = new Set(['violated', 'verified']);
    fc.assert(
      fc.property(HOSTILE, (hostile) => {
        const changed = (text: string) =>
          withTexts(violatedAudit(events) as unknown as Json, (was) =>
            enums.has(was) ? was : text,
          ) as unknown as AuditResult;
        expect(tagsOf(pageOf(events, changed(hostile)))).toBe(tagsOf(pageOf(events, changed('harmless'))));
      }),
      { numRuns: 20 },
    );
  });

  it('that have no canonical form break the chain, not the page', () => {
    const events = eventsOf('succeeded').map((event) =>
      event.seq === 2 ? { ...event, actor: 'half \ud800' } : event,
    );
    const page = pageOf(events);
    expect(page).toContain('Do not rely on this record.');
    expect(page).toContain('half \\u{d800}');
  });

  it('that are long are cut', () => {
    const long = 'x'.repeat(30_000);
    const drafts = RECORDS.approved.map((draft) => ({
      ...draft,
      actor: long,
      data: withTexts(draft.data as Json, () => long) as ChainDraft['data'],
    }));
    expect(pageOf(chainOf(drafts)).length).toBeLessThan(2_000_000);
  });

  it('as keys, numbers and forms that nobody expects are borne', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 3 }), fc.nat(20), (name, value, at) => {
        const drafts = RECORDS[name].map((draft: ChainDraft) => {
          const keys = Object.keys(draft.data);
          const key = keys[at % Math.max(keys.length, 1)] ?? 'none';
          return { ...draft, data: { ...draft.data, [key]: value as Json } };
        });
        expect(XMLValidator.validate(pageOf(chainOf(drafts)).replace('<!doctype html>', ''))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
