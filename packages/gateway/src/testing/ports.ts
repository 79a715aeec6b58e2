import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what systems give to those who ask for any port (from 32768 on Linux, from 49152 elsewhere): there
 * another test's connection might take the port before it is used.
 */
const FIRST = 10_240;
/** A lane for each process that tests run in at the same time. */
const LANES = 20;
const PORTS_OF_LANE = 1_000;

const lane = Number(process.env['VITEST_POOL_ID'] ?? 0) % LANES;
let turn = Math.floor(Math.random() * PORTS_OF_LANE);

/** A port of loopback that is free, another each time. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS_OF_LANE; tries++) {
    const port = FIRST + lane * PORTS_OF_LANE + (turn++ % PORTS_OF_LANE);
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
