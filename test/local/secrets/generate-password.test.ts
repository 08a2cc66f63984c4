import { describe, expect, it } from 'vitest';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';

/** The value of a secret with these rules, or why it cannot be loaded. */
async function generated(rules: object): Promise<string> {
  const aws = await EmbeddedAws.start({ clock: new VirtualClock({ startMs: 0 }) });
  const template = {
    Resources: {
      Admin: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: rules } },
    },
  };
  const { resources } = await aws.load(template, { stackName: 'S' });
  const secret = aws.secrets.store.find(resources.get('Admin')?.arn ?? '', 0);
  return String([...(secret?.versions.values() ?? [])][0]?.value);
}

describe('GenerateSecretString', () => {
  it.each<[object, RegExp]>([
    [{}, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^a-zA-Z\d])[!-~]{32}$/],
    [{ PasswordLength: 8, ExcludePunctuation: true }, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d]{8}$/],
    [{ ExcludeUppercase: true, ExcludeLowercase: 'true', ExcludePunctuation: true }, /^\d{32}$/],
    [
      {
        PasswordLength: '30',
        ExcludeCharacters: ' %+~`#$&*()|[]{}:;<>?!\'/@"\\',
        GenerateStringKey: 'password',
        SecretStringTemplate: '{"username":"postgres"}',
      },
      /^\{"username":"postgres","password":"[^ %+~`#$&*()|[\]{}:;<>?!'/@"\\]{30}"\}$/,
    ],
    [{ PasswordLength: 1, RequireEachIncludedType: false }, /^.$/],
    [
      {
        ExcludeLowercase: true,
        ExcludeUppercase: true,
        ExcludeNumbers: true,
        ExcludePunctuation: true,
        IncludeSpace: true,
      },
      /^ {32}$/,
    ],
  ])('of %j makes a value that has its form', async (rules, form) => {
    const value = await generated(rules);
    expect(value).toMatch(form);
    expect(await generated(rules)).toBe(value);
  });

  it.each<[object, RegExp]>([
    [{ PasswordLength: 3 }, /Admin .*no password of 3 characters has each of its 4 types of characters/],
    [{ GenerateStringKey: 'password' }, /SecretStringTemplate must be a JSON object/],
    [
      { GenerateStringKey: 'password', SecretStringTemplate: '[1]' },
      /SecretStringTemplate must be a JSON object/,
    ],
    [{ Unknown: 1 }, /its property GenerateSecretString is not supported/],
  ])('of %j is refused', async (rules, message) => {
    await expect(generated(rules)).rejects.toThrow(message);
  });
});

it('a secret that is attached to a database is the secret itself', async () => {
  const aws = await EmbeddedAws.start({ clock: new VirtualClock({ startMs: 0 }) });
  const template = {
    Resources: {
      Admin: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{}' } },
      Attached: {
        Type: 'AWS::SecretsManager::SecretTargetAttachment',
        Properties: {
          SecretId: { Ref: 'Admin' },
          TargetId: { Ref: 'Database' },
          TargetType: 'AWS::RDS::DBInstance',
        },
      },
    },
    Outputs: { Attached: { Value: { Ref: 'Attached' } }, Admin: { Value: { Ref: 'Admin' } } },
  };
  const { outputs } = await aws.load(template, { stackName: 'S' });
  expect(outputs['Attached']).toBe(outputs['Admin']);
});
