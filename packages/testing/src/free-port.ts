import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The first port. All ports are below the ephemeral ports (from 32768 on Linux, from 49152 elsewhere), which a
 * connection of another test could get before the port is used.
 */
const FIRST = 10_240;
/** Ranges of ports, one for each test process. */
const RANGES = 20;
const PORTS_OF_RANGE = 1_000;

const range = Number(process.env['VITEST_POOL_ID'] ?? 0) % RANGES;
let next = Math.floor(Math.random() * PORTS_OF_RANGE);

/** Returns a free loopback port, a different one each time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS_OF_RANGE; tries++) {
    const port = FIRST + range * PORTS_OF_RANGE + (next++ % PORTS_OF_RANGE);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (isFree) {
    server.close();
    await once(server, 'close');
  }
  return isFree;
}
