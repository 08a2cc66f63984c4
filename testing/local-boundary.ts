import type { LocalBoundary, LocalBoundaryOptions, LocalSubject } from './local/types.ts';

/**
 * Runs the tasks of a CDK app in a test, on an embedded AWS in this process.
 *
 * ```ts
 * const local = await localBoundary((app) => new SupportStack(app, 'Support'));
 * await local.seed({ items: { cases: [{ caseId: 'C-1001' }] } });
 * const run = await local.run({ type: 'answer-case', reason: 'test', parameters: { caseId: 'C-1001' } });
 * expect(run).toMatchObject({ outcome: 'succeeded', phase: 'closed', proof: 'refused' });
 * await local.close();
 * ```
 *
 * Each call synthesizes the app, and starts an AWS of its own. A function is synthesized into a temporary folder, which is removed at once. An
 * app writes into the folder that the CDK chose when it was made.
 */
export async function localBoundary(
  subject: LocalSubject,
  options: LocalBoundaryOptions = {},
): Promise<LocalBoundary> {
  // A test with fakeTask alone must not pay for loading an AWS.
  const { openLocalBoundary } = await import('./local/open-local-boundary.ts');
  return openLocalBoundary(subject, options);
}
