import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { controlsMap, JUDGED, type ControlsMap } from '../../../packages/evidence/controls/controls.ts';
import { SILENT } from '../../../packages/evidence/controls/silent.ts';
import type { ChainDraft, ChainedEvent } from 'taskbound-evidence/chain/evidence';
import {
  admitted,
  BOUNDARY,
  chainOf,
  closed,
  decided,
  eventsOf,
  leaseIssued,
  policyUntil,
  proven,
  recordOf,
  RECORDS,
  requested,
  revoked,
  revokedIntended,
  secretIssued,
  type RecordName,
} from '../../fixtures/task-events.ts';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';

const mapOfEvents = (events: ChainedEvent[]): ControlsMap =>
  controlsMap({ boundaryId: BOUNDARY, events }, recordOf(events));
const mapOf = (drafts: readonly ChainDraft[]): ControlsMap => mapOfEvents(chainOf(drafts));
const finding = (map: ControlsMap, control: string) => {
  const found = map.controls.find((each) => each.control.startsWith(control));
  if (found === undefined) throw new Error(`no ${control}`);
  return found;
};

/** One letter a control, in the order of the table: evidence, partial, nothing, contradicted. */
const letters = (map: ControlsMap): string => map.controls.map(({ status }) => status.charAt(0)).join('');

