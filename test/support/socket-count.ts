import { readFileSync } from 'node:fs';
import type { TestNode } from './node.ts';

const CONNECTED = '03';

/** Counts the connections of the node's socket. Needs /proc. */
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

/** Polls a condition until it holds. Resolves with the milliseconds that it took. */
export async function until(
  what: string,
  holds: () => boolean,
  timeoutMs = 30_000,
): Promise<number> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > timeoutMs)
      throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - start;
}
