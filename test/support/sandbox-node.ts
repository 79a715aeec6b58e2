import { join } from 'node:path';
import type { NodeProcess } from './node-process.ts';
import { TestProcess } from './process.ts';

/** The command `clnrest`. */
export const CLNREST = new URL('../../packages/clnrest/bin/clnrest.js', import.meta.url).pathname;

/** Starts `clnrest sandbox` without its default plugin: the options name the plugin to run. */
export async function startSandboxProcess(
  lightningDir: string,
  options: readonly string[],
): Promise<NodeProcess> {
  const node = new TestProcess(process.execPath, [
    CLNREST,
    'sandbox',
    `--lightning-dir=${lightningDir}`,
    '--regtest',
    '--clear-plugins',
    ...options,
  ]);
  return {
    socketPath: join(lightningDir, 'regtest', 'lightning-rpc'),
    process: node,
    stop: async () => {
      await node.stop();
    },
  };
}
