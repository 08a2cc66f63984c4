import { DAY_INDEX, DUE_INDEX, LOOKUP_INDEX } from '../../core/ledger/tables.ts';
import { DRAIN_KEY } from '../../core/operations/drain.ts';
import type { Permission } from '../functions/permission.ts';
import type { BoundaryRecords } from './boundary-records.ts';

/** What every control function may do: read and write ledger rows, read and append evidence. */
export const readAndWriteRecords = ({ ledger, evidence }: BoundaryRecords): Permission[] => [
  {
    sid: 'ReadAndWriteLedger',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [ledger.tableArn],
  },
  // Neither UpdateItem nor DeleteItem. A put can replace an event: the code's own condition prevents that, for IAM has no key for it.
  {
    sid: 'ReadAndAppendEvidence',
    actions: ['dynamodb:Query', 'dynamodb:PutItem'],
    resources: [evidence.tableArn],
  },
];

export const readRows = ({ ledger }: BoundaryRecords): Permission => ({
  sid: 'ReadLedger',
  actions: ['dynamodb:GetItem'],
  resources: [ledger.tableArn],
});

/** Only the sparse index: what it costs to find due rows does not depend on the size of the table. */
export const findDueRows = ({ ledger }: BoundaryRecords): Permission => ({
  sid: 'FindDue',
  actions: ['dynamodb:Query'],
  resources: [`${ledger.tableArn}/index/${DUE_INDEX.name}`],
});

export const listRows = ({ ledger }: BoundaryRecords): Permission => ({
  sid: 'ListLedger',
  actions: ['dynamodb:Query'],
  resources: [`${ledger.tableArn}/index/${DAY_INDEX.name}`],
});

/** One statement for each index, so that a principal which may drain as well gets no statement twice. */
export const readEvidence = ({ evidence }: BoundaryRecords): Permission[] => [
  { sid: 'ReadEvidence', actions: ['dynamodb:Query'], resources: [evidence.tableArn] },
  {
    sid: 'LookUpEvidence',
    actions: ['dynamodb:Query'],
    resources: [`${evidence.tableArn}/index/${LOOKUP_INDEX.name}`],
  },
];

/**
 * The items of one type's tasks and their reviews: their keys start with the type and a dot, which no type contains. `ForAllValues` is also
 * true of a request without any key, hence `Null`:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const onlyTasksOf = (type: string): NonNullable<Permission['conditions']> => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${type}.*`] },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

export const readRowsOfType = ({ ledger }: BoundaryRecords, type: string): Permission => ({
  sid: 'ReadLedgerOfType',
  actions: ['dynamodb:GetItem'],
  resources: [ledger.tableArn],
  conditions: onlyTasksOf(type),
});

export const readEvidenceOfType = ({ evidence }: BoundaryRecords, type: string): Permission => ({
  sid: 'ReadEvidenceOfType',
  actions: ['dynamodb:Query'],
  resources: [evidence.tableArn],
  conditions: onlyTasksOf(type),
});

/** Puts and deletes the marker that refuses new tasks, and no task's row. */
export const refuseTasks = ({ ledger }: BoundaryRecords): Permission => ({
  sid: 'RefuseTasks',
  actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
  resources: [ledger.tableArn],
  conditions: {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [DRAIN_KEY] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});
