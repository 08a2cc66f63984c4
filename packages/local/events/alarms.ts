/** A CloudWatch alarm as the template has it. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly namespace?: string;
  readonly metricName?: string;
  /** ARNs of SNS topics as a rule. */
  readonly alarmActions: readonly string[];
  /** All of it, resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Alarms are listed and never evaluated: there are no metrics here. */
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
