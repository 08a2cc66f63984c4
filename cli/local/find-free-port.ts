import { createServer, type AddressInfo } from 'node:net';
import { UsageError } from 'taskbound-evidence/command/errors';

/** The given port if it can be had, or a free one: it must be known before the stack is loaded, because function URLs name it. */
export function findFreePort(wanted: number | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(
        new UsageError(
          `Port ${wanted ?? 'any'} cannot be had on 127.0.0.1: ${error.message}. Choose another, or leave --port out.`,
        ),
      ),
    );
    probe.listen(wanted ?? 0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
