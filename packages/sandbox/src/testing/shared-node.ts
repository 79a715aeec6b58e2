import { setTimeout as after } from 'node:timers/promises';
import { temporaryDirectory } from '@clnrest/testing';
import { expect } from 'vitest';
import type { SandboxOptions } from '../sandbox-options.ts';
import { SocketClient } from './socket-client.ts';
import { type TestSandbox, temporarySandbox } from './temporary-sandbox.ts';
import { WorldClient } from './world-client.ts';

interface ListedChannel {
  readonly short_channel_id?: string;
  readonly peer_id: string;
  readonly state: string;
  readonly to_us_msat: number;
  readonly spendable_msat: number;
  readonly htlcs: readonly object[];
}

/** A client of a sandbox that shares its world with others, in the process of the test. */
export class SharedNode extends WorldClient {
  readonly id: string;
  readonly sandbox: TestSandbox;

  private constructor(sandbox: TestSandbox, socket: SocketClient) {
    super(socket);
    this.id = sandbox.id;
    this.sandbox = sandbox;
  }

  /** @param world - the directory that the nodes share */
  static async inWorld(
    world: string,
    { args = [], ...options }: Partial<SandboxOptions> & { directory?: string } = {},
  ): Promise<SharedNode> {
    const sandbox = await temporarySandbox({
      ...options,
      args: [`--dev-world=${world}`, ...args],
    });
    return new SharedNode(sandbox, await SocketClient.connect(sandbox.rpcPath));
  }

  /** Starts nodes in a new world. @param args - the options of each */
  static async several(
    count: number,
    ...args: readonly (readonly string[])[]
  ): Promise<SharedNode[]> {
    const world = temporaryDirectory();
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        SharedNode.inWorld(world, { args: args[index] ?? [] }),
      ),
    );
  }

  /** A client with a connection of its own, for calls that wait. */
  async apart(): Promise<WorldClient> {
    return new WorldClient(await SocketClient.connect(this.sandbox.rpcPath));
  }

  /** Repeats a call until its result fulfils the condition: other nodes apply changes a moment later. */
  async until<T>(method: string, params: unknown, holds: (result: T) => boolean): Promise<T> {
    for (;;) {
      const result = await this.call<T>(method, params);
      if (holds(result)) return result;
      await after(2);
    }
  }

  /** The channels with a peer, when the newest one has the state. */
  async channelsWith({ id }: SharedNode, state = 'CHANNELD_NORMAL'): Promise<ListedChannel[]> {
    const { channels } = await this.until<{ channels: ListedChannel[] }>(
      'listpeerchannels',
      { id },
      (result) => result.channels.at(-1)?.state === state,
    );
    return channels;
  }

  /** Funds the wallet, opens a channel, and mines the blocks. Resolves when both nodes can use the channel. */
  async openChannelTo(
    peer: SharedNode,
    amount: number,
    pushMsat = 0,
    more: { readonly announce?: boolean } = {},
  ): Promise<string> {
    await this.call('dev-fund-wallet', { amount: amount + 50_000 });
    const opening = { id: peer.id, amount, push_msat: pushMsat, ...more };
    await this.call('fundchannel', opening);
    await this.call('dev-mine');
    await peer.channelsWith(this);
    const channels = await this.channelsWith(peer);
    return channels.at(-1)?.short_channel_id ?? '';
  }

  /** Creates an invoice. @returns its text */
  async invoice(label: string, amountMsat: number): Promise<string> {
    const invoice = { amount_msat: amountMsat, label, description: label };
    return (await this.call<{ bolt11: string }>('invoice', invoice)).bolt11;
  }

  /** What the node owns, in msat: its wallet, and its balances in channels that are not closed on the chain. */
  async balanceMsat(): Promise<bigint> {
    const { outputs, channels } = await this.call<{
      outputs: { amount_msat: number; reserved: boolean }[];
      channels: { our_amount_msat: number; state: string }[];
    }>('listfunds');
    const open = channels.filter(({ state }) =>
      /^CHANNELD_(?:NORMAL|AWAITING_LOCKIN)$/.test(state),
    );
    return (
      outputs.reduce((sum, { amount_msat }) => sum + BigInt(amount_msat), 0n) +
      open.reduce((sum, { our_amount_msat }) => sum + BigInt(our_amount_msat), 0n)
    );
  }
}

/** Expects that the books of nodes add up, and that no HTLC is pending. */
export async function expectSettled(...nodes: readonly SharedNode[]): Promise<void> {
  for (const node of nodes) {
    expect(await node.call('dev-world')).toMatchObject({ balanced: true });
    const { channels } = await node.call<{ channels: ListedChannel[] }>('listpeerchannels');
    expect(channels.flatMap(({ htlcs }) => htlcs)).toEqual([]);
  }
}
