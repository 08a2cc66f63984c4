import type { Audit } from '../audit.ts';
import { digestDocument, type DigestFile, type LogFile } from '../trail/digest-file.ts';
import { readTrailEvent } from '../trail/trail-event.ts';
import { TrailUnreadable } from '../../command/errors.ts';
import type { CommandIo } from '../../command/io.ts';
import { uncompressed } from './read-file.ts';
import { RecordSplitter } from './split-records.ts';
import type { TrailSource } from './trail-source.ts';

/** A digest lists the log files of one hour, a few hundred bytes each. A larger file is not a digest. */
const DIGEST_BYTES = 32 * 1024 * 1024;
/** How often progress is printed. */
const REPORT_EVERY_MS = 5000;

/** Everything that was read from a trail, except what the audit itself keeps. */
export interface TrailContents {
  files: number;
  records: number;
  /** Uncompressed size of the log files. */
  bytes: number;
  readonly digests: DigestFile[];
  readonly logs: LogFile[];
  /** Log files with records of the task. */
  readonly concerned: Set<string>;
  /** Files in the digest folder that do not have the form of a digest. */
  readonly invalidDigests: string[];
}

type Kind = 'log' | 'digest' | 'none';

/** Insights are CloudTrail's own findings, and a list of keys contains no records. */
const NOT_A_LOG = /(^|\/)(CloudTrail-Insight\/|public-keys\.json$|\.[^/]*$)/;

/** The kind of a file, by its path. Throws `TrailUnreadable` for a file that CloudTrail does not write. */
function kindOf(name: string): Kind {
  if (NOT_A_LOG.test(name)) return 'none';
  if (!/\.json(\.gz)?$/.test(name))
    throw new TrailUnreadable(
      `The trail's file ${name} is not a CloudTrail file: their names end in .json.gz or .json. Give the folder AWSLogs/<account>/, without other files.`,
    );
  return /(^|\/)CloudTrail-Digest\//.test(name) ? 'digest' : 'log';
}

/**
 * Reads all files of a trail, one after the other, and passes each record to the audit. Throws `UsageError`,
 * `TrailUnreadable`.
 */
export async function readTrail(source: TrailSource, audit: Audit, io: CommandIo): Promise<TrailContents> {
  const names = await source.names();
  const kinds = new Map(names.map((name) => [name, kindOf(name)]));
  const read: TrailContents = {
    ...{ files: 0, records: 0, bytes: 0 },
    ...{ digests: [], logs: [], concerned: new Set(), invalidDigests: [] },
  };
  const progress = new Progress(io, [...kinds.values()].filter((kind) => kind === 'log').length);
  for (const [name, kind] of kinds) {
    if (kind === 'digest') await readDigest(source, name, read);
    if (kind === 'log') await readLog(source, name, { read, audit, progress });
  }
  if (read.files === 0)
    throw new TrailUnreadable(
      `The trail ${JSON.stringify(source.place)} contains no log file. Give a folder or prefix with CloudTrail files: AWSLogs/<account>/CloudTrail/….`,
    );
  return read;
}

class Progress {
  readonly #io: CommandIo;
  readonly #files: number;
  #reportedMs: number;

  constructor(io: CommandIo, files: number) {
    this.#io = io;
    this.#files = files;
    this.#reportedMs = io.clock.nowMs();
  }

  report({ files, records, bytes }: TrailContents): void {
    const nowMs = this.#io.clock.nowMs();
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.#io.err(
      `read ${files} of ${this.#files} files, ${records} records, ${(bytes / 1e6).toFixed(0)} MB uncompressed\n`,
    );
  }
}

interface LogReading {
  readonly read: TrailContents;
  readonly audit: Audit;
  readonly progress: Progress;
}

async function readLog(
  source: TrailSource,
  name: string,
  { read, audit, progress }: LogReading,
): Promise<void> {
  const splitter = new RecordSplitter(name, (value, index) => {
    const event = readTrailEvent(value, name);
    if (event === undefined)
      throw new TrailUnreadable(
        `Record ${index + 1} of the trail's file ${name} is not a CloudTrail record: eventID, eventTime, eventSource and eventName are required. Remove the file.`,
      );
    read.records += 1;
    if (audit.observe(event)) read.concerned.add(name);
  });
  const { body } = await source.open(name);
  const hash = await eachPiece(uncompressed(body, name), (piece) => {
    read.bytes += piece.length;
    splitter.write(piece);
    progress.report(read);
  });
  splitter.end();
  read.files += 1;
  read.logs.push({ name, hash });
}

/**
 * Passes each piece to `onPiece`, and returns the generator's return value. If `onPiece` throws, the file is
 * closed.
 */
async function eachPiece(
  pieces: AsyncGenerator<Uint8Array, string>,
  onPiece: (piece: Uint8Array) => void,
): Promise<string> {
  try {
    let next = await pieces.next();
    for (; next.done !== true; next = await pieces.next()) onPiece(next.value);
    return next.value;
  } finally {
    await pieces.return('');
  }
}

async function readDigest(source: TrailSource, name: string, read: TrailContents): Promise<void> {
  const { body, signature } = await source.open(name);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const hash = await eachPiece(uncompressed(body, name), (piece) => {
    parts.push(piece);
    bytes += piece.length;
    if (bytes > DIGEST_BYTES)
      throw new TrailUnreadable(
        `The digest file ${name} has more than ${DIGEST_BYTES} bytes; it is not a CloudTrail digest. Remove it.`,
      );
  });
  const document = digestDocument.safeParse(jsonOrUndefined(Buffer.concat(parts).toString('utf8')));
  if (document.success) read.digests.push({ name, hash, document: document.data, signature });
  else read.invalidDigests.push(name);
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
