import type { Command } from 'commander';
import { withPerson, type ExitWith } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

export function declarePlan(program: Command, io: Io, exitWith: ExitWith): void {
  withPerson(
    program.command('plan').description('show what a request would be granted, without issuing anything'),
  )
    .argument('<request>', 'the request, a JSON file')
    .action((request, options) =>
      exitWith(import('./plan.ts').then(({ plan }) => plan(request, options, io))),
    );
}
