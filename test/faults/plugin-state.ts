import { constants } from 'node:os';
import { expect } from 'vitest';
import {
  catchesSignal,
  commandLine,
  descendants,
  descriptorsOf,
  memoryOf,
} from '../support/process-tree.ts';

/** The processes of a plugin, and what they hold. */
export interface PluginState {
  readonly pluginSide: number;
  readonly httpSide: number;
  /** Connections and listening sockets of the HTTP side. */
  readonly tcp: number;
  /** Connections of the HTTP side to the node, and the channel to the plugin side. */
  readonly unix: number;
  /** Bytes that both processes hold. */
  readonly memory: number;
}

/** Bytes that a plugin may hold more than before: the heap grows with the first requests of a kind. */
const MAX_GROWTH = 60 * 1024 * 1024;

/** The process that serves HTTP, of the plugin whose first process this is. */
export function httpSideOf(pluginSide: number): number | undefined {
  return descendants(pluginSide).find((pid) => commandLine(pid).at(-1) === '--http-side');
}

/** Throws if one of the two processes does not run. */
export function stateOf(pluginSide: number): PluginState {
  const httpSide = httpSideOf(pluginSide);
  const descriptors = httpSide === undefined ? undefined : descriptorsOf(httpSide);
  if (httpSide === undefined || descriptors === undefined) throw new Error('no HTTP side runs');
  const { tcp, unix } = descriptors;
  const memory = (memoryOf(pluginSide) ?? 0) + (memoryOf(httpSide) ?? 0);
  return { pluginSide, httpSide, tcp, unix, memory };
}

/** Waits until the same processes hold as little as before. */
export async function expectNothingLeft(before: PluginState): Promise<void> {
  const { pluginSide, httpSide, tcp, unix } = before;
  await expect
    .poll(
      () => {
        collectGarbage(pluginSide, httpSide);
        const now = stateOf(pluginSide);
        return {
          httpSide: now.httpSide,
          tcp: Math.max(now.tcp, tcp),
          unix: Math.max(now.unix, unix),
          hasGrown: now.memory - before.memory > MAX_GROWTH,
        };
      },
      { timeout: 20_000, interval: 100 },
    )
    .toEqual({ httpSide, tcp, unix, hasGrown: false });
}

/** A process that does not catch the signal would die of it. */
function collectGarbage(...pids: readonly number[]): void {
  for (const pid of pids) {
    if (catchesSignal(pid, constants.signals.SIGUSR2)) process.kill(pid, 'SIGUSR2');
  }
}
