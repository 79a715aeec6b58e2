import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { bytesToHex } from '@noble/hashes/utils.js';
import { socketChannel } from '../channel/socket-channel.ts';
import {
  type CommandoPiece,
  MAX_PIECE_BYTES,
  readPiece,
  writePiece,
} from '../commando/messages.ts';
import { type KeyPair, randomKeyPair } from '../noise/keys.ts';
import type { PeerError } from '../peer/peer-error.ts';
import { PeerSession } from '../peer/peer-session.ts';

/** One connection of a {@link FakePeer}. */
export interface FakeConnection {
  readonly session: PeerSession;
  readonly socket: Socket;
  /** Sends a whole reply, in pieces as lightningd does. */
  reply(id: bigint, json: string, pieceBytes?: number): void;
}

/** A command that arrived. */
export interface FakeCommand {
  readonly id: bigint;
  readonly json: { readonly method: string; readonly id: string; readonly [name: string]: unknown };
  readonly text: string;
}

/** What a fake peer does. */
export interface FakeBehaviour {
  onReady?(connection: FakeConnection): void;
  onCommand?(command: FakeCommand, connection: FakeConnection): void;
  onClose?(reason: PeerError): void;
}

/** A node on a free port that follows BOLT 8 and does with commands what a test wants. */
export interface FakePeer {
  readonly address: string;
  readonly keys: KeyPair;
  readonly port: number;
  /** The connections so far. */
  readonly connections: readonly FakeConnection[];
  stop(): Promise<void>;
}

/** Starts a node for the running test. */
export async function startFakePeer(behaviour: FakeBehaviour, port = 0): Promise<FakePeer> {
  const keys = randomKeyPair();
  return startFakePeerAs(keys, behaviour, port);
}

/** The same with a certain key, as after a restart. */
export async function startFakePeerAs(
  keys: KeyPair,
  behaviour: FakeBehaviour,
  port = 0,
): Promise<FakePeer> {
  const connections: FakeConnection[] = [];
  const server = createServer((socket) => connections.push(accept(socket, keys, behaviour)));
  const listening = await listen(server, port);
  const stop = async (): Promise<void> => {
    for (const { socket } of connections) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  const address = `${bytesToHex(keys.publicKey)}@127.0.0.1:${listening}`;
  return { address, keys, port: listening, connections, stop };
}

/** Starts a TCP server that does with each socket what a test wants. Returns the address of a node there. */
export async function startRawPeer(
  onSocket: (socket: Socket) => void,
  keys = randomKeyPair(),
): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  const port = await listen(server, 0);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `${bytesToHex(keys.publicKey)}@127.0.0.1:${port}`;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function accept(socket: Socket, keys: KeyPair, behaviour: FakeBehaviour): FakeConnection {
  const received = new Map<bigint, Uint8Array[]>();
  const session: PeerSession = new PeerSession(socketChannel(socket), {
    ours: keys,
    init: { features: new Uint8Array(0), networks: [] },
    handshakeMs: 10_000,
    handler: {
      onReady: () => behaviour.onReady?.(connection),
      onMessage(message) {
        const piece = readPiece(message);
        if (piece?.kind === 'command') take(piece, received, connection, behaviour);
        return true;
      },
      onDrain: () => undefined,
      onClose: (reason) => behaviour.onClose?.(reason),
    },
  });
  const connection: FakeConnection = {
    session,
    socket,
    reply: (id, json, pieceBytes) => reply(session, id, json, pieceBytes),
  };
  return connection;
}

function take(
  { id, isLast, json }: CommandoPiece,
  received: Map<bigint, Uint8Array[]>,
  connection: FakeConnection,
  behaviour: FakeBehaviour,
): void {
  const pieces = [...(received.get(id) ?? []), json.slice()];
  received.set(id, pieces);
  if (!isLast) return;
  received.delete(id);
  const text = Buffer.concat(pieces).toString();
  behaviour.onCommand?.({ id, text, json: JSON.parse(text) as FakeCommand['json'] }, connection);
}

function reply(session: PeerSession, id: bigint, text: string, pieceBytes = MAX_PIECE_BYTES): void {
  const json = Buffer.from(text);
  for (let from = 0; from === 0 || from < json.length; from += pieceBytes) {
    const isLast = from + pieceBytes >= json.length;
    const part = json.subarray(from, from + pieceBytes);
    const { type, payload } = writePiece({ kind: 'reply', isLast, id, json: part });
    session.send(type, payload);
  }
}
