import type { RpcClient, RpcPipeline } from '@clnrest/lightningd';

/** The calls that a gateway makes to its node: over the node's socket, or to another gateway. */
export interface GatewayNode extends Pick<RpcClient, 'callText' | 'callBytes'> {
  /** Opens a connection that many calls share. */
  pipeline(options: {
    readonly batching: boolean;
    readonly maxResultBytes: number;
  }): Pick<RpcPipeline, 'callText' | 'close'>;
}

/** The connection that requests share. */
export type SharedConnection = ReturnType<GatewayNode['pipeline']>;
