import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type NodeSettings, startNodeWith, type TestNode } from './node.ts';
import { missingForNode } from './real-node.ts';

const missing = missingForNode();

/** Whether `useNode` starts a node. */
export const NODE_RUNS = missing === undefined;

/**
 * Starts a node before all tests of a file and stops it after them. Skips each test if a program of the node is
 * missing.
 */
export function useNode(...options: readonly string[]): () => TestNode {
  return useNodeWith({}, ...options);
}

/** Starts a node with other settings, like {@link useNode}. */
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
