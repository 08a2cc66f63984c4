import { expect, test } from 'vitest';
import { RecordSplitter } from '../../../../packages/evidence/audit/files/split-records.ts';
import { TrailUnreadable } from 'taskbound-evidence/command/errors';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('an error of the callback is passed on, and is not reported as a fault of the file', () => {
  const fault = new TypeError('something of ours');
  const splitter = new RecordSplitter('a.json.gz', () => {
    throw fault;
  });
  expect(() => splitter.write(bytes('{"Records":[{}]}'))).toThrow(fault);
});

test('invalid JSON is reported as a fault of the file', () => {
  const splitter = new RecordSplitter('a.json.gz', () => undefined);
  expect(() => splitter.write(bytes('{"Records":[{]}'))).toThrow(TrailUnreadable);
});
