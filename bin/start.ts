import { enableCompileCache } from 'node:module';
import { userInfo } from 'node:os';
import { exitOnSignals } from '../cli/exit-on-signals.ts';
import { main } from '../cli/main.ts';
import { Output } from 'taskbound-evidence/command/output';
import { SystemClock } from 'taskbound-local/clock/system-clock';

/** At this number of signals the process exits immediately. One Ctrl-C can send two signals: one from the terminal, one from npx. */
const SIGNALS_TO_EXIT = 4;

const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    let times = 0;
    const onSignal = (): void => {
      resolve();
      times += 1;
      if (times >= SIGNALS_TO_EXIT) process.exit(130);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });

/** Asks the user a question. Returns undefined without a terminal. */
async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

// Each command imports its modules when it runs; from the second time on, they are not compiled again.
enableCompileCache();
exitOnSignals();
const output = new Output(process.stdout);
// Progress that nobody can read any more does not end a command.
process.stderr.on('error', () => undefined);
const cwd = process.cwd();

/** Loads AWS's toolkit library only when an app is synthesized. */
async function synthesize(directory: string): Promise<void> {
  const { synthesizeApp } = await import('../cli/app/synthesize-app.ts');
  await synthesizeApp({ cwd, env: process.env }, directory);
}

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => output.write(text),
  outFailure: () => output.failure(),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  cwd,
  userName: process.env['USER'] ?? process.env['USERNAME'] ?? userInfo().username,
  clock: new SystemClock(),
  ask,
  synthesize,
  keepsAssemblies: true,
  untilInterrupted,
});
