import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { parseTemplate } from 'taskbound-local/template/template';
import type { Usage } from 'taskbound-local/iam/usage';
import { exercise, SCENARIOS, type Exercised } from '../exercise.ts';
import { stopDatabase, type Scenario } from '../exercise/scenario.ts';
import { allowed, roleStatements, type RoleStatement } from './statements.ts';

/** Actions that are not emulated, with the reason. A statement is excepted only when all its actions are in this list. */
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

/** Whether a text contains a refusal of the action. A function URL answers 403 without the action. */
const isRefused = (said: string, action: string): boolean =>
  said.includes(`not authorized to perform: ${action}`) ||
  (action.startsWith('lambda:InvokeFunction') && said.includes('with 403'));

/**
 * Statements whose refusals reach no caller, because a service makes the call after it accepted an event. Only the missing effect shows
 * them.
 */
const SILENT_REFUSALS =
  /^BoundaryControl(Reconcile|SubmitScheduled)Role\w+ trust: |^BoundaryReconcilerScheduleRole\w+: KeepWhatFailed$/;

/** The kept result of a scenario with every statement. It does not include the stack, which is large. */
interface Baseline {
  readonly line: string;
  readonly usage: readonly Usage[];
  /** The messages of refusals. */
  readonly refused: readonly string[];
  nameOf(role: string): string | undefined;
}

const baselines = new Map<Scenario, Promise<Baseline>>();

/** The result of a scenario with every statement. It runs once. */
function baselineOf(scenario: Scenario): Promise<Baseline> {
  const known = baselines.get(scenario) ?? runBaseline(scenario);
  baselines.set(scenario, known);
  return known;
}

async function runBaseline(scenario: Scenario): Promise<Baseline> {
  const { line, stack } = await exercise(scenario);
  const { trail, usage } = stack.aws;
  const { resources } = stack.stack;
  return {
    line,
    usage,
    refused: trail.flatMap(({ errorMessage }) => errorMessage ?? []),
    nameOf: (role) => resources.get(role)?.physicalId,
  };
}

/** The calls that the statement allowed in a scenario. */
const usagesOf = (statement: RoleStatement, { usage, nameOf }: Baseline): Usage[] =>
  usage.filter((each) => allowed(statement, each, nameOf));

/** Whether the statement decided a call. A Deny is not in the usage log, but in the messages of refused calls. */
function decided(statement: RoleStatement, ran: Baseline): boolean {
  if (statement.effect === 'Allow') return usagesOf(statement, ran).length > 0;
  const names = statement.roles.map((role) => `/${ran.nameOf(role)}/`);
  return ran.refused.some(
    (message) => message.includes('explicit deny') && names.some((name) => message.includes(name)),
  );
}

/** The scenarios that use the statement, because the others do not depend on it. Those with few uses come first, because they are fast. */
async function scenariosUsing(statement: RoleStatement): Promise<Scenario[]> {
  const found: [scenario: Scenario, uses: number][] = [];
  for (const scenario of SCENARIOS) {
    const ran = await baselineOf(scenario);
    if (decided(statement, ran)) found.push([scenario, ran.usage.length]);
  }
  return found.sort(([, one], [, other]) => one - other).map(([scenario]) => scenario);
}

/** The first scenario that ends differently without the statement. */
async function firstFailure(statement: RoleStatement): Promise<Exercised | undefined> {
  for (const scenario of await scenariosUsing(statement)) {
    const exercised = await exercise(scenario, statement.without);
    if (exercised.line !== scenario.shows) return exercised;
  }
  return undefined;
}

/** Every text that can contain a refusal. */
function refusalTextsIn({ stack: { aws, messages }, line }: Exercised): string {
  const denied = aws.trail
    .filter((record) => /^AccessDenied/.test(record.errorCode ?? ''))
    .map((record) => record.errorMessage ?? '');
  // Calls that services make with their roles are not in the trail.
  const failures = [...aws.events.failures, ...aws.schedules.failures].flatMap(
    ({ errorMessage, letterError = '' }) => [errorMessage, letterError],
  );
  const lost = aws.lostDestinations.map(({ errorMessage }) => errorMessage);
  const executions = aws.states.executions().map((execution) => JSON.stringify(execution.events));
  return [...denied, line, ...messages, ...failures, ...lost, ...executions].join('\n');
}

/** A run by hand removes every statement. A verification has time only for one in every N. */
const every = Number(process.env['STATEMENTS_EVERY'] ?? '1');
const removed = checked.filter((_statement, index) => index % every === 0);

describe('least privilege', () => {
  afterAll(stopDatabase);

  test('the template contains enough statements, and no exception is unused', () => {
    expect(statements.length).toBeGreaterThan(60);
    const excused = new Set(statements.filter(excepted).flatMap((statement) => statement.actions));
    expect([...excused].sort()).toEqual(Object.keys(NOT_EMULATED).sort());
  });

  test.each(SCENARIOS.map((scenario) => [scenario.run.name, scenario] as const))(
    'with every statement, the scenario %s ends as expected',
    async (_name, scenario) => expect((await baselineOf(scenario)).line).toBe(scenario.shows),
  );

  test('every action of every statement is used by a scenario', async () => {
    const ran = await Promise.all(SCENARIOS.map(baselineOf));
    const isUsed = (statement: RoleStatement, action: string) =>
      ran.some((each) => usagesOf(statement, each).some((usage) => usage.action === action));
    const unused = checked
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((statement) =>
        statement.actions
          .filter((action) => !isUsed(statement, action))
          .map((action) => `${statement.name}: ${action}`),
      );
    expect(unused).toEqual([]);
  });

  test.each(removed.map((statement) => [statement.name, statement] as const))(
    'without %s a scenario fails',
    async (_name, statement) => {
      const exercised = await firstFailure(statement);
      if (exercised === undefined) throw new Error('Every scenario that uses it ends as it must without it.');
      // Without the Deny the call was allowed, so there is no refusal to find.
      if (statement.effect === 'Deny' || SILENT_REFUSALS.test(statement.name)) return;
      const said = refusalTextsIn(exercised);
      const action = statement.actions.find((each) => isRefused(said, each));
      expect(action, `none of ${statement.actions.join(', ')} was refused`).toBeDefined();
    },
  );
});
