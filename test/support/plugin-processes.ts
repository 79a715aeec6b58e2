import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { TestNode } from './node.ts';
import { BUILD } from './under-test.ts';

/** The processes of a node's plugin by their numbers, as Linux lists them. */
export interface PluginProcesses {
  /** The one that lightningd started. */
  readonly pluginSide: number | undefined;
  /** The one that serves HTTP. */
  readonly httpSide: number | undefined;
}

/** Finds the processes of the plugin that this node runs. */
export function pluginProcesses(node: Pick<TestNode, 'lightningDir'>): PluginProcesses {
  const found: { pluginSide?: number; httpSide?: number } = {};
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
      // lightningd starts its plugins in the directory of its network.
      const isHere = readlinkSync(`/proc/${pid}/cwd`) === `${node.lightningDir}/regtest`;
      // lightningd itself is here, too, with the plugin in one of its options.
      const isPlugin = (word: string) => word.endsWith(`/${BUILD.prefix}`) && !word.startsWith('-');
      if (!isHere || !words.some(isPlugin)) continue;
      found[words.at(-1) === '--http-side' ? 'httpSide' : 'pluginSide'] = Number(pid);
    } catch {
      // It has ended, or is another user's.
    }
  }
  return { pluginSide: found.pluginSide, httpSide: found.httpSide };
}

/** Whether a process runs. One that has ended and that nobody has waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
