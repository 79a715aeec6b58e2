import { join } from 'node:path';
import type { NodeProcess } from './node-process.ts';
import { TestProcess } from './process.ts';

/** The command as people run it. */
export const CLNREST = new URL('../../packages/clnrest/bin/clnrest.js', import.meta.url).pathname;

/** Starts `clnrest sandbox`. It comes with a plugin, which it has to forget: the options name the one to run. */
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
