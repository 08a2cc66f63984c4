import { describe, expect, it } from 'vitest';
import * as errors from '../../../core/shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { answerTo, definitionIn, tasksOf } from './definition.ts';
import { sampleResources } from '../sample.ts';

const definition = definitionIn(sampleResources());
const tail = ['RevokeAndRecord', 'ProveRevoked', 'CloseBoundary'];
const LEASE_SECONDS = 3600;

type How = 'final' | 'briefly' | 'patiently';
type Route = readonly [state: string, how: How, next: string];

/** The states that can throw each of our errors, whether they retry it, and the next state after the last attempt. */
const ROUTES: Readonly<
  Record<
    string,
    | readonly Route[]
    | 'answered at a URL'
    | 'ends in the missed runs'
    | 'tried again by reconcile'
    | 'fails synth'
  >
> = {
  MalformedRequest: [['Admit', 'final', 'RevokeAndRecord']],
  TaskIdTaken: 'answered at a URL',
  NotPermitted: 'answered at a URL',
  StackDraining: 'answered at a URL',
  UnknownTask: 'answered at a URL',
  DecisionRefused: 'answered at a URL',
  AlreadyEnded: 'answered at a URL',
  NotScheduled: 'ends in the missed runs',
  NotTheOwner: [
    ['Admit', 'final', 'RevokeAndRecord'],
    ['RevokeAndRecord', 'final', 'NotTheOwner'],
    ['ProveRevoked', 'final', 'BoundaryUnproven'],
  ],
  TaskRejected: [
    ['Admit', 'final', 'RevokeAndRecord'],
    ['Issue receiptKey', 'final', 'RevokeAndRecord'],
    ['IssueIdentity', 'final', 'RevokeAndRecord'],
  ],
  WindowNotOpen: [
    ['Issue receiptKey', 'briefly', 'RevokeAndRecord'],
    ['IssueIdentity', 'briefly', 'RevokeAndRecord'],
  ],
  PhasePassed: [
    ['Issue receiptKey', 'final', 'RevokeAndRecord'],
    ['IssueIdentity', 'final', 'RevokeAndRecord'],
  ],
  OutOfTime: [['IssueIdentity', 'final', 'RevokeAndRecord']],
  OutOfLeases: [['IssueIdentity', 'final', 'RevokeAndRecord']],
  IdentityUncertain: [['IssueIdentity', 'briefly', 'RevokeAndRecord']],
  CanaryFailed: [['IssueIdentity', 'final', 'RevokeAndRecord']],
  HalfIssued: [['Issue receiptKey', 'final', 'RevokeAndRecord']],
  LoginNotEndable: [['Issue receiptKey', 'final', 'RevokeAndRecord']],
  LoginServerUnavailable: [
    ['Issue receiptKey', 'briefly', 'RevokeAndRecord'],
    ['ProveRevoked', 'patiently', 'BoundaryUnproven'],
  ],
  // Thrown while a secret is revoked. It is recorded in the row, and the state fails with SecretUnrevoked.
  LoginLeftBehind: [['RevokeAndRecord', 'patiently', 'BoundaryUnproven']],
  SecretUnrevoked: [['RevokeAndRecord', 'patiently', 'BoundaryUnproven']],
  StillAccepted: [['ProveRevoked', 'patiently', 'BoundaryUnproven']],
  ExpiryPending: [['ProveRevoked', 'patiently', 'BoundaryUnproven']],
  NotProven: [['CloseBoundary', 'final', 'BoundaryUnproven']],
  WorkContractViolation: [
    ['RunWork', 'final', 'RevokeAndRecord'],
    ['IssueIdentity', 'final', 'RevokeAndRecord'],
  ],
  LedgerContention: [
    ['Admit', 'briefly', 'RevokeAndRecord'],
    ['Issue receiptKey', 'briefly', 'RevokeAndRecord'],
    ['IssueIdentity', 'briefly', 'RevokeAndRecord'],
    ['RevokeAndRecord', 'patiently', 'BoundaryUnproven'],
    ['CloseBoundary', 'patiently', 'BoundaryUnproven'],
  ],
  UnreadableRow: [
    ['Admit', 'final', 'RevokeAndRecord'],
    ['Issue receiptKey', 'final', 'RevokeAndRecord'],
    ['IssueIdentity', 'final', 'RevokeAndRecord'],
    ['RevokeAndRecord', 'patiently', 'BoundaryUnproven'],
    ['ProveRevoked', 'patiently', 'BoundaryUnproven'],
    ['CloseBoundary', 'patiently', 'BoundaryUnproven'],
  ],
  ChainClosed: [['CloseBoundary', 'patiently', 'BoundaryUnproven']],
  ChainBroken: [['CloseBoundary', 'final', 'BoundaryUnproven']],
  NotSigned: [['CloseBoundary', 'patiently', 'BoundaryUnproven']],
  NotAnnounced: 'tried again by reconcile',
  DeclarationError: 'fails synth',
};

const names = [MalformedRequest, ...Object.values(errors)].map((error) => new error('').name);

function how(state: string, error: string): { how: How; next: string | undefined } {
  const task = tasksOf(definition).find(([name]) => name === state)?.[1];
  if (task === undefined) throw new Error(`No state ${state}.`);
  const { attempts, waits, next } = answerTo(task, error);
  return { how: attempts === 0 ? 'final' : waits > LEASE_SECONDS ? 'patiently' : 'briefly', next };
}

describe('every error of Taskbound', () => {
  it('has a route', () => {
    expect(Object.keys(ROUTES).sort()).toEqual([...names].sort());
  });

  it.each(
    Object.entries(ROUTES).flatMap(([error, routes]) =>
      typeof routes === 'string' ? [] : routes.map((route) => [error, ...route] as const),
    ),
  )('%s in %s is %s, then %s', (error, state, expected, next) => {
    expect(how(state, error)).toEqual({ how: expected, next });
  });
});

describe('an error of AWS', () => {
  const throttled = 'Lambda.TooManyRequestsException';

  it.each(tail)('is retried by %s for longer than the longest lease', (state) => {
    for (const error of [throttled, 'Lambda.ServiceException', 'States.Timeout', 'Runtime.ExitError']) {
      expect(how(state, error)).toEqual({ how: 'patiently', next: 'BoundaryUnproven' });
    }
  });

  it('is never retried by RunWork, because the function may have run', () => {
    for (const error of [
      throttled,
      'Lambda.ServiceException',
      'States.Timeout',
      'States.DataLimitExceeded',
      'Error',
    ]) {
      expect(how('RunWork', error)).toEqual({ how: 'final', next: 'RevokeAndRecord' });
    }
  });

  it.each(['Admit', 'Issue receiptKey', 'IssueIdentity'])(
    'is retried by %s only when it comes from the Lambda service',
    (state) => {
      expect(how(state, throttled)).toEqual({ how: 'briefly', next: 'RevokeAndRecord' });
      expect(how(state, 'AccessDeniedException')).toEqual({ how: 'final', next: 'RevokeAndRecord' });
    },
  );
});
