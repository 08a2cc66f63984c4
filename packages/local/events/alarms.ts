/** A CloudWatch alarm of the template. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly namespace?: string;
  readonly metricName?: string;
  /** Usually ARNs of SNS topics. */
  readonly alarmActions: readonly string[];
  /** All properties, resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Lists alarms. Alarms are never evaluated: there are no metrics. */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>();

  put(alarm: Alarm): void {
    this.#alarms.set(alarm.arn, alarm);
  }

  remove(arn: string): void {
    this.#alarms.delete(arn);
  }

  all(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  get(name: string): Alarm | undefined {
    return this.all().find((alarm) => alarm.name === name);
  }
}
