import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { synthesizeApp } from '../../../cli/app/synthesize-app.ts';
import { call, fileIn, temporaryFolder } from '../support.ts';

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const RUN_APP = { app: 'node app.mjs' };

/** A folder with an app of its own. `body` declares constructs in the app `app`. */
async function appFolder(cdkJson: unknown, body = '', more: Record<string, unknown> = {}): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(NODE_MODULES, join(folder, 'node_modules'));
  await fileIn(folder, 'cdk.json', cdkJson);
  const imports = 'import { App, Stack, Annotations, CfnOutput, aws_ec2 as ec2 } from "aws-cdk-lib";';
  await fileIn(folder, 'app.mjs', `${imports}\nconst app = new App();\n${body}\n`);
  for (const [name, content] of Object.entries(more)) await fileIn(folder, name, content);
  return folder;
}

/** Synthesizes the app of a folder. Returns the files of the assembly. */
async function synthesized(cwd: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const directory = join(cwd, 'assembly');
  await mkdir(directory);
  await synthesizeApp({ cwd, env: { ...process.env, ...env } }, directory);
  return readdir(directory);
}

const outputsOf = async (cwd: string, env?: Record<string, string>): Promise<unknown> => {
  await synthesized(cwd, env);
  const { default: template } = await import(join(cwd, 'assembly/S.template.json'), {
    with: { type: 'json' },
  });
  return template.Outputs;
};

const STACK = 'const stack = new Stack(app, "S");';
const ABROAD =
  'const stack = new Stack(app, "S", { env: { account: "123456789012", region: "us-east-1" } });';
const LOOKUP = 'ec2.Vpc.fromLookup(stack, "V", { isDefault: true });';

describe('synthesizeApp', () => {
  it('runs "build" and "app" of cdk.json, in its folder', async () => {
    const folder = await appFolder(
      { ...RUN_APP, build: 'echo built > built.txt' },
      `${STACK} new CfnOutput(stack, "Where", { value: process.cwd() });`,
    );
    expect(await outputsOf(folder)).toEqual({ Where: { Value: folder } });
    expect(await readdir(folder)).toContain('built.txt');
    expect((await readdir(join(folder, 'assembly'))).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('gives the app the context of cdk.json and cdk.context.json', async () => {
    const values = 'app.node.getContext("a") + app.node.getContext("b")';
    const folder = await appFolder(
      { ...RUN_APP, context: { a: 'from cdk.json ' } },
      `${STACK} new CfnOutput(stack, "Both", { value: ${values} });`,
      { 'cdk.context.json': { b: 'and cdk.context.json' } },
    );
    expect(await outputsOf(folder)).toEqual({ Both: { Value: 'from cdk.json and cdk.context.json' } });
  });

  it('gives the app the environment, with a default account and region only from there', async () => {
    const value = 'String(process.env.CDK_DEFAULT_ACCOUNT) + process.env.MINE';
    const folder = await appFolder(RUN_APP, `${STACK} new CfnOutput(stack, "Env", { value: ${value} });`);
    expect(await outputsOf(folder, { MINE: '-mine' })).toEqual({ Env: { Value: 'undefined-mine' } });
  });

  it('does not run the validator of CloudFormation, which takes seconds', async () => {
    const value = 'String(process.env.CDK_VALIDATION)';
    const folder = await appFolder(RUN_APP, `${STACK} new CfnOutput(stack, "Env", { value: ${value} });`);
    expect(await outputsOf(folder)).toEqual({ Env: { Value: 'false' } });
  });

  const FAULTS: readonly [string, unknown, string, RegExp][] = [
    [
      'an exception in the app',
      RUN_APP,
      'console.log("so far"); throw new Error("my own fault");',
      /node app\.mjs: it exited with error 1\. Its last lines:\n[^]* {2}so far\n[^]*my own fault[^]*\nCorrect the app/,
    ],
    [
      'a command that does not exist',
      { app: 'nodde app.mjs' },
      '',
      /nodde app\.mjs: it exited with error 127/,
    ],
    [
      'an app that writes nothing',
      { app: 'true' },
      '',
      /true: it ended without an assembly, which app\.synth\(\) writes/,
    ],
    [
      'an error of a construct',
      RUN_APP,
      `${STACK} Annotations.of(stack).addError("no such thing");`,
      /Synthesis finished with errors\. Its last lines:\n[^]*no such thing/,
    ],
    [
      'a look-up without a value in cdk.context.json',
      RUN_APP,
      `${ABROAD} ${LOOKUP}`,
      /looks up values in AWS that cdk\.context\.json does not have: vpc-provider:account=123456789012.*Run npx cdk synth once with AWS credentials, and commit cdk\.context\.json\.$/,
    ],
    [
      'a look-up without account and region',
      RUN_APP,
      `${STACK} ${LOOKUP}`,
      /account\/region are not specified[^]*Set env of the stack, or CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION/,
    ],
    [
      'a build that fails',
      { ...RUN_APP, build: 'echo no; exit 3' },
      '',
      /"build" \(echo no; exit 3\) ended with 3\. Its last lines:\n {2}no\n/,
    ],
    [
      'a folder as the app',
      { app: 'node_modules' },
      '',
      /"app" in .*cdk\.json is "node_modules", which is a folder.*--assembly node_modules/,
    ],
    [
      'a cdk.json without an app',
      {},
      '',
      /cdk\.json has no "app"\. Allowed: a cdk\.json with "app".*--assembly DIR.*npx taskbound init DIR/,
    ],
    ['a cdk.json that is not JSON', '{', '', /cdk\.json cannot be used: it is not JSON\. Allowed: /],
    [
      'a cdk.json of another form',
      { app: 7 },
      '',
      /cdk\.json cannot be used: app: .*expected string.* Allowed: /,
    ],
  ];
  it.each(FAULTS)('%s is one clear message', async (_what, cdkJson, body, message) => {
    const folder = await appFolder(cdkJson, body);
    await expect(synthesized(folder)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
    expect((await readdir(folder)).sort()).toEqual(['app.mjs', 'assembly', 'cdk.json', 'node_modules']);
  });

  it('keeps only the last lines of a talkative app', async () => {
    const folder = await appFolder({ app: 'seq 1000; exit 1' });
    await expect(synthesized(folder)).rejects.toThrow(
      /Its last lines:\n {2}981\n( {2}\d+\n){18} {2}1000\nCorrect/,
    );
  });
});

describe('without an app', () => {
  const request = { type: 'my-type', reason: 'r', parameters: {} };
  const synthesizeIn = (cwd: string) => ({
    synthesize: (directory: string) => synthesizeApp({ cwd, env: {} }, directory),
  });

  it.each([[['plan', 'r.json']], [['run', 'r.json', '--local']], [['local']]])(
    '%j says what is allowed, once, and exits with 2',
    async (argv) => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'r.json'), JSON.stringify(request));
      const { code, stdout, stderr } = await call(folder, argv, synthesizeIn(folder));
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.match(/^taskbound: .*$/gm)).toEqual([
        expect.stringMatching(
          /There is no CDK app in .*: it has no cdk\.json\. Allowed: a cdk\.json with "app".*--assembly DIR.*npx taskbound init DIR$/,
        ),
      ]);
      expect(await readdir(folder)).toEqual(['r.json']);
    },
  );

  it('the command alone prints the help', async () => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe((await call('/', ['--help'])).stdout);
  });
});
