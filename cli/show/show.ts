import { stat } from 'node:fs/promises';
import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { readBundle, writeBundle } from 'taskbound-evidence/command/bundle';
import { connect, type ConnectionOptions } from '../connection/connection.ts';
import { assertStackTarget } from '../connection/target.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { stackKey } from '../connection/stack-key.ts';
import { writeKey } from 'taskbound-evidence/command/key-file';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { unknownTask } from '../connection/unknown-task.ts';
import { renderTimeline, timelineOf } from 'taskbound-evidence/timeline/timeline';
import { boundaryIdFrom, typeOf } from '../boundary-argument.ts';
import { assertFolder } from 'taskbound-evidence/command/write-file';

export interface ShowOptions extends ConnectionOptions {
  readonly type?: string;
  /** The folder for the evidence of a task in a stack. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Shows a task's timeline, read from a bundle file (offline) or from a stack. */
export async function show(task: string, options: ShowOptions, io: Io): Promise<number> {
  const isFile = await isFilePath(task, io);
  if (!isFile) assertStackTarget({ example: 'show TASK', what: whatIs(task) }, options, io.env);
  const out = options.out === undefined ? undefined : resolve(io.cwd, options.out);
  if (out !== undefined) await assertFolder(out, '--out');
  const shown = isFile ? await readFromFile(task, out, io) : await readFromStack(task, options, io);
  const verification = verifyBundle(shown.bundle);
  const parsed = parseEvents(shown.bundle.events);
  const { fault } = verification;
  const evidenceFile = out === undefined ? null : await writeEvidence(out, shown, io);
  if (options.json === true)
    printJson(io, {
      ...timelineOf(shown.bundle, parsed),
      phase: shown.phase,
      chain: { holds: fault === null, fault },
      keyId: verification.keyId,
      evidenceFile,
    });
  else io.out(renderTimeline(shown.bundle, parsed, verification, shown.phase));
  if (evidenceFile !== null) io.err(`Evidence written to ${evidenceFile}\n`);
  return EXIT.done;
}

/** A misspelled file name is taken for a task. */
const whatIs = (task: string): string => `show ${JSON.stringify(task)}, which is not a bundle file here,`;

interface ShownTask {
  readonly bundle: EvidenceBundle;
  readonly phase: string | null;
  /** The stack's public key. Present only if `--out` was given. */
  readonly key?: KeyObject;
}

async function readFromFile(path: string, out: string | undefined, io: Io): Promise<ShownTask> {
  if (out === undefined) return { bundle: await readBundle(path, io.cwd), phase: null };
  throw new UsageError(
    `--out writes the evidence of a task in a stack, but ${path} is a file. Give a boundary id (<type>.<taskId>), or omit --out.`,
  );
}

/** Writes a broken chain unchanged, because an investigation needs it. A task without events has no evidence to write. */
async function writeEvidence(folder: string, { bundle, key }: ShownTask, io: Io): Promise<string> {
  if (bundle.events.length === 0) {
    throw new UsageError(
      `The task ${bundle.boundaryId} has no evidence yet, so nothing was written. The first event is written soon after the submission: try again.`,
    );
  }
  const path = await writeBundle(folder, bundle);
  if (key !== undefined) await writeKey(folder, key, io);
  return path;
}

/** True when the file exists, or when the argument can only be a path. */
async function isFilePath(task: string, io: Io): Promise<boolean> {
  if (/[\\/]|\.json$/.test(task)) return true;
  return (await stat(resolve(io.cwd, task)).catch(() => undefined))?.isFile() === true;
}

/** A task's phase, or the state of a review. */
const phaseOf = async (id: string, records: StackRecords): Promise<string | null> =>
  (reviewedBy(id) === undefined ? (await records.row(id))?.phase : (await records.review(id))?.state) ?? null;

async function readFromStack(task: string, options: ShowOptions, io: Io): Promise<ShownTask> {
  const boundaryId = reviewedBy(task) === undefined ? boundaryIdFrom(task, options.type) : task;
  const connection = await connect(options, io);
  try {
    const config = await personConfig(connection, io, { kind: 'read', type: typeOf(boundaryId) });
    const records = new StackRecords(config, connection.manifest);
    const [phase, { events, signed }] = await Promise.all([
      phaseOf(boundaryId, records),
      records.evidence(boundaryId),
    ]);
    if (phase !== null || events.length > 0) {
      const key = options.out === undefined ? undefined : await stackKey(config, connection.manifest);
      return { bundle: makeBundle(boundaryId, events, signed), phase, ...(key && { key }) };
    }
    throw unknownTask(boundaryId, connection);
  } finally {
    await connection.close();
  }
}
