import { StackNotChosen, TemplateRefused } from 'taskbound-local/template/refusal';
import type { Needs, SkippedResource } from 'taskbound-local/template/resolve';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';

/**
 * Whether a resource is a part of the contract between a stack and its clients: its types and its manifest are in SSM parameters. To them belongs
 * everything that a task can use, because their values name it.
 */
export const isOfBoundary: Needs = ({ Type, Properties }) =>
  Type === 'AWS::SSM::Parameter' && String(Properties['Name']).startsWith('/taskbound/');

/** What the app of a user contains is the user's to correct. For `catch`. */
export function refusedAsUsage(error: unknown): never {
  if (error instanceof StackNotChosen) throw new UsageError(`${error.message} Choose one with --stack NAME.`);
  if (!(error instanceof TemplateRefused)) throw error;
  throw new UsageError(
    `${error.message} Change the app, or run the task in a deployed stack: --stack NAME without --local.`,
  );
}

/** One line about the resources that were not loaded; empty if all were. `TASKBOUND_DEBUG=1` adds the reason of each. */
export function skippedText(skipped: readonly SkippedResource[], env: Io['env']): string {
  if (skipped.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { type } of skipped) counts.set(type, (counts.get(type) ?? 0) + 1);
  const types = [...counts].map(([type, count]) => `${type} (${count})`);
  const resources = skipped.length === 1 ? 'resource' : 'resources';
  const line = `Skipped ${skipped.length} ${resources} that no task type refers to: ${types.join(', ')}\n`;
  if (env['TASKBOUND_DEBUG'] !== '1') return line;
  return `${line}${skipped.map(({ stackName, because }) => `  ${stackName}: ${because}\n`).join('')}`;
}
