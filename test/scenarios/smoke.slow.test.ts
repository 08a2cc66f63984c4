import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, inject, test } from 'vitest';

/** The environment that `taskbound local --json` prints when it is ready. */
async function serve(): Promise<{ environment: Record<string, string>; stop: () => Promise<unknown> }> {
  const server = spawn('node', [
    'bin/taskbound.ts',
    'local',
    '--assembly',
    inject('assemblies').sample,
    '--json',
  ]);
  let printed = '';
  for await (const chunk of server.stdout) {
    printed += String(chunk);
    if (printed.trimEnd().endsWith('}')) break;
  }
  const { environment } = JSON.parse(printed) as { environment: Record<string, string> };
  return {
    environment,
    stop: async () => {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      return exited;
    },
  };
}

test('the smoke scenario succeeds through HTTP endpoints only', async () => {
  const { environment, stop } = await serve();
  try {
    const smoke = spawn('node', ['scripts/smoke.ts'], { env: { ...process.env, ...environment } });
    let output = '';
    for (const stream of [smoke.stdout, smoke.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const [code] = await once(smoke, 'exit');
    expect(code, output).toBe(0);
  } finally {
    await stop();
  }
});
