import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The first port. All ports are below the ephemeral ports (from 32768 on Linux, from 49152 elsewhere), which a
 * connection of another test could get before the port is used.
 */
const FIRST = 10_240;
const PORTS = 20_000;

/** One file for each port that a process has claimed, with the id of the process. */
const CLAIMS = join(tmpdir(), 'clnrest-test-ports');

let next = Math.floor(Math.random() * PORTS);

/** Returns a free loopback port. It belongs to this process until it ends: no other process gets it from here. */
export async function freePort(): Promise<number> {
  mkdirSync(CLAIMS, { recursive: true });
  for (let tries = 0; tries < PORTS; tries++) {
    const port = FIRST + (next++ % PORTS);
    if (claim(port) && (await isFree(port))) return port;
  }
  throw new Error('no port is free');
}

/** Claims a port, unless another process that still runs has claimed it. */
function claim(port: number): boolean {
  const file = join(CLAIMS, String(port));
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      if (isRunning(owner(file))) return false;
      rmSync(file, { force: true });
    }
  }
  return false;
}

/** The text of a claim: a process id, or nothing before it is written. Undefined if the claim is gone. */
function owner(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isRunning(pid: string | undefined): boolean {
  if (pid === undefined) return false;
  if (pid === '') return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // Another user's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
