import { expect, it } from 'vitest';
import { UsageError } from 'taskbound-evidence/command/errors';
import { parsePersona } from '../../../cli/connection/persona.ts';

it.each([
  ['alice@Approvers', { name: 'alice', role: 'Approvers' }],
  ['ann@example.org@Requesters', { name: 'ann@example.org', role: 'Requesters' }],
  ['ann@People/Approvers', { name: 'ann', role: 'People/Approvers' }],
  [
    'ann@arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops@x_0123456789abcdef',
    {
      name: 'ann',
      role: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops@x_0123456789abcdef',
    },
  ],
])('%s is a person in a role', (text, persona) => expect(parsePersona(text, '--as')).toEqual(persona));

it.each([
  'alice',
  'a@Approvers',
  'alice@',
  '@Approvers',
  'alice@/Approvers',
  'alice@arn:aws:iam::111122223333:user/alice',
  'al ice@Approvers',
  `${'a'.repeat(65)}@R`,
])('%j is refused', (text) => expect(() => parsePersona(text, '--as')).toThrow(UsageError));
