import { createHash } from 'node:crypto';
import { canonicalJson } from 'taskbound-evidence/canonical-json/digest';
import { TOOL_USES, TOOL_USES_BYTES, type ToolsUsed, type ToolUse } from '../../../core/work/work.ts';
import type { ItemKey, NamedUse } from './named-use.ts';

/** An S3 ARN with the longest bucket and key is shorter. */
const RESOURCE_CHARACTERS = 1_200;
const WORD_CHARACTERS = 128;

/** The uses of a task's clients, in the order of the answers. Contains names and ids, never a body. */
export class ToolLog {
  readonly #redact: (text: string) => string;
  readonly #kept: ToolUse[] = [];
  readonly #digest = createHash('sha256');
  #keptBytes = 0;
  #count = 0;

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** `outcome`: `ok`, or the error's name. */
  add(uses: readonly NamedUse[], requestId: string, outcome: string): void {
    for (const { action, resource, key } of uses) {
      this.#add({
        action: this.#short(action, WORD_CHARACTERS),
        resource: this.#short(resource, RESOURCE_CHARACTERS),
        ...(key && { key: this.#shortKey(key) }),
        requestId: this.#short(requestId, WORD_CHARACTERS),
        outcome: this.#short(outcome, WORD_CHARACTERS),
      });
    }
  }

  /** `digest`: lower-case hex SHA-256 over the RFC 8785 JSON of each use, followed by a line feed. */
  summary(): ToolsUsed {
    return { uses: [...this.#kept], count: this.#count, digest: this.#digest.copy().digest('hex') };
  }

  #add(use: ToolUse): void {
    const line = `${canonicalJson(use)}\n`;
    this.#digest.update(line);
    this.#count += 1;
    const bytes = Buffer.byteLength(line);
    // After one use is omitted, all later ones are omitted too, so the kept uses are always the first ones.
    if (
      this.#kept.length !== this.#count - 1 ||
      this.#kept.length >= TOOL_USES ||
      this.#keptBytes + bytes > TOOL_USES_BYTES
    )
      return;
    this.#kept.push(use);
    this.#keptBytes += bytes;
  }

  #shortKey(key: ItemKey): Record<string, string> {
    return Object.fromEntries(
      Object.entries(key).map(([name, value]) => [
        this.#short(name, WORD_CHARACTERS),
        this.#short(value, RESOURCE_CHARACTERS),
      ]),
    );
  }

  #short(text: string, characters: number): string {
    const redacted = this.#redact(text).toWellFormed();
    return redacted.length <= characters ? redacted : `${redacted.slice(0, characters - 1).toWellFormed()}…`;
  }
}
