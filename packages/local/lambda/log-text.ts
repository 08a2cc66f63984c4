import type { LogLine } from './types.ts';

/** The lines of a log stream in text format: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export const startLine = (requestId: string, version: string): string =>
  `START RequestId: ${requestId} Version: ${version}\n`;

export const endLine = (requestId: string): string => `END RequestId: ${requestId}\n`;

/** Of a report's figures, only the duration is known. */
export function reportLine(requestId: string, ms: number, memoryMb: number): string {
  const duration = `Duration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms)} ms`;
  return `REPORT RequestId: ${requestId}\t${duration}\tMemory Size: ${memoryMb} MB\n`;
}

/** What a function wrote through `console` has time, request and level in front. Other output is as it was written. */
export function eventMessage({ atMs, requestId, level, message }: LogLine): string {
  if (level === 'PLATFORM' || level === 'STDOUT' || level === 'STDERR') return message;
  return `${new Date(atMs).toISOString()}\t${requestId === '' ? 'undefined' : requestId}\t${level}\t${message}\n`;
}
