#!/usr/bin/env node
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { SystemClock } from '../local/system-clock.ts';
import { main } from '../cli/main.ts';

const interrupted = (): Promise<void> =>
  Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => undefined);

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  userName: process.env['USER'] ?? process.env['USERNAME'] ?? userInfo().username,
  clock: new SystemClock(),
  untilInterrupted: interrupted,
});
