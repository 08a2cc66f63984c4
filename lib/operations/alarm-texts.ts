import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ARCHIVE_DISAGREES, EMERGENCY_DECLARED, type Gauge } from '../../core/operations/metrics.ts';

/** What an alarm means, and what missing data means for it. */
export interface AlarmText {
  readonly meaning: string;
  readonly treatMissingData: TreatMissingData;
}

const { BREACHING, IGNORE, NOT_BREACHING } = TreatMissingData;

/**
 * How much of something there is now. Every run of reconcile writes all gauges, so ten minutes without data mean that boundaries are not
 * being watched. One alarm reports that; the others keep their state, for missing data is neither trouble nor its end.
 */
export const GAUGE_ALARMS: Readonly<Record<Gauge, AlarmText>> = {
  BoundariesOverdue: {
    meaning: 'A boundary should have been closed by now and is not, or reconcile does not run.',
    treatMissingData: BREACHING,
  },
  BoundariesUnproven: {
    meaning: 'An execution gave up before the end of access was proven; Teardown goes on.',
    treatMissingData: IGNORE,
  },
  SecretsUnrevoked: {
    meaning: 'A secret of an ended task could not be destroyed so far.',
    treatMissingData: IGNORE,
  },
  DeniesNotEffective: {
    meaning: 'IAM did not take a deny: only the deadline ends that session.',
    treatMissingData: IGNORE,
  },
  EmergenciesUnreviewed: {
    meaning: 'A task skipped its approval as an emergency, and nobody else has reviewed that yet.',
    treatMissingData: IGNORE,
  },
};

/**
 * Something that happened once: each occurrence raises the alarm. A gauge would miss it: the number of open reviews, for example, does not
 * show an emergency that an accomplice reviews within the minute.
 */
export const COUNT_ALARMS = {
  [EMERGENCY_DECLARED]: {
    meaning: 'A task skipped its approval as an emergency.',
    treatMissingData: NOT_BREACHING,
  },
  [ARCHIVE_DISAGREES]: {
    meaning: 'The archive has something else in the place of the evidence of a boundary.',
    treatMissingData: NOT_BREACHING,
  },
} as const satisfies Readonly<Record<string, AlarmText>>;

/**
 * Messages in a queue. SQS reports nothing for a queue that has not been used for hours, so missing data means no messages:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export const QUEUE_ALARMS = {
  ReconcileDeadLetters: {
    meaning: 'Reconcile could not be called: the calls are in its queue.',
    treatMissingData: NOT_BREACHING,
  },
  ScheduledRunMissed: {
    meaning: 'A run of a schedule made no task: what was tried is in the queue of missed runs.',
    treatMissingData: NOT_BREACHING,
  },
} as const satisfies Readonly<Record<string, AlarmText>>;
