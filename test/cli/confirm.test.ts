import { expect, it } from 'vitest';
import { confirm } from '../../cli/confirm.ts';
import { recordingIo } from './support.ts';

const answering = (answer: string | undefined) => recordingIo('/', { ask: async () => answer }).io;

it.each(['y', 'Y', 'yes', ' YES '])('the answer %j confirms', async (answer) => {
  await expect(confirm('Go?', {}, answering(answer))).resolves.toBeUndefined();
});

it.each(['', 'n', 'yep', 'no'])('the answer %j does not', async (answer) => {
  await expect(confirm('Go?', {}, answering(answer))).rejects.toThrow(
    /nothing was done\. Answer y to continue/,
  );
});

it('fails without a terminal, unless --yes is given', async () => {
  await expect(confirm('Go?', {}, answering(undefined))).rejects.toThrow(/In a script, add --yes/);
  await expect(confirm('Go?', { yes: true }, answering(undefined))).resolves.toBeUndefined();
});
