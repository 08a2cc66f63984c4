import type { Template } from 'taskbound-local/template/template';
import { deploy, type Deployed } from './deployed.ts';
import { ENDING } from './exercise/ending.ts';
import { OPERATING } from './exercise/operating.ts';
import { PEOPLE } from './exercise/people.ts';
import { impatient, withSmallParts } from './exercise/prepared.ts';
import { furnish, type Scenario } from './exercise/scenario.ts';
import { WORKING } from './exercise/working.ts';

/** Every permission of the sample is used in one of them. */
export const SCENARIOS: readonly Scenario[] = [...WORKING, ...PEOPLE, ...ENDING, ...OPERATING];

export interface Exercised {
  readonly line: string;
  readonly stack: Deployed;
}

/**
 * Runs a scenario in a fresh stack, so that what it shows and which statements it uses is the same whichever ran before. The clock begins
 * now: a login's deadline is checked by the database server, which has the machine's own time.
 */
export async function exercise(
  { run }: Scenario,
  change: (template: Template) => Template = (template) => template,
): Promise<Exercised> {
  const stack = await deploy('sample', {
    startMs: new Date().getTime(),
    transform: (template) => change(impatient(withSmallParts(template))),
  });
  await furnish(stack);
  const line = await run(stack).catch((error: Error) => `${run.name} threw ${error.name}: ${error.message}`);
  // Time stands still then: a boundary that can never be proven is torn down again and again, for ever. A closed stack can still be looked at.
  stack.aws.clock.hold();
  await stack.aws.close();
  return { line, stack };
}
