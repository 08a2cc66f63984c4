import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { readAssembly } from 'taskbound-local/template/assembly';
import { resolveTemplate } from 'taskbound-local/template/resolve';
import { quoted } from 'taskbound-evidence/display/visible';
import { decisionSubject } from '../../../cli/decide/decision-subject.ts';
import {
  grantOrRequest,
  renderDecided,
  renderReview,
  renderSubject,
} from '../../../cli/decide/render-decision.ts';
import { makePlan } from '../../../cli/plan/make-plan.ts';
import { renderPlan } from '../../../cli/plan/render-plan.ts';
import { grantDigest } from '../../../core/grants/grant.ts';
import { taskTypeConfig, type TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import { HOSTILE_VALUES } from '../../evidence/display/hostile-values.ts';
import { transferConfig } from '../../fixtures/task-types.ts';
import { rowOf, T0 } from '../support.ts';

type Values = Readonly<Record<string, string>>;

/** What an approver sees of a request for these values. */
function screenOf(config: TaskTypeConfig, parameters: Values, change: { reason?: string } = {}): string {
  const subject = { boundaryId: `${config.type}.x1`, nonce: 'n', parameters };
  const row = rowOf({
    ...{ phase: 'requested', taskType: config.type, ...subject, ...change },
    grantDigest: grantDigest(config, subject),
  });
  return renderSubject(decisionSubject(row, config));
}

describe('the screen of an approver, for the samples', () => {
  const types = new Map<string, TaskTypeConfig>();
  beforeAll(async () => {
    const { stackName, template } = await readAssembly(inject('assemblies').sample);
    for (const { type, properties } of resolveTemplate(template, { stackName }).resources)
      if (type === 'AWS::SSM::Parameter' && String(properties['Name']).includes('/types/')) {
        const config = taskTypeConfig.parse(JSON.parse(String(properties['Value'])));
        types.set(config.type, config);
      }
  });

  it.each([
    ['case-response', 2],
    ['database-maintenance', 1],
    ['object-transfer', 3],
  ])('of %s shows every tool, and so does its plan', async (type, tools) => {
    const config = types.get(type);
    if (config === undefined) throw new Error(`none of ${[...types.keys()].join(', ')} is ${type}`);
    const request = JSON.parse(await readFile(`sample/requests/${type}.json`, 'utf8'));
    const screen = screenOf(config, request.parameters);
    const window = config.window?.kind === 'required' ? { window: WINDOW } : {};
    const plan = makePlan({ ...request, ...window }, config, T0);
    const planned = renderPlan(plan, config);
    expect(plan.tools).toHaveLength(tools);
    for (const { name, actions, resources } of plan.tools) {
      const lines = [
        `  ${name}: ${actions.join(', ')}`,
        ...resources.map((each) => `      on exactly "${each}"`),
      ];
      for (const text of [screen, planned]) expect(text).toContain(lines.join('\n'));
    }
    for (const value of Object.values(request.parameters as Values)) expect(screen).toContain(`"${value}"`);
  });

  const WINDOW = { opensAt: '2026-11-23T22:00:00Z', closesAt: '2026-11-23T23:00:00Z' };

  it('of case-response says which item each tool may touch', () => {
    const config = types.get('case-response') ?? transferConfig();
    expect(
      screenOf(config, { caseId: 'C-1001' }).match(/^ {6}only items whose partition key is "C-1001"$/gm),
    ).toHaveLength(2);
  });

  it('of database-maintenance says what its login may do, and on which server, and so does its plan', () => {
    const config = types.get('database-maintenance') ?? transferConfig();
    const login =
      /database: a login on the PostgreSQL database demo of the server in the secret "arn:.*", with CONNECT ON DATABASE demo; USAGE ON SCHEMA shop; MAINTAIN ON ALL TABLES IN SCHEMA shop; MEMBER OF shop_owner; at most \d+ sessions? at a time; what it leaves behind goes to shop_owner/;
    const parameters = { set: 'a', digest: 'b' };
    expect(screenOf(config, parameters)).toMatch(login);
    const request = { type: config.type, reason: 'r', parameters, window: WINDOW };
    expect(renderPlan(makePlan(request, config, T0), config)).toMatch(login);
  });
});

describe('the screen of an approver, for a hostile value', () => {
  /** The parameter is also the value of a condition, and the reason. */
  const config = transferConfig({
    tools: transferConfig().tools.map((tool) => ({
      ...tool,
      conditions: { StringEquals: { 's3:prefix': ['{sourceKey}'] } },
    })),
  });
  const screen = (value: string): string =>
    screenOf(config, { sourceKey: value, destinationKey: 'd' }, { reason: value }).replace(
      /Grant digest.*/,
      '',
    );

  it.each(HOSTILE_VALUES)('%s: it is shown, and not as what it imitates', (_what, value, like) => {
    for (const text of [
      `because       ${quoted(value)}`,
      `sourceKey = ${quoted(value)}`,
      `on exactly ${quoted(`arn:aws:s3:::source-bucket/${value}`)}`,
      `only if s3:prefix is ${quoted(value)}`,
    ])
      expect(
        screen(value)
          .split('\n')
          .map((line) => line.slice(-text.length)),
      ).toContain(text);
    expect(screen(value)).not.toBe(screen(like));
    expect(screen(value).split('\n')).toHaveLength(screen(like).split('\n').length);
  });
});

describe('what is shown of a request', () => {
  const row = rowOf({ reason: 'a\nb\u202e', requestedBy: { arn: 'x y', userId: 'u', accountId: '1' } });

  it('of a type that was changed: it can only be refused, and no text of others is shown as it is', async () => {
    const changed = async () => renderSubject(decisionSubject(row, transferConfig()));
    await expect(changed()).rejects.toThrow(/was changed since it was requested/);
    expect(await grantOrRequest(row, changed)).toMatch(
      new RegExp(
        [
          '^object-transfer.nightly-1 waits for approval',
          '',
          '  requested by  "x y"',
          '  because       "a\\\\nb\\\\u\\{202e\\}"',
          '  with          \\{"sourceKey":"a","destinationKey":"b"\\}',
          '',
          'What it would be granted cannot be shown: .*the type object-transfer was changed since it was requested',
        ].join('\n'),
      ),
    );
  });

  it('whose grant can be shown: the grant', async () => {
    expect(await grantOrRequest(row, async () => 'the grant')).toBe('the grant');
  });

  it('of a review, and of a decision', () => {
    const review = {
      ...{ boundaryId: 'a.b.review', of: 'a.b', emergency: 'no\u00a0time', requestedBy: 'x', openedAtMs: T0 },
    } as Parameters<typeof renderReview>[0];
    expect(renderReview(review, 'Taskbound')).toContain('could not wait because  "no\\u{a0}time"');
    const decided = {
      boundaryId: 'a.b',
      decision: 'approve',
      person: 'p\u0430t',
      phase: 'approved',
    } as const;
    expect(renderDecided({ ...decided, approvals: 1, quorum: 1 })).toBe(
      'p\\u{430}t approved a.b: 1 of 1. It starts.\n',
    );
  });
});
