import { describe, expect, it } from 'vitest';
import { sqlFault } from '../../../core/logins/sql-fault.ts';

const sent = (fields: object) =>
  Object.assign(new Error('invalid input syntax for type bigint: "4111-1111"'), {
    severity: 'ERROR',
    detail: 'Key (card)=(4111-1111) exists',
    hint: '4111-1111',
    where: 'PL/pgSQL function f("4111-1111")',
    ...fields,
  });

describe('sqlFault', () => {
  it.each([
    [{ code: '22P02', position: '17' }, 'SQLSTATE 22P02 (invalid_text_representation), character 17'],
    [
      { code: '23505', schema: 'shop', table: 'cards', constraint: 'cards_pkey' },
      'SQLSTATE 23505 (unique_violation), schema shop, table cards, constraint cards_pkey',
    ],
    [{ code: '99999', column: 'a' }, 'SQLSTATE 99999, column a'],
    [{ code: '23514', table: '4111-1111' }, 'SQLSTATE 23514 (check_violation)'],
    [{ code: 'P0001', table: 'anything', routine: 'exec_stmt_raise' }, 'SQLSTATE P0001 (raise_exception)'],
  ])('describes %j by its code and place, without data of the database', (fields, said) => {
    expect(sqlFault(sent(fields))).toBe(said);
  });

  it('returns nothing for an error that no server sent', () => {
    expect(sqlFault(Object.assign(new Error('x'), { code: 'EPIPE' }))).toBeUndefined();
    expect(sqlFault('x')).toBeUndefined();
  });
});
