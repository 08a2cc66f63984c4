import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { parseTemplate, type Template } from '../../local/template/template.ts';
import { deploy, type Deployed } from './deployed.ts';
import { exercise, EXPECTED, impatient, stopDatabase, withSmallParts } from './exercise.ts';
import { roleStatements, type RoleStatement } from './statements.ts';

/** What is not emulated, each with the reason. A statement is excepted only when all its actions are. */
const NOT_EMULATED: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'functions’ output is kept in memory, not in CloudWatch Logs',
  'logs:PutLogEvents': 'as above',
  'logs:CreateLogDelivery': 'the state machine’s log delivery is not emulated',
  'logs:GetLogDelivery': 'as above',
  'logs:UpdateLogDelivery': 'as above',
  'logs:DeleteLogDelivery': 'as above',
  'logs:ListLogDeliveries': 'as above',
  'logs:PutResourcePolicy': 'as above',
  'logs:DescribeResourcePolicies': 'as above',
  'logs:DescribeLogGroups': 'as above',
  'xray:PutTraceSegments': 'traces are not emulated',
  'xray:PutTelemetryRecords': 'as above',
  'xray:GetSamplingRules': 'as above',
  'xray:GetSamplingTargets': 'as above',
};

const template = parseTemplate(
  JSON.parse(readFileSync(join(inject('assemblies').sample, 'Taskbound.template.json'), 'utf8')),
);
const statements = roleStatements(template);
const excepted = (statement: RoleStatement) => statement.actions.every((action) => action in NOT_EMULATED);
const checked = statements.filter((statement) => !excepted(statement));

/** How AWS words a refusal; a function URL answers 403 without naming the action. */
const isRefused = (said: string, action: string): boolean =>
  said.includes(`not authorized to perform: ${action}`) ||
  (action.startsWith('lambda:InvokeFunction') && said.includes('with 403: Forbidden'));

/** A login's deadline is checked by the database server, which has the machine's own time. */
const NOW_MS = new Date().getTime();

const prepared = (template: Template): Template => impatient(withSmallParts(template));

/** Refusals of which no caller is told, because a service makes the call after it took an event: only what is missing in the end shows them. */
const UNTOLD =
  /^BoundaryControl(Reconcile|SubmitScheduled)Role\w+ trust: |^BoundaryReconcilerScheduleRole\w+: KeepWhatFailed$/;

const roleNameOf = (stack: Deployed, logicalId: string) => stack.stack.resources.get(logicalId)?.physicalId;

describe('least privilege', () => {
  afterAll(stopDatabase);

  test('the template has the statements that this suite expects to find, and no unknown exception', () => {
    expect(statements.length).toBeGreaterThan(60);
    const excused = new Set(statements.filter(excepted).flatMap((statement) => statement.actions));
    expect([...excused].sort()).toEqual(Object.keys(NOT_EMULATED).sort());
  });

  test('with every statement in place all scenarios end as they must, and no role holds an action that none used', async () => {
    const stack = await deploy('sample', { transform: prepared, startMs: NOW_MS });
    expect(await exercise(stack)).toEqual(EXPECTED);
    const used = new Set(stack.aws.usage.map((usage) => `${usage.roleName} ${usage.action}`));
    const unused = checked
      .filter((statement) => !statement.trust && statement.effect === 'Allow')
      .flatMap((statement) =>
        statement.roles.flatMap((role) =>
          statement.actions.map((action) => `${roleNameOf(stack, role)} ${action}`),
        ),
      )
      .filter((held) => !used.has(held));
    expect(unused).toEqual([]);
  });

  test.each(checked.map((statement) => [statement.name, statement] as const))(
    'without %s a scenario fails',
    async (_name, statement) => {
      const stack = await deploy('sample', {
        startMs: NOW_MS,
        transform: (original) => statement.without(prepared(original)),
      });
      // Time stands still then: a boundary that can never be proven is torn down again and again, for ever.
      onTestFinished(() => void stack.aws.clock.hold());
      const lines = await exercise(stack);
      expect(lines).not.toEqual(EXPECTED);
      // What a Deny denied was allowed: there is no refusal to see.
      if (statement.effect === 'Deny' || UNTOLD.test(statement.name)) return;
      const denied = stack.aws.trail
        .filter((record) => /^AccessDenied/.test(record.errorCode ?? ''))
        .map((record) => record.errorMessage ?? '');
      // What services do with their roles is not in the trail.
      const failures = [...stack.aws.events.failures, ...stack.aws.schedules.failures].flatMap(
        ({ errorMessage, letterError = '' }) => [errorMessage, letterError],
      );
      const lost = stack.aws.lostDestinations.map(({ errorMessage }) => errorMessage);
      const executions = stack.aws.states.executions().map((execution) => JSON.stringify(execution.events));
      const said = [...denied, ...lines, ...failures, ...lost, ...executions].join('\n');
      const action = statement.actions.find((each) => isRefused(said, each));
      expect(action, `none of ${statement.actions.join(', ')} was refused`).toBeDefined();
    },
  );
});
