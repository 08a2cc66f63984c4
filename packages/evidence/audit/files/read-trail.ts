import type { Audit } from '../audit.ts';
import { digestDocument, type DigestFile, type LogFile } from '../trail/digest-file.ts';
import { readTrailEvent } from '../trail/trail-event.ts';
import { TrailUnreadable } from '../../command/errors.ts';
import type { CommandIo } from '../../command/io.ts';
import { uncompressed } from './read-file.ts';
import { RecordSplitter } from './split-records.ts';
import type { TrailSource } from './trail-source.ts';

/** A digest names an hour's log files, a few hundred bytes each: more than this is none. */
const DIGEST_BYTES = 32 * 1024 * 1024;
/** How often people are told how far it is. */
const TELL_MS = 5000;

/** Everything that was read of a trail, apart from what the audit itself keeps. */
export interface ReadTrail {
  files: number;
  records: number;
  /** Uncompressed, of log files. */
  bytes: number;
  readonly digests: DigestFile[];
  readonly logs: LogFile[];
  /** Log files with records of the task. */
  readonly concerned: Set<string>;
  /** Digest files that are none. */
  readonly invalidDigests: string[];
}

type Kind = 'log' | 'digest' | 'none';

/** Insights are CloudTrail's own findings, and keys are no records. */
const NO_LOG = /(^|\/)(CloudTrail-Insight\/|public-keys\.json$|\.[^/]*$)/;

/** What a file is, by its place and name. Throws `TrailUnreadable` for one that CloudTrail would not write. */
function kindOf(name: string): Kind {
  if (NO_LOG.test(name)) return 'none';
  if (!/\.json(\.gz)?$/.test(name))
    throw new TrailUnreadable(
      `The trail's file ${name} is not CloudTrail's: its files end in .json.gz or .json. Give the folder AWSLogs/<account>/, without other files.`,
    );
  return /(^|\/)CloudTrail-Digest\//.test(name) ? 'digest' : 'log';
}

/** Reads all files of a trail, one after the other, and shows the audit each record. Throws `UsageError`, `TrailUnreadable`. */
export async function readTrail(source: TrailSource, audit: Audit, io: CommandIo): Promise<ReadTrail> {
  const names = await source.names();
  const kinds = new Map(names.map((name) => [name, kindOf(name)]));
  const read: ReadTrail = {
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
      `The trail ${JSON.stringify(source.place)} has no log file. Give a place with CloudTrail's files: AWSLogs/<account>/CloudTrail/….`,
    );
  return read;
}

class Progress {
  readonly #io: CommandIo;
  readonly #files: number;
  #toldMs: number;

  constructor(io: CommandIo, files: number) {
    this.#io = io;
    this.#files = files;
    this.#toldMs = io.clock.nowMs();
  }

  tell({ files, records, bytes }: ReadTrail): void {
    const nowMs = this.#io.clock.nowMs();
    if (nowMs - this.#toldMs < TELL_MS) return;
    this.#toldMs = nowMs;
    this.#io.err(
      `read ${files} of ${this.#files} files, ${records} records, ${(bytes / 1e6).toFixed(0)} MB uncompressed\n`,
    );
  }
}

interface Reading {
  readonly read: ReadTrail;
  readonly audit: Audit;
  readonly progress: Progress;
}

async function readLog(source: TrailSource, name: string, { read, audit, progress }: Reading): Promise<void> {
  const splitter = new RecordSplitter(name, (value, index) => {
    const event = readTrailEvent(value, name);
    if (event === undefined)
      throw new TrailUnreadable(
        `Record ${index + 1} of the trail's file ${name} is no record of CloudTrail: it needs eventID, eventTime, eventSource and eventName. Leave the file out.`,
      );
    read.records += 1;
    if (audit.see(event)) read.concerned.add(name);
  });
  const { body } = await source.open(name);
  const hash = await eachPiece(uncompressed(body, name), (piece) => {
    read.bytes += piece.length;
    splitter.write(piece);
    progress.tell(read);
  });
  splitter.end();
  read.files += 1;
  read.logs.push({ name, hash });
}

/** Shows each piece, and returns what the generator does at its end; when `take` throws, the file is closed. */
async function eachPiece(
  pieces: AsyncGenerator<Uint8Array, string>,
  take: (piece: Uint8Array) => void,
): Promise<string> {
  try {
    let next = await pieces.next();
    for (; next.done !== true; next = await pieces.next()) take(next.value);
    return next.value;
  } finally {
    await pieces.return('');
  }
}

async function readDigest(source: TrailSource, name: string, read: ReadTrail): Promise<void> {
  const { body, signature } = await source.open(name);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const hash = await eachPiece(uncompressed(body, name), (piece) => {
    parts.push(piece);
    bytes += piece.length;
    if (bytes > DIGEST_BYTES)
      throw new TrailUnreadable(
        `The digest file ${name} has more than ${DIGEST_BYTES} bytes; it is not CloudTrail's. Leave it out.`,
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
