import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';
import { toSecond } from '../trail/trail.ts';

/**
 * An event as targets receive it:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** Without fractions of a second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventFields {
  readonly id: string;
  readonly detailType: string;
  readonly source: string;
  readonly atMs: number;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export const busEvent = ({ id, detailType, source, atMs, resources, detail }: EventFields): BusEvent => ({
  version: '0',
  id,
  'detail-type': detailType,
  source,
  account: ACCOUNT_ID,
  time: toSecond(atMs),
  region: REGION,
  resources,
  detail,
});
