import { expect, it } from 'vitest';
import { UsageError } from 'taskbound-evidence/command/errors';
import { parsePersona } from '../../../cli/connection/persona.ts';

it.each([
  ['alice@Approvers', { name: 'alice', roleOutput: 'Approvers' }],
  ['ann@example.org@Requesters', { name: 'ann@example.org', roleOutput: 'Requesters' }],
])('%s is a person in a role', (text, persona) => expect(parsePersona(text, '--as')).toEqual(persona));

it.each([
  'alice',
  'a@Approvers',
  'alice@',
  '@Approvers',
  'alice@1st',
  'al ice@Approvers',
  `${'a'.repeat(65)}@R`,
])('%j is refused', (text) => expect(() => parsePersona(text, '--as')).toThrow(UsageError));
