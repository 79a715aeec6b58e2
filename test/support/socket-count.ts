import { readFileSync } from 'node:fs';
import type { TestNode } from './node.ts';

const CONNECTED = '03';

/** How many connections the node's socket has, as Linux counts them. */
export function connections(node: TestNode): number {
  const path = `${node.lightningDir}/regtest/lightning-rpc`;
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, , , , , state, , name]) =>
        state === CONNECTED && name !== undefined && path.endsWith(name),
    ).length;
}

/** Waits until a condition holds, looking every few milliseconds, and says how long it took. */
export async function until(
  what: string,
  holds: () => boolean,
  atMostMs = 30_000,
): Promise<number> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > atMostMs) throw new Error(`${what}: not within ${atMostMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - start;
}
