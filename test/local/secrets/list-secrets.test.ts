import {
  CreateSecretCommand,
  DeleteSecretCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { START_MS, allow, refusal, sessionWith, start } from '../support.ts';

async function setUp() {
  const { aws, clock } = await start();
  const secrets = new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts: 1 });
  for (const Name of ['taskbound/one/a', 'taskbound/one/b', 'taskbound/two', 'Taskbound/one/a']) {
    await secrets.send(new CreateSecretCommand({ Name, Tags: [{ Key: 'k', Value: Name }] }));
    clock.advance(1_000);
  }
  const names = async (input: ListSecretsCommandInput = {}) => {
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand(input));
    return SecretList.map(({ Name }) => Name);
  };
  return { aws, clock, secrets, names };
}

const byName = (...Values: string[]): ListSecretsCommandInput => ({
  Filters: [{ Key: 'name', Values }],
  SortOrder: 'asc',
});

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
describe('ListSecrets', () => {
  it.each<[string, ListSecretsCommandInput, string[]]>([
    ['all, newest first', {}, ['Taskbound/one/a', 'taskbound/two', 'taskbound/one/b', 'taskbound/one/a']],
    ['by prefix, in the case given', byName('taskbound/one/'), ['taskbound/one/a', 'taskbound/one/b']],
    ['any of several', byName('taskbound/two', 'Task'), ['taskbound/two', 'Taskbound/one/a']],
    ['all but a prefix', byName('!taskbound/one'), ['taskbound/two', 'Taskbound/one/a']],
    ['none', byName('other'), []],
  ])('lists %s', async (_what, input, expected) => {
    const { names } = await setUp();
    expect(await names(input)).toEqual(expected);
  });

  it('returns pages', async () => {
    const { secrets } = await setUp();
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await secrets.send(
        new ListSecretsCommand({ ...byName('taskbound/'), MaxResults: 2, NextToken }),
      );
      seen.push(...(page.SecretList ?? []).map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual(['taskbound/one/a', 'taskbound/one/b', 'taskbound/two']);
    expect(await refusal(secrets.send(new ListSecretsCommand({ NextToken: 'x' })))).toMatchObject({
      name: 'InvalidNextTokenException',
    });
  });

  it('returns ARN, tags and times, and never a value', async () => {
    const { secrets } = await setUp();
    const { SecretList } = await secrets.send(new ListSecretsCommand(byName('taskbound/two')));
    expect(SecretList).toEqual([
      {
        ARN: expect.stringMatching(/:secret:taskbound\/two-[A-Za-z]{6}$/),
        Name: 'taskbound/two',
        Tags: [{ Key: 'k', Value: 'taskbound/two' }],
        CreatedDate: new Date(START_MS + 2_000),
        LastChangedDate: new Date(START_MS + 2_000),
      },
    ]);
  });

  it('omits secrets scheduled for deletion, unless requested', async () => {
    const { secrets, names } = await setUp();
    await secrets.send(new DeleteSecretCommand({ SecretId: 'taskbound/two', RecoveryWindowInDays: 7 }));
    expect(await names(byName('taskbound/two'))).toEqual([]);
    const planned = { ...byName('taskbound/two'), IncludePlannedDeletion: true };
    expect(await names(planned)).toEqual(['taskbound/two']);
  });

  it('can be delayed, as on AWS', async () => {
    const { aws, clock, names } = await setUp();
    aws.secrets.listLagMs = 300_000;
    expect(await names()).toEqual([]);
    clock.advance(300_000);
    expect(await names()).toHaveLength(4);
  });

  it('is allowed on every secret or on none', async () => {
    const { aws } = await setUp();
    const client = (name: string, resource: string) =>
      new SecretsManagerClient({
        ...sessionWith(aws, name, allow('secretsmanager:ListSecrets', resource)),
        maxAttempts: 1,
      });
    const one = client('One', 'arn:aws:secretsmanager:*:*:secret:taskbound/*');
    expect(await refusal(one.send(new ListSecretsCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(client('All', '*').send(new ListSecretsCommand({}))).resolves.toBeDefined();
  });

  it('refuses other filters', async () => {
    const { secrets } = await setUp();
    const Filters = [{ Key: 'tag-key' as const, Values: ['k'] }];
    expect(await refusal(secrets.send(new ListSecretsCommand({ Filters })))).toMatchObject({
      message: expect.stringContaining('filters by name only'),
    });
  });
});
