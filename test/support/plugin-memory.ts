import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { TestNode } from './node.ts';
import { BUILD } from './under-test.ts';

/** The most memory that the node's plugin has had, in bytes; nothing where /proc does not tell. */
export function pluginMemory(node: TestNode): number | undefined {
  if (process.platform !== 'linux') return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      // lightningd starts its plugins in the directory of its network.
      const isHere = readlinkSync(`/proc/${pid}/cwd`) === `${node.lightningDir}/regtest`;
      // lightningd itself is here, too, with the plugin in one of its options.
      const isPlugin = (word: string) => word.endsWith(`/${BUILD.prefix}`) && !word.startsWith('-');
      if (!isHere || !words.some(isPlugin)) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(/VmHWM:\s+([0-9]+) kB/.exec(status)?.[1]) * 1024;
    } catch {
      // It has ended, or is another user's.
    }
  }
  return undefined;
}
