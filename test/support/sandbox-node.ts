import { join } from 'node:path';
import type { NodeProcess } from './node.ts';
import { TestProcess } from './process.ts';

/** The command as people run it. */
export const CLNREST = new URL('../../packages/clnrest/bin/clnrest.js', import.meta.url).pathname;

/** Starts `clnrest sandbox`. */
export async function startSandboxProcess(
  lightningDir: string,
  options: readonly string[],
): Promise<NodeProcess> {
  const node = new TestProcess(process.execPath, [
    CLNREST,
    'sandbox',
    `--lightning-dir=${lightningDir}`,
    '--regtest',
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
