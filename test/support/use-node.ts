import { afterAll, beforeAll, beforeEach } from 'vitest';
import { NODE_KIND, startNode, type TestNode } from './node.ts';
import { realPrograms } from './real-node.ts';

/** Why no node can be started on this machine, if it is so: variables that are not set. */
const programs = realPrograms();
const missing = NODE_KIND === 'lightningd' && 'missing' in programs ? programs.missing : [];

/** Whether `useNode` starts one. */
export const NODE_RUNS = missing.length === 0;

/**
 * A node for all tests of a file: started before them, stopped after them. On a machine without
 * what it needs, each of them is skipped by name.
 */
export function useNode(...options: readonly string[]): () => TestNode {
  let node: TestNode | undefined;
  beforeAll(async () => {
    if (NODE_RUNS) node = await startNode(...options);
  });
  beforeEach((context) => {
    if (!NODE_RUNS) context.skip(`not set in the environment: ${missing.join(', ')}`);
  });
  afterAll(() => node?.stop());
  return () => {
    if (node === undefined) throw new Error('the node is not running');
    return node;
  };
}
