import type { SandboxOptions } from '../sandbox-options.ts';
import { SocketClient, type Reply } from './socket-client.ts';
import { temporarySandbox } from './temporary-sandbox.ts';

/** A hop of the route of `sendpay`. */
export interface SendpayHop {
  readonly id: string;
  readonly channel: string;
  readonly amount_msat: number;
  readonly delay: number;
}

/** A client of a sandbox, for tests of its world. */
export class WorldClient {
  readonly socket: SocketClient;

  constructor(socket: SocketClient) {
    this.socket = socket;
  }

  static async start(
    options: Partial<SandboxOptions> & { directory?: string } = {},
  ): Promise<WorldClient> {
    const { rpcPath } = await temporarySandbox(options);
    return new WorldClient(await SocketClient.connect(rpcPath));
  }

  /** Calls a command. Throws if the reply is an error. */
  async call<T>(method: string, params: unknown = {}): Promise<T> {
    const { result, error } = await this.socket.call(method, params);
    if (error !== undefined) throw new Error(`${method}: ${error.code} ${error.message}`);
    return result as T;
  }

  /** Calls a command and returns its error. */
  async refused(method: string, params: unknown = {}): Promise<Reply['error']> {
    return (await this.socket.call(method, params)).error;
  }

  /**
   * Opens channels to bob and carol, and one between them.
   *
   * @returns the route of `sendpay` through them and back to the node
   */
  async circle(amountMsat: number, feeMsat: number): Promise<SendpayHop[]> {
    const open = async (params: object): Promise<string> =>
      (await this.call<{ short_channel_id: string }>('dev-open-channel', params)).short_channel_id;
    const scids = [
      await open({ peer: 'bob' }),
      await open({ peer: 'carol', from: 'bob' }),
      await open({ peer: 'carol' }),
    ];
    const { nodes } = await this.call<{ nodes: { name: string; id: string }[] }>('dev-world');
    return ['bob', 'carol', 'us'].map((name, index) => ({
      id: nodes.find((each) => each.name === name)?.id ?? '',
      channel: scids[index] ?? '',
      amount_msat: amountMsat + (2 - index) * feeMsat,
      delay: 9 + (2 - index) * 6,
    }));
  }

  /** Creates an invoice of another node. @returns its BOLT 11 text */
  async peerInvoice(amount: string, more: Record<string, unknown> = {}): Promise<string> {
    const invoice = { amount_msat: amount, ...more };
    return (await this.call<{ bolt11: string }>('dev-peer-invoice', invoice)).bolt11;
  }
}
