/**
 * Condition names of the errors that occur in practice:
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const CONDITIONS: Readonly<Record<string, string>> = {
  '0A000': 'feature_not_supported',
  '22001': 'string_data_right_truncation',
  '22003': 'numeric_value_out_of_range',
  '22012': 'division_by_zero',
  '22P02': 'invalid_text_representation',
  '23502': 'not_null_violation',
  '23503': 'foreign_key_violation',
  '23505': 'unique_violation',
  '23514': 'check_violation',
  '25006': 'read_only_sql_transaction',
  '25P02': 'in_failed_sql_transaction',
  '28000': 'invalid_authorization_specification',
  '28P01': 'invalid_password',
  '2BP01': 'dependent_objects_still_exist',
  '3D000': 'invalid_catalog_name',
  '3F000': 'invalid_schema_name',
  '40001': 'serialization_failure',
  '40P01': 'deadlock_detected',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42703': 'undefined_column',
  '42704': 'undefined_object',
  '42883': 'undefined_function',
  '42P01': 'undefined_table',
  '42P07': 'duplicate_table',
  '53200': 'out_of_memory',
  '53300': 'too_many_connections',
  '55000': 'object_not_in_prerequisite_state',
  '55006': 'object_in_use',
  '55P03': 'lock_not_available',
  '57014': 'query_canceled',
  '57P01': 'admin_shutdown',
  '57P03': 'cannot_connect_now',
  '57P05': 'idle_session_timeout',
  P0001: 'raise_exception',
  XX000: 'internal_error',
};

/** Error fields that name a catalog object: https://www.postgresql.org/docs/18/protocol-error-fields.html */
const PLACES = ['schema', 'table', 'column', 'constraint'] as const;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;
/** PL/pgSQL's RAISE. The SQL code can set any text in the fields of such an error. */
const RAISED = 'exec_stmt_raise';

/**
 * Describes a PostgreSQL error: `SQLSTATE 23505 (unique_violation), table orders, constraint orders_pkey`.
 * The description never contains the message, detail, hint or context, because they quote data of the
 * database (`invalid input syntax for type bigint: "4111-…"`), and it is written to evidence, history and
 * logs. Undefined for an error that no server sent.
 */
export function sqlFault(error: unknown): string | undefined {
  const state = sqlStateOf(error);
  if (state === undefined || typeof error !== 'object' || error === null) return undefined;
  const condition = CONDITIONS[state];
  const summary = `SQLSTATE ${state}${condition === undefined ? '' : ` (${condition})`}`;
  if (Reflect.get(error, 'routine') === RAISED) return summary;
  const places = PLACES.flatMap((place) => {
    const name: unknown = Reflect.get(error, place);
    return typeof name === 'string' && PLAIN_NAME.test(name) ? [`${place} ${name}`] : [];
  });
  const position: unknown = Reflect.get(error, 'position');
  const at = typeof position === 'string' && /^\d{1,10}$/.test(position) ? [`character ${position}`] : [];
  return [summary, ...places, ...at].join(', ');
}

/**
 * The SQLSTATE of an error that a server sent. Such an error has a severity, which Node's own errors with a
 * code do not have.
 */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' && SQLSTATE.test(error.code) ? error.code : undefined;
}
