import type { Command } from 'commander';
import { asPerson, type EndCommand } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

export function declarePlan(program: Command, io: Io, ends: EndCommand): void {
  asPerson(program.command('plan').description('show what a request would be granted; issues nothing'))
    .argument('<request>', 'the request, a JSON file')
    .action((request, options) => ends(import('./plan.ts').then(({ plan }) => plan(request, options, io))));
}
