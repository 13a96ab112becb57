import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** The network between a browser and the console, to be pulled: Playwright's own `setOffline` leaves open streams alone. */
export type Cable = {
  /** For `newContext({ proxy })`. */
  proxy: { server: string };
  /** Breaks every connection, and lets no new one through. */
  pull(): void;
  plug(): void;
  close(): Promise<void>;
};

/** A SOCKS 5 relay (RFC 1928) that knows no more than what a browser asks of it: CONNECT by name or IPv4 address. */
export async function layCable(): Promise<Cable> {
  const sockets = new Set<Socket>();
  let pulled = false;
  const server = createServer((socket) => {
    if (pulled) return void socket.destroy();
    track(socket);
    socket.once('data', () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once('data', (request) => {
        const { host, port } = readRequest(request);
        const onward = track(connect(port, host));
        onward.once('connect', () => {
          socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          socket.pipe(onward).pipe(socket);
        });
        onward.once('close', () => socket.destroy());
        socket.once('close', () => onward.destroy());
      });
    });
  });
  function track(socket: Socket): Socket {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A connection that breaks is what this is for: its other end is told by 'close'.
    socket.on('error', () => socket.destroy());
    return socket;
  }
  const cut = () => sockets.forEach((socket) => socket.destroy());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    proxy: { server: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}` },
    pull() {
      pulled = true;
      cut();
    },
    plug() {
      pulled = false;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        cut();
      }),
  };
}

/** RFC 1928 section 4: version, command, reserved, type of address, address, port. */
function readRequest(request: Uint8Array): { host: string; port: number } {
  const named = request[3] === 3;
  const end = named ? 5 + request[4]! : 8;
  const host = named ? new TextDecoder().decode(request.subarray(5, end)) : request.subarray(4, end).join('.');
  return { host, port: request[end]! * 256 + request[end + 1]! };
}
