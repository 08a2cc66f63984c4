import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { systemClock } from 'taskbound-time/system-clock';

/** What passed through a proxy. */
export interface Traffic {
  readonly connections: number;
  /** How often a client waited for the server. */
  readonly roundTrips: number;
  /** Statements that the server completed. */
  readonly statements: number;
}

export interface PostgresProxy {
  readonly port: number;
  readonly traffic: Traffic;
  /** How long each message from a client takes longer, milliseconds. */
  delayMs: number;
  /** While true, nothing is forwarded: a connection that is lost without an error. */
  isStalled: boolean;
  /** Closes all connections after so many further statements, like a function that is killed. */
  cutAfter(statements: number): void;
  close(): Promise<void>;
}

/** https://www.postgresql.org/docs/18/protocol-message-formats.html */
const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;
const AUTHENTICATION_SASL = 10;
const AUTHENTICATION_SASL_CONTINUE = 11;

/** A proxy before a PostgreSQL server without TLS, which counts what is really sent. */
export async function startPostgresProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<PostgresProxy> {
  const traffic = { connections: 0, roundTrips: 0, statements: 0 };
  const sockets = new Set<Socket>();
  let statementsLeft = Infinity;
  const cutAll = () => {
    statementsLeft = Infinity;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    traffic.connections += 1;
    let awaited = 0;
    const asked = messagesOf(true, (type) => {
      if (!EXPECTING.has(type)) return;
      if (awaited === 0) traffic.roundTrips += 1;
      awaited += 1;
    });
    const answered = messagesOf(false, (type, body) => {
      if (type === 'Z' || (type === 'R' && isSaslStep(body))) awaited -= 1;
      if (type !== 'C') return;
      traffic.statements += 1;
      statementsLeft -= 1;
      if (statementsLeft === 0) cutAll();
    });
    client.on('data', (bytes) => {
      asked(bytes);
      if (proxy.isStalled) return;
      if (proxy.delayMs === 0) upstream.write(bytes);
      else void systemClock.sleep(proxy.delayMs).then(() => upstream.write(bytes));
    });
    upstream.on('data', (bytes) => {
      answered(bytes);
      if (!proxy.isStalled) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: PostgresProxy = {
    port,
    traffic,
    delayMs: 0,
    isStalled: false,
    cutAfter: (statements) => {
      statementsLeft = statements;
    },
    close: () =>
      new Promise((resolve) => {
        cutAll();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

/** Messages of a client after which it waits: startup, password, query, sync. */
const EXPECTING: ReadonlySet<string> = new Set(['startup', 'p', 'Q', 'S']);

const isSaslStep = (body: Buffer): boolean =>
  [AUTHENTICATION_SASL, AUTHENTICATION_SASL_CONTINUE].includes(body.readInt32BE(0));

/** Splits a stream into messages. A client's first message has no type. */
function messagesOf(
  hasStartup: boolean,
  take: (type: string, body: Buffer) => void,
): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const typeBytes = isStartup ? 0 : TYPE_BYTES;
      if (rest.length < typeBytes + LENGTH_BYTES) return;
      const length = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < length) return;
      const type = isStartup ? 'startup' : String.fromCharCode(rest[0] ?? 0);
      take(type, rest.subarray(typeBytes + LENGTH_BYTES, length));
      rest = rest.subarray(length);
      isStartup = false;
    }
  };
}
