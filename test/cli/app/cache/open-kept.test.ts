import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { call, fileIn, temporaryFolder, type Called } from '../../support.ts';

const request = {
  type: 'object-transfer',
  reason: 'r',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
};

let folder: string;
let synthesized: number;

/** Called while the app is synthesized. */
let meanwhile: () => Promise<unknown>;

beforeEach(async () => {
  folder = await temporaryFolder();
  synthesized = 0;
  meanwhile = async () => undefined;
  await mkdir(join(folder, 'node_modules'));
  await fileIn(folder, 'cdk.json', { app: 'node app.js' });
  await fileIn(folder, 'app.js', '');
  await fileIn(folder, 'request.json', request);
});

const plan = (env: Record<string, string> = {}, keepsAssemblies = true): Promise<Called> =>
  call(folder, ['plan', 'request.json'], {
    env,
    keepsAssemblies,
    synthesize: async (directory) => {
      synthesized += 1;
      await meanwhile();
      await cp(inject('assemblies').sample, directory, { recursive: true });
    },
  });

const cache = (): Promise<string[]> =>
  readdir(join(folder, 'node_modules/.cache/taskbound')).catch((): string[] => []);

describe('plan', () => {
  it('synthesizes an unchanged app once', async () => {
    const first = await plan();
    const second = await plan();
    expect(synthesized).toBe(1);
    expect(first).toMatchObject({ code: 0, stderr: 'Synthesizing the app of cdk.json\n' });
    expect(second).toMatchObject({
      code: 0,
      stderr: 'Using the assembly of the app of cdk.json, which has not changed\n',
      stdout: first.stdout,
    });
  });

  it('synthesizes a changed app again, and not if the change is reversed', async () => {
    await plan();
    await writeFile(join(folder, 'app.js'), 'changed');
    await plan();
    expect(synthesized).toBe(2);
    await writeFile(join(folder, 'app.js'), '');
    await plan();
    expect(synthesized).toBe(2);
  });

  it('keeps nothing of an app that is changed while it is synthesized', async () => {
    meanwhile = () => writeFile(join(folder, 'app.js'), 'changed');
    await plan();
    expect(await cache()).toEqual([]);
  });

  it('keeps nothing and uses nothing when it is turned off', async () => {
    await plan({ TASKBOUND_CACHE: '0' });
    expect(await cache()).toEqual([]);
    await plan({ MINE: 'a' });
    await plan({ MINE: 'a', TASKBOUND_CACHE: '0' });
    expect(synthesized).toBe(3);
  });

  it('keeps nothing of an app whose dependencies are in doubt, and says why on request', async () => {
    await fileIn(folder, 'cdk.json', { app: 'python3 app.py' });
    const { code, stderr } = await plan({ TASKBOUND_DEBUG: '1' });
    expect({ code, cache: await cache() }).toEqual({ code: 0, cache: [] });
    expect(stderr).toMatch(
      /^The assembly is not kept: The app is not a Node program in its folder: python3 app\.py\.$/m,
    );
  });

  it('keeps nothing of an app that cannot be synthesized', async () => {
    meanwhile = () => Promise.reject(new Error('a fault of the app'));
    expect(await plan()).toMatchObject({ code: 1 });
    expect(await cache()).toEqual([]);
  });

  it('keeps nothing for a caller that does not ask for it', async () => {
    await plan({}, false);
    expect(await cache()).toEqual([]);
  });
});
