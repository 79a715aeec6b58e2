import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { socketChannel, webSocketChannel } from '@clnrest/commando/node';
import {
  type ByteChannel,
  commandMessages,
  type KeyPair,
  PeerSession,
  randomKeyPair,
  readPiece,
} from '@clnrest/commando/peer';
import WebSocket from 'ws';
import { runInFork, type SendReport, TimedCalls } from '../timed-calls.ts';
import type { PeerDestination } from './target-sandbox.ts';

const PAUSE_MS = 40;
/** Calls over one connection; then the peer connects again. */
const CALLS = 25;
/** A source address that no other client uses, if the system has several loopback addresses. */
const ADDRESS = process.platform === 'linux' ? { localAddress: '127.0.0.9' } : {};

/**
 * Calls `getinfo` over TCP and over a WebSocket, with one connection after the other. Checks each reply. Runs in a separate process,
 * so that a busy fuzzer does not delay it.
 */
export class WellBehavedPeer {
  readonly #destination: PeerDestination;
  readonly #report: SendReport;
  readonly #timed: TimedCalls;

  /** @param pids - the server processes */
  constructor(destination: PeerDestination, pids: readonly number[], report: SendReport) {
    this.#destination = destination;
    this.#report = report;
    this.#timed = new TimedCalls(pids, report);
  }

  /** Runs until the process ends. */
  run(): void {
    this.#timed.start();
    for (const transport of ['tcp', 'websocket'] as const) void this.#callAll(transport);
  }

  async #callAll(transport: 'tcp' | 'websocket'): Promise<void> {
    const ours = randomKeyPair();
    for (;;) {
      try {
        const connection = await this.#timed.time(`${transport}: connecting`, () =>
          openConnection(this.#destination, transport, ours),
        );
        for (let count = 0; count < CALLS; count++) await this.#call(transport, connection);
        connection.session.close();
      } catch (error) {
        this.#report({ kind: 'wrong', what: `${transport}: ${String(error)}` });
      }
    }
  }

  async #call(transport: string, connection: Connection): Promise<void> {
    const rune = this.#destination.values['narrow'];
    const command = JSON.stringify({ method: 'getinfo', id: 'peer', rune, params: {} });
    const reply = await this.#timed.time(`${transport}: getinfo`, () => connection.call(command));
    const { result } = JSON.parse(reply) as { result?: { id?: string } };
    if (result?.id !== this.#destination.nodeId) throw new Error(reply.slice(0, 300));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

interface Connection {
  readonly session: PeerSession;
  call(json: string): Promise<string>;
}

/** Connects from {@link ADDRESS}, unlike `CommandoClient`. */
async function openConnection(
  { nodeId, tcpPort, webSocketPort }: PeerDestination,
  transport: 'tcp' | 'websocket',
  ours: KeyPair,
): Promise<Connection> {
  const channel = transport === 'tcp' ? await overTcp(tcpPort) : await overWebSocket(webSocketPort);
  let take: (reply: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  let text = '';
  let calls = 0n;
  const session = await new Promise<PeerSession>((resolve, reject) => {
    fail = reject;
    const session = new PeerSession(channel, {
      ours,
      peer: Buffer.from(nodeId, 'hex'),
      init: { features: new Uint8Array(0), networks: [] },
      handshakeMs: 30_000,
      handler: {
        onReady: () => resolve(session),
        onMessage(message) {
          const piece = readPiece(message);
          text += Buffer.from(piece?.json ?? []).toString();
          if (piece?.isLast === true) take(text);
          return true;
        },
        onDrain: () => undefined,
        onClose: (reason) => fail(reason),
      },
    });
  });
  return {
    session,
    call: (json) =>
      new Promise((resolve, reject) => {
        text = '';
        [take, fail] = [resolve, reject];
        for (const { type, payload } of commandMessages(++calls, Buffer.from(json))) {
          session.send(type, payload);
        }
      }),
  };
}

async function overTcp(port: number): Promise<ByteChannel> {
  const socket: Socket = connect({ port, host: '127.0.0.1', ...ADDRESS });
  await once(socket, 'connect');
  return socketChannel(socket);
}

async function overWebSocket(port: number): Promise<ByteChannel> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { ...ADDRESS, perMessageDeflate: false });
  await once(socket, 'open');
  return webSocketChannel(socket);
}

/** Runs the peer in this process, which the fuzzer forked. */
export function runWellBehavedPeer(destination: PeerDestination, pids: readonly number[]): void {
  runInFork((report) => new WellBehavedPeer(destination, pids, report).run());
}
