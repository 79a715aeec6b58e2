import type { CallOptions, Params } from './call.ts';

/** How a shared connection behaves. */
export interface PipelineOptions {
  /** Sends `batching {"enable":true}` first: commands that arrive together share one database commit. */
  readonly batching?: boolean;
  /** Calls that may be in flight at once; one more fails with `overloaded`. 4096 by default. */
  readonly maxInFlight?: number;
}

/** ONE shared connection with many calls in flight. */
export interface RpcPipeline {
  call<T = unknown>(method: string, params?: Params, options?: CallOptions): Promise<T>;
  callText(method: string, params?: Params, options?: CallOptions): Promise<string>;
  close(): Promise<void>;
}
