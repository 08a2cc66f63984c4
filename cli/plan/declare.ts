import type { Command } from 'commander';
import type { ExitWith } from 'taskbound-evidence/command/options';
import { withAnyStack, withPerson } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

const PLAN_HELP = `
Without --stack and AWS_ENDPOINT_URL, the command reads the task type from the synthesized app, and needs no AWS.

Exit code: 0 done; 2 malformed request or wrong usage.`;

export function declarePlan(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program
    .command('plan')
    .description('show what a request would be granted, without issuing anything');
  withPerson(
    withAnyStack(command, 'read the task type from the app, not from a deployed stack (the default)'),
  )
    .argument('<request>', 'the request, a JSON file')
    .addHelpText('after', PLAN_HELP)
    .action((request, options) =>
      exitWith(import('./plan.ts').then(({ plan }) => plan(request, options, io))),
    );
}