describe('the controls map', () => {
  it.each<[RecordName, string]>([
    // NHI1 2 5 7 9, tenets 3 4 6 7, PR.AA-05
    ['succeeded', 'epeee epep p'],
    ['approved', 'epeee epep e'],
    ['lease after lease', 'epeee epep p'],
    ['failed', 'epeee epep p'],
    ['rejected', 'nnnnn nppn n'],
    ['refused by a person', 'nnnnn nppn p'],
    ['never approved', 'nnnnn nppn n'],
    ['ended early', 'epeee epep p'],
    ['torn down', 'epeee epep p'],
    ['emergency', 'epeee epep p'],
    ['expired', 'ppeee epen p'],
    ['maybe issued', 'ppppp pppn p'],
    ['waiting for approval', 'nnnnn npnn p'],
    ['under way', 'npepe epen p'],
  ])('%s: %s', (name, expected) => {
    expect(letters(mapOfEvents(eventsOf(name)))).toBe(expected.replaceAll(' ', ''));
  });

  it('cites events that are in the record, in their order, for whatever is evidence', () => {
    for (const name of Object.keys(RECORDS)) {
      const events = eventsOf(name as RecordName);
      for (const { control, status, events: cited } of mapOfEvents(events).controls) {
        expect(cited.length > 0, `${name} ${control}`).toBe(status !== 'nothing');
        expect(cited.map(({ seq }) => seq)).toEqual(cited.map(({ seq }) => seq).sort((a, b) => a - b));
        for (const { seq, type } of cited) expect(events[seq - 1]?.type).toBe(type);
      }
    }
  });

  const [provenLease] = proven('refused').data['leases'] as object[];
  const withoutRefusals = { proof: 'refused', leases: [{ ...provenLease, refusals: [] }], secretsGone: [] };
  const other = sha256Hex('other');
  const open = [requested(), admitted()];
  const approvedBy = (name: string, data: ChainDraft['data'] = {}): ChainDraft =>
    decided('granted', name, { quorum: 1, ...data });
  const needsTwo = requested({ approvalsNeeded: 2 });
  const ran = [admitted(), leaseIssued(), revoked(), proven('refused'), closed()];
  const until = String(leaseIssued().data['deadline']);
  const withPolicy = (sessionPolicy: string): ChainDraft =>
    leaseIssued(1, { sessionPolicy, policyDigest: sha256Hex(sessionPolicy) });

  it.each<[string, string, ChainDraft[], RegExp]>([
    [
      'a secret that is left',
      'NHI1',
      [...open, secretIssued(), leaseIssued(), proven('refused')],
      /secret receiptKey was made/,
    ],
    [
      'a secret that is left',
      'NHI2',
      [...open, secretIssued(), leaseIssued(), proven('refused')],
      /receiptKey/,
    ],
    [
      'a secret that is left',
      'NHI7',
      [...open, secretIssued(), leaseIssued(), proven('refused')],
      /receiptKey outlived/,
    ],
    ['a closed boundary without proof', 'NHI1', [...open, leaseIssued(), revoked(), closed()], /no proof/],
    [
      'a proof without refusals',
      'NHI1',
      [...open, leaseIssued(), { ...proven('refused'), data: withoutRefusals }],
      /0 refusals/,
    ],
    [
      'a policy that is not the digested one',
      'NHI5',
      [...open, leaseIssued(1, { policyDigest: other })],
      /digest/,
    ],
    [
      'no policy',
      'NHI5',
      [...open, leaseIssued(1, { sessionPolicy: null })],
      /cannot be read: data\.sessionPolicy/,
    ],
    ['a policy that is none', 'NHI5', [...open, withPolicy('{')], /cannot be read/],
    [
      'a policy without deadline',
      'NHI5',
      [
        ...open,
        withPolicy('{"Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:GetObject","Resource":"b"}]}'),
      ],
      /no deadline/,
    ],
    [
      'a policy that ends later than is recorded',
      'NHI5',
      [...open, withPolicy(policyUntil('2099-01-01T00:00:00Z'))],
      /another deadline than is recorded/,
    ],
    [
      'a policy that ends later than is recorded',
      'NHI7',
      [...open, withPolicy(policyUntil('2099-01-01T00:00:00Z')), revoked(), proven('refused')],
      /lease 1 has no deadline within an hour/,
    ],
    [
      'a policy that has a deadline which is not recorded',
      'NHI5',
      [...open, leaseIssued(1, { deadline: null })],
      /event 3 \(identity\.issued\) cannot be read: data\.deadline/,
    ],
    [
      'a tool on everything',
      'NHI5',
      [...open, withPolicy(policyUntil(until, '*'))],
      /readSource of lease 1 names no bounded/,
    ],
    [
      'a tool with a wild action',
      'NHI5',
      [...open, withPolicy(policyUntil(until).replace('s3:GetObject', 's3:*'))],
      /readSource/,
    ],
    [
      'secrets under an open name',
      'NHI5',
      [...open, withPolicy(policyUntil(until).replace('receiptKey-??????', '*'))],
      /TaskboundSecrets of lease 1 names no bounded/,
    ],
    [
      'a lease of two hours',
      'NHI7',
      [...open, leaseIssued(1, { deadline: '2026-11-23T12:00:03Z' })],
      /no deadline within an hour/,
    ],
    [
      'a lease without deadline',
      'NHI7',
      [...open, leaseIssued(1, { deadline: null })],
      /event 3 \(identity\.issued\) cannot be read: data\.deadline/,
    ],
    [
      "another boundary's session",
      'NHI9',
      [...open, leaseIssued(1, { sourceIdentity: 'other.task-1' })],
      /source identity/,
    ],
    [
      'one key for two leases',
      'NHI9',
      [...open, leaseIssued(1), leaseIssued(2, { accessKeyId: 'ASIAEXAMPLE1' })],
      /one access key/,
    ],
    [
      'a lease without key',
      'NHI9',
      [...open, leaseIssued(1, { accessKeyId: null })],
      /cannot be read: data\.accessKeyId/,
    ],
    [
      'another grant at the lease',
      'SP 800-207 tenet 6',
      [...open, leaseIssued(1, { grantDigest: other })],
      /event 3 has another grant/,
    ],
    [
      'another grant approved',
      'SP 800-207 tenet 6',
      [requested(), decided('granted', 'bob', { grantDigest: other }), admitted(), leaseIssued()],
      /event 2 has another/,
    ],
    ['a lease without admission', 'SP 800-207 tenet 6', [requested(), leaseIssued()], /without an admission/],
    [
      'one who approves their own task',
      'PR.AA-05',
      [requested(), decided('granted', 'ann'), admitted(), leaseIssued()],
      /also approved it/,
    ],
    [
      'one approval where two were needed',
      'PR.AA-05',
      [needsTwo, approvedBy('bob'), ...ran],
      /1 of 2 people who had to approve/,
    ],
    [
      'one person who approved twice',
      'PR.AA-05',
      [needsTwo, approvedBy('bob'), { ...approvedBy('bob'), id: 'again' }, ...ran],
      /1 of 2/,
    ],
    [
      'an approval of another grant',
      'PR.AA-05',
      [needsTwo, approvedBy('bob'), approvedBy('carol', { grantDigest: other }), ...ran],
      /1 of 2/,
    ],
    [
      'an approval that names nobody',
      'PR.AA-05',
      [needsTwo, approvedBy('bob'), approvedBy('carol', { person: null }), ...ran],
      /1 of 2/,
    ],
    [
      'an approval after the lease',
      'PR.AA-05',
      [needsTwo, approvedBy('bob'), admitted(), leaseIssued(), approvedBy('carol'), revoked()],
      /1 of 2/,
    ],
    [
      'approvals of what nobody is said to have asked for',
      'PR.AA-05',
      [requested({ requester: null }), approvedBy('bob'), ...ran],
      /0 of 1/,
    ],
    ['no approval where one was needed', 'PR.AA-05', [requested({ approvalsNeeded: 1 }), ...ran], /0 of 1/],
    [
      'a lease in spite of a refusal',
      'PR.AA-05',
      [requested(), approvedBy('bob'), decided('refused', 'carol'), ...ran],
      /refused the task, and a session was/,
    ],
    [
      'a lease that may have been issued in spite of a refusal',
      'PR.AA-05',
      [requested(), decided('refused', 'carol'), admitted(), revokedIntended()],
      /may have been, issued/,
    ],
    [
      'a lease in spite of a refusal that cannot be read',
      'PR.AA-05',
      [requested(), { ...decided('refused', 'carol'), data: {} }, ...ran],
      /refused the task, and a session was/,
    ],
    [
      'a proof that cannot be read',
      'NHI1',
      [...open, leaseIssued(), { ...proven('refused'), data: {} }],
      /the proof cannot be read: data\.proof: /,
    ],
    [
      'an admission that cannot be read',
      'SP 800-207 tenet 6',
      [requested(), { ...admitted(), data: {} }, leaseIssued()],
      /event 2 \(task\.admitted\) cannot be read: data\.executionArn: /,
    ],
  ])('%s contradicts %s', (_what, control, drafts, says) => {
    expect(finding(mapOf(drafts), control)).toMatchObject({
      status: 'contradicted',
      says: expect.stringMatching(says),
    });
  });

  it.each(['NHI5', 'NHI9', 'SP 800-207 tenet 3', 'SP 800-207 tenet 6', 'PR.AA-05'])(
    'takes %s for shown in part only when the issue of one lease is not recorded',
    (control) => {
      const drafts = [...open, approvedBy('bob'), leaseIssued(), revoked(2), proven('refused', 2)];
      expect(finding(mapOf(drafts), control)).toMatchObject({
        status: 'partial',
        says: expect.stringContaining('lease 2'),
      });
    },
  );

  it('says of a task that waits how many approvals it has', () => {
    expect(finding(mapOf([needsTwo, approvedBy('bob')]), 'PR.AA-05').says).toContain('it had 1 of 2');
  });

  it('does not ask an emergency for approvals, and does not take it for reviewed', () => {
    const drafts = [requested({ approvalsNeeded: 2, emergency: 'the shop is down' }), ...ran];
    expect(finding(mapOf(drafts), 'PR.AA-05')).toMatchObject({
      status: 'partial',
      says: expect.stringContaining('had none before it ran'),
    });
  });

  it('does not say how long a session lived that has no proof yet', () => {
    expect(finding(mapOf([...open, leaseIssued()]), 'NHI7').status).toBe('partial');
    expect(finding(mapOf([...open, leaseIssued(), revoked(), proven('refused')]), 'NHI7').status).toBe(
      'evidence',
    );
  });

  it('takes an open prefix for a part of least privilege only', () => {
    const map = mapOf([...open, leaseIssued(1, {}, 'arn:aws:s3:::source/exports/*')]);
    expect(finding(map, 'NHI5').status).toBe('partial');
  });

  it('binds itself to the chain', () => {
    const events = eventsOf('succeeded');
    expect(mapOfEvents(events)).toMatchObject({
      version: 1,
      boundaryId: BOUNDARY,
      headHash: events.at(-1)?.hash,
    });
    expect(() => mapOfEvents([])).toThrow(RangeError);
  });
});

describe('docs/controls.md', () => {
  const doc = readFileSync(new URL('../../../docs/controls.md', import.meta.url), 'utf8');
  const rows = doc
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|control)/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    );

  it('has a row for each control of the code, and no other', () => {
    expect(rows).toEqual([...JUDGED, ...SILENT].map(({ control, title }) => [control, title]));
  });

  it('names each source', () => {
    for (const { source } of [...JUDGED, ...SILENT]) expect(doc).toContain(source);
  });
});
