import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { auditResult } from 'taskbound-evidence/audit/result';
import type { Bench } from './section.ts';
import { table } from './figures.ts';
import { writeOtherSessions } from './trail.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'bin/taskbound.ts');
/** A module for `--import`. When the process exits, it prints its peak memory in kilobytes and its processor time in microseconds. */
const PRINT_USAGE =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('usage='+u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)+'\\n')})";

export interface AuditFigures {
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
  readonly records: number;
  readonly verdict: string;
  readonly rules: readonly string[];
  readonly peakMegabytes: number;
  readonly auditSeconds: number;
  readonly gzipSeconds: number;
  /** Processor time. Other programs on the machine do not add to it. */
  readonly auditCpuSeconds: number;
  readonly gzipCpuSeconds: number;
}

interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

function run(command: string, args: readonly string[], codes: readonly number[]): CommandResult {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (!codes.includes(status ?? -1))
    throw new Error(`${command} ${args.join(' ')} exited with ${status}: ${stderr}`);
  return { stdout, stderr, seconds: (performance.now() - startedMs) / 1000 };
}

/** Audits a long trail with the calls of many other sessions, of one task, and one call of that task after its proof. */
export function measureAudit({ assembly, trailMegabytes }: Bench): Promise<AuditFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'taskbound-bench-'));
  try {
    return Promise.resolve(measureIn(folder, assembly, trailMegabytes));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureIn(folder: string, assembly: string, megabytes: number): AuditFigures {
  const [trail, out] = [join(folder, 'trail'), join(folder, 'out')];
  const seed = ['--seed', join(ROOT, 'sample/seed'), '--assembly', assembly];
  const request = join(ROOT, 'sample/requests/object-transfer.json');
  run(process.execPath, [CLI, 'run', request, '--local', ...seed, '--trail', trail, '--out', out], [0]);
  const bundle = join(out, readdirSync(out).find((name) => name.endsWith('.evidence.json')) ?? '');
  const compressedBytes = writeOtherSessions(join(trail, 'AWSLogs/others'), megabytes * 1e6, lateCall(trail));
  const audited = run(
    process.execPath,
    ['--import', PRINT_USAGE, CLI, 'audit', bundle, '--trail', trail, '--json'],
    [1],
  );
  const files = `find '${trail}' -name '*_CloudTrail_*.json.gz' -print0 | xargs -0 gzip -dc | wc -l; times`;
  const counted = run('sh', ['-c', files], [0]);
  const result = auditResult.parse(JSON.parse(audited.stdout));
  const [, peak, microseconds] = /usage=(\d+) (\d+)/.exec(audited.stderr) ?? [];
  return {
    uncompressedBytes: result.trail.bytes,
    compressedBytes,
    records: result.trail.records,
    verdict: result.verdict,
    rules: result.violations.map(
      ({ rule, records }) => `${rule} (${records.map((ref) => ref.eventId).join(', ')})`,
    ),
    peakMegabytes: Number(peak) / 1024,
    auditCpuSeconds: Number(microseconds) / 1e6,
    gzipCpuSeconds: childSeconds(counted.stdout),
    auditSeconds: audited.seconds,
    gzipSeconds: counted.seconds,
  };
}

/** User and system time of the shell's children: the last line of `times`, such as `0m3.120s 0m0.410s`. */
const childSeconds = (text: string): number =>
  [...(text.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (total, [, minutes, seconds]) => total + Number(minutes) * 60 + Number(seconds),
    0,
  );

type StoredRecord = Record<string, unknown>;

/** A copy of one call of the task, one minute later than the call. */
function lateCall(trail: string): StoredRecord & { readonly eventTime: string } {
  const names = readdirSync(trail, { recursive: true, encoding: 'utf8' });
  const logs = names.filter((name) => /_CloudTrail_.*\.json\.gz$/.test(name));
  const records = logs.flatMap(
    (name) =>
      (JSON.parse(gunzipSync(readFileSync(join(trail, name))).toString()) as { Records: StoredRecord[] })
        .Records,
  );
  const found = records.find(
    ({ eventName, userIdentity }) =>
      eventName === 'CopyObject' &&
      String((userIdentity as StoredRecord)['arn']).includes('object-transfer.'),
  );
  if (found === undefined) throw new Error('The trail has no CopyObject call of the task.');
  const late = new Date(Date.parse(String(found['eventTime'])) + 60_000).toISOString().replace('.000Z', 'Z');
  return { ...found, eventID: 'planted', requestID: 'planted', eventTime: late };
}

export const printAudit = (figures: AuditFigures): string => {
  const megabytes = figures.uncompressedBytes / 1e6;
  const row = (name: string, seconds: number, cpu: number, peak: string): string[] => [
    name,
    seconds.toFixed(1),
    cpu.toFixed(1),
    (megabytes / cpu).toFixed(0),
    peak,
  ];
  return [
    `${megabytes.toFixed(0)} MB of JSON (${(figures.compressedBytes / 1e6).toFixed(0)} MB of gzip), ${figures.records} records; verdict ${figures.verdict}: ${figures.rules.join('; ')}`,
    '',
    table(
      ['', 'seconds', 'CPU seconds', 'MB/s of CPU time', 'peak MB'],
      [
        row(
          'taskbound audit',
          figures.auditSeconds,
          figures.auditCpuSeconds,
          figures.peakMegabytes.toFixed(0),
        ),
        row('gzip -dc \\| wc -l', figures.gzipSeconds, figures.gzipCpuSeconds, '-'),
      ],
    ),
    '',
    `audit takes ${(figures.auditCpuSeconds / figures.gzipCpuSeconds).toFixed(1)} times the processor time of gzip and wc`,
  ].join('\n');
};
