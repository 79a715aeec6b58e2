import type { TestProcess } from './process.ts';

/** The process of a node of either kind. */
export interface NodeProcess {
  readonly socketPath: string;
  readonly process: TestProcess;
  stop(): Promise<void>;
}
