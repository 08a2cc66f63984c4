import type { Command } from 'commander';
import type { ExitWith } from 'taskbound-evidence/command/options';
import { withPerson, withStack } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

const ARCHIVE_HELP = `
This command is for stacks with an archive (EvidenceArchive). It detects changes that were made to the table or to
the archive after a boundary was closed. A day contains the boundaries that the table records as requested on it, and the copies
that the archive received on it. Older versions of a copy are not compared.

Exit code: 0 every copy equals the table's evidence, byte for byte, and is signed with the stack's key; 1 a copy differs, is not
signed, or cannot be read; 2 wrong usage.`;

export function declareArchive(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program
    .command('archive')
    .description("compare the archive's copies of closed boundaries with the table");
  withPerson(withStack(command, 'archive --day 2026-11-24', io))
    .argument('[task]', 'a boundary id (<type>.<taskId>), or a task id with --type')
    .option('--type <type>', 'the task type, if only a task id is given')
    .option(
      '--day <date>',
      'compare all boundaries that were requested or archived on this day (UTC), such as 2026-11-24',
    )
    .addHelpText('after', ARCHIVE_HELP)
    .action((task, options) =>
      exitWith(import('./archive.ts').then(({ archive }) => archive(task, options, io))),
    );
}
