import type { Readable } from 'node:stream';
import type { CallOptions, Params } from './call.ts';
import type { PipelineOptions, RpcPipeline } from './pipeline.ts';

/** How to reach a node. */
export interface RpcClientOptions {
  /** The node's socket, e.g. `~/.lightning/bitcoin/lightning-rpc` written out in full. */
  readonly socketPath: string;
  /** Calls that may be in flight at once; one more fails with `overloaded`. 256 by default. */
  readonly maxConnections?: number;
  /** Connections that are kept open between calls. 32 by default. */
  readonly idleConnections?: number;
  /** Turns reply texts into values. `JSON.parse` by default. */
  readonly parse?: (text: string) => unknown;
  /** The first part of the ids we make up, `<idPrefix>:<method>#<number>`. `rpc` by default. */
  readonly idPrefix?: string;
}

/** A client of one node. */
export class RpcClient {
  constructor(options: RpcClientOptions) {
    void options;
  }
  call<T = unknown>(_method: string, _params?: Params, _options?: CallOptions): Promise<T> {
    throw new Error('in the making');
  }
  callText(_method: string, _params?: Params, _options?: CallOptions): Promise<string> {
    throw new Error('in the making');
  }
  callStream(_method: string, _params?: Params, _options?: CallOptions): Promise<Readable> {
    throw new Error('in the making');
  }
  pipeline(_options?: PipelineOptions): RpcPipeline {
    throw new Error('in the making');
  }
  close(): Promise<void> {
    throw new Error('in the making');
  }
}
