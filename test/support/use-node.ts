import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type NodeSettings, startNodeWith, type TestNode } from './node.ts';
import { missingForNode } from './real-node.ts';

const missing = missingForNode();

/** Whether `useNode` starts one. */
export const NODE_RUNS = missing === undefined;

/**
 * A node for all tests of a file: started before them, stopped after them. On a machine without
 * what it needs, each of them is skipped by name.
 */
export function useNode(...options: readonly string[]): () => TestNode {
  return useNodeWith({}, ...options);
}

/** The same, with a plugin of one's own. */
export function useNodeWith(settings: NodeSettings, ...options: readonly string[]): () => TestNode {
  let node: TestNode | undefined;
  beforeAll(async () => {
    if (NODE_RUNS) node = await startNodeWith(settings, ...options);
  });
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  afterAll(() => node?.stop());
  return () => {
    if (node === undefined) throw new Error('the node is not running');
    return node;
  };
}
