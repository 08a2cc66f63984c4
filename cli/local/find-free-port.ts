import { createServer, type AddressInfo } from 'node:net';
import { UsageError } from 'taskbound-evidence/command/errors';

/** The given port if it is available, or a free one. The stack is loaded afterwards, because function URLs contain the port. */
export function findFreePort(wanted: number | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(
        new UsageError(
          `Port ${wanted ?? 'any'} is not available on 127.0.0.1: ${error.message}. Choose another, or leave --port out.`,
        ),
      ),
    );
    probe.listen(wanted ?? 0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
