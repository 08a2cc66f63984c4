import { arnOf } from '../gateway/account-and-region.ts';
import type { Changes } from '../state/changes.ts';

/** A line as it was logged. `sequence` numbers the lines of a group. */
export interface StoredLine {
  readonly sequence: number;
  readonly stream: string;
  readonly atMs: number;
  readonly message: string;
}

export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  /** Oldest first. */
  readonly lines: StoredLine[];
  bytes: number;
  nextSequence: number;
}

/** A group keeps its newest lines up to this many bytes. On AWS it keeps all of them for the retention time. */
const MAX_GROUP_BYTES = 4 * 1024 * 1024;

/** How CloudWatch Logs counts a line: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const LINE_BYTES = 26;

const bytesOf = ({ message }: StoredLine): number => Buffer.byteLength(message, 'utf8') + LINE_BYTES;

const SEQUENCE_DIGITS = 12;

/** The log groups of the template and of functions, with the newest lines of each. */
export class LogGroups {
  readonly #groups = new Map<string, LogGroup>();
  readonly #changes: Changes | undefined;
  readonly #maxBytes: number;

  constructor(changes?: Changes, maxBytes = MAX_GROUP_BYTES) {
    this.#changes = changes;
    this.#maxBytes = maxBytes;
  }

  /** Adds a group. One that exists keeps its lines. */
  put(name: string, createdMs: number): LogGroup {
    const existing = this.#groups.get(name);
    const group: LogGroup = {
      name,
      arn: arnOf('logs', `log-group:${name}`),
      createdMs: existing?.createdMs ?? createdMs,
      lines: existing?.lines ?? [],
      bytes: existing?.bytes ?? 0,
      nextSequence: existing?.nextSequence ?? 0,
    };
    this.#groups.set(name, group);
    return group;
  }

  remove(name: string): void {
    this.#groups.delete(name);
  }

  get(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  all(): readonly LogGroup[] {
    return [...this.#groups.values()];
  }

  /** Appends a line. The first line of an unknown group creates it, as on AWS. */
  append(groupName: string, line: Omit<StoredLine, 'sequence'>): void {
    const group = this.#groups.get(groupName) ?? this.put(groupName, line.atMs);
    this.#add(group, { ...line, sequence: group.nextSequence++ });
  }

  restore(saved: readonly { readonly group: string; readonly line: StoredLine }[]): void {
    for (const { group: name, line } of saved) {
      const group = this.#groups.get(name) ?? this.put(name, line.atMs);
      group.nextSequence = Math.max(group.nextSequence, line.sequence + 1);
      this.#add(group, line);
    }
  }

  #add(group: LogGroup, line: StoredLine): void {
    group.lines.push(line);
    group.bytes += bytesOf(line);
    this.#note(group, line, line);
    while (group.bytes > this.#maxBytes && group.lines.length > 1) {
      const oldest = group.lines.shift();
      if (oldest === undefined) return;
      group.bytes -= bytesOf(oldest);
      this.#note(group, oldest, undefined);
    }
  }

  #note({ name }: LogGroup, { sequence }: StoredLine, value: StoredLine | undefined): void {
    this.#changes?.note(['log', name, String(sequence).padStart(SEQUENCE_DIGITS, '0')], () => value);
  }
}
