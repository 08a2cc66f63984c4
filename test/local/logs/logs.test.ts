import { describe, expect, it } from 'vitest';
import { Changes } from 'taskbound-local/state/changes';
import { matchesFilter } from '../../../packages/local/logs/filter-pattern.ts';
import { LogGroups } from '../../../packages/local/logs/log-groups.ts';
import { deploy } from '../../scenarios/deployed.ts';
import { record } from '../state/recorded.ts';

const line = (message: string, atMs = 0) => ({ stream: 's', atMs, message });

describe('a log group', () => {
  it('keeps its newest lines up to its limit, also in what is saved', async () => {
    const changes = new Changes();
    const saved = record(changes);
    const groups = new LogGroups(changes, 100);
    for (let count = 1; count <= 10; count += 1) groups.append('g', line(String(count).padEnd(10)));
    const kept = groups.get('g')?.lines.map(({ message }) => message.trim());
    expect(kept).toEqual(['9', '10']);
    const { logs } = await saved();
    expect(logs.map(({ line: { message } }) => message.trim())).toEqual(['9', '10']);
    const again = new LogGroups();
    again.restore(logs);
    again.append('g', line('11'));
    expect(again.get('g')?.lines.map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
  });

  it('keeps one line that is larger than its limit', () => {
    const groups = new LogGroups(undefined, 10);
    groups.append('g', line('a long line that is over the limit'));
    expect(groups.get('g')?.lines).toHaveLength(1);
  });
});

describe('a filter pattern', () => {
  it.each([
    ['', 'anything', true],
    ['ERROR', 'an ERROR here', true],
    ['ERROR here', 'here is an ERROR', true],
    ['"an ERROR"', 'here is an ERROR', true],
    ['"ERROR an"', 'here is an ERROR', false],
    ['ERROR -here', 'here is an ERROR', false],
    ['?one ?two', 'only two', true],
    ['?one ?two', 'neither', false],
  ])('%j on %j: %s', (pattern, message, matches) => expect(matchesFilter(pattern, message)).toBe(matches));

  it('for JSON is refused', () =>
    expect(() => matchesFilter('{ $.a = 1 }', '{"a":1}')).toThrow('does not support the filter pattern'));
});

it('gets every line that a function logs, between start and end, in the group of the template', async () => {
  const stack = await deploy('sample');
  await stack.run({
    type: 'object-transfer',
    taskId: 'logged-1',
    reason: 'its logs',
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  });
  const [admit] =
    stack.aws.cloudformation.stacks
      .get('Taskbound')
      ?.resources.filter(({ logicalId }) => /Admit.*Logs/.test(logicalId)) ?? [];
  const messages = stack.aws.logs.get(admit?.physicalId ?? '')?.lines.map(({ message }) => message) ?? [];
  expect(messages.at(0)).toMatch(/^START RequestId: \S+ Version: \S+\n$/);
  expect(messages.at(-2)).toMatch(/^END RequestId: \S+\n$/);
  expect(messages.at(-1)).toMatch(/^REPORT RequestId: \S+\tDuration: \d+\.\d\d ms\t/);
  const work = stack.aws.logs.all().flatMap(({ lines }) => lines);
  expect(work.filter(({ message }) => message.includes('Invoke Error')).length).toBeGreaterThan(0);
});
