import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SystemClock } from 'taskbound-local/clock/system-clock';

const clock = new SystemClock();
const PAUSE_MS = 20;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A process of `taskbound local`. */
export interface Served {
  /** The variables that it printed; rejects when it ended before that. */
  readonly environment: Promise<Readonly<Record<string, string>>>;
  /** `kill -9`. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Ctrl-C. Resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `taskbound local` in a process of its own. */
export function serve(options: readonly string[]): Served {
  const child = spawn(process.execPath, ['bin/taskbound.ts', 'local', '--json', ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  const environment = environmentOf(child);
  // A process that is killed before it printed anything has no environment.
  environment.catch(() => undefined);
  return { environment, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGINT') };
}

async function environmentOf(child: ChildProcess): Promise<Readonly<Record<string, string>>> {
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  for (;;) {
    const printed = stdout();
    if (printed.endsWith('\n'))
      return (JSON.parse(printed) as { environment: Record<string, string> }).environment;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`taskbound local ended with ${child.exitCode ?? child.signalCode}: ${stderr()}`);
    await clock.sleep(PAUSE_MS);
  }
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return () => text;
}
