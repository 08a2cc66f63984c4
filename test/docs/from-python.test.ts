import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { sessionConfig } from '../../cli/connection/person-config.ts';
import { manifestIn, roleNamed } from '../../simulation/world/stack-manifest.ts';
import { fileIn, temporaryFolder } from '../cli/support.ts';

const CLIENT = fileURLToPath(new URL('../../docs/guides/from-python/taskbound_client.py', import.meta.url));
const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0;

/** The client of the guide, against an embedded AWS. Without boto3 on this machine, `scripts/aws-clients.ts` is its only test. */
describe.skipIf(!hasBoto3)('the client of the guide for Python', () => {
  let aws: EmbeddedAws;
  let endpoint: string;
  beforeAll(async () => {
    aws = await EmbeddedAws.start({ clock: new SystemClock(), policyDelayMs: 0 });
    await aws.loadAssembly(inject('assemblies').misbehaving);
    ({ endpoint } = await aws.listen(0));
  });
  afterAll(() => aws.close());

  async function python(role: string, request: object, stack = 'Misbehaving') {
    const folder = await temporaryFolder();
    const file = await fileIn(folder, 'request.json', request);
    const acting = { config: aws.clientConfig(), clock: aws.clock, hasPeople: false };
    const roleArn = roleNamed(manifestIn(aws, 'Misbehaving'), role);
    const credentials = await sessionConfig(acting, { name: 'robot', role: roleArn }).credentials();
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      AWS_ENDPOINT_URL: endpoint,
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    };
    return promisify(execFile)('python3', [CLIENT, stack, `${folder}/${file}`], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  }

  const request = (change: object = {}) => ({
    type: 'raw',
    reason: 'asked from Python: é',
    parameters: { how: 'succeed' },
    ...change,
  });

  it('submits a task, signed, and waits until its boundary is closed', async () => {
    const { code, stdout, stderr } = await python('Requesters', request());
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      boundaryId: expect.stringMatching(/^raw\.\d{8}T\d{6}Z-[0-9a-f]{10}$/),
      outcome: 'succeeded',
      proof: 'refused',
    });
  });

  it('ends with 1 when the task failed', async () => {
    const { code, stdout } = await python('Requesters', request({ parameters: { how: 'throws' } }));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    [
      'a malformed request',
      'Requesters',
      request({ parameters: { how: 'no' } }),
      /^taskbound: MalformedRequest: /,
    ],
    [
      'an unknown field',
      'Requesters',
      request({ requester: 'root' }),
      /^taskbound: MalformedRequest: .*"requester" is not known/,
    ],
    [
      'a type that the caller may not submit',
      'Approvers',
      request(),
      /^taskbound: NotPermitted: .*may not submit raw/,
    ],
  ])('prints the refusal of %s, by its name', async (_what, role, asked, message) => {
    const { code, stdout, stderr } = await python(role, asked);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('prints what AWS says about a stack that does not exist', async () => {
    const { code, stderr } = await python('Requesters', request(), 'Gone');
    expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toMatch(/^taskbound: .*GetParameter/);
  });
});
