import { connect } from 'node:net';
import {
  CommandoType,
  HandshakeInitiator,
  type HandshakeKeys,
  keyPair,
  MessageSealer,
} from '@clnrest/commando/peer';
import { frameBytes } from '../case.ts';
import { CaseSocket } from '../case-socket.ts';
import { CLOSE_MS, type Outcome, type RunOptions } from '../subject.ts';
import { bytes, idOf, isValid, messagesOf, type PeerCase, type PeerItem } from './case.ts';
import { type Allowed, PeerReader } from './peer-reader.ts';
import type { PeerDestination } from './target-sandbox.ts';

const PING = 18;
/** Pings for at least so many bytes want no pong. */
const NO_PONG = 65_532;
/** A valid command gets its reply, and a hostile peer its end, within this time, even on a busy machine. */
const REPLY_MS = 15_000;
/** The server ends a handshake after ten seconds. */
const HANDSHAKE_MS = 9_000;
const WRITE_MS = 8_000;
const STUCK_MS = 1_000;
const QUIET_MS = 40;
const STAY_MS = 3_000;
/** A refused connection is not tried again at once. */
const REFUSED_MS = 20;

/** Sends a case over a new connection and reads what the server sends. */
export async function runPeerCase(
  peerCase: PeerCase,
  destination: PeerDestination,
  options: RunOptions = { closeMs: CLOSE_MS },
): Promise<Outcome> {
  return new PeerRun(peerCase, destination, options).run();
}

class PeerRun {
  readonly #case: PeerCase;
  readonly #destination: PeerDestination;
  readonly #options: RunOptions;
  readonly #socket: CaseSocket;
  readonly #reader: PeerReader;
  readonly #allowed: Allowed = { pings: 0, commands: new Map() };
  readonly #handshake: HandshakeInitiator;
  #sealer: MessageSealer | undefined;
  readonly #since = performance.now();
  #isStopped = false;
  /** The rest of the case is not sent: it was cut, or the server does not read. */
  #isCut = false;
  #stream = 0;
  #violation: string | undefined;

  constructor(peerCase: PeerCase, destination: PeerDestination, options: RunOptions) {
    this.#case = peerCase;
    this.#destination = destination;
    this.#options = options;
    const { peer, transport } = peerCase;
    const port = transport === 'tcp' ? destination.tcpPort : destination.webSocketPort;
    this.#socket = new CaseSocket(connect({ port, host: '127.0.0.1', ...addressOf(peer) }));
    this.#reader = new PeerReader(transport === 'websocket', this.#allowed, (text) =>
      options.onData?.(text),
    );
    const ours = keyPair(Buffer.from((peer + 1).toString(16).padStart(64, '0'), 'hex'));
    this.#handshake = new HandshakeInitiator(ours, Buffer.from(destination.nodeId, 'hex'));
    options.signal?.addEventListener('abort', this.#stop);
    this.#socket.read((bytes) => this.#reader.read(bytes));
  }

  readonly #stop = (): void => {
    this.#isStopped = true;
    void this.#socket.destroy();
  };

  async run(): Promise<Outcome> {
    await this.#socket.connect('connect');
    if (!this.#socket.isClosed) {
      await this.#write();
      await this.#end();
    }
    await this.#socket.destroy();
    this.#options.signal?.removeEventListener('abort', this.#stop);
    const isRefused = this.#reader.bytes === 0 && this.#socket.isClosed;
    if (isRefused) await sleep(REFUSED_MS);
    return {
      statuses: this.#reader.codes,
      violation: this.#reader.violation ?? (this.#isStopped ? undefined : this.#violation),
      isUnreachable: !this.#socket.hasConnected || (isRefused && isValid(this.#case)),
      sent: this.#socket.sent,
      received: this.#reader.bytes,
    };
  }

  async #write(): Promise<void> {
    const end = performance.now() + WRITE_MS;
    for (const item of this.#case.items) {
      if (item.act === 3 && !(await this.#waitForActTwo())) return;
      for (let round = 0; round < (item.times ?? 1); round++) {
        this.#isCut ||= performance.now() > end;
        if (this.#socket.isClosed || this.#isCut) return;
        await this.#sendItem(item);
      }
      if (item.head !== undefined && !(await this.#waitForUpgrade())) return;
      if (item.kind === 'init' && this.#case.ending === 'never-read') this.#socket.raw.pause();
    }
  }

  async #sendItem(item: PeerItem): Promise<void> {
    const { head, frame } = item;
    if (head !== undefined) await this.#writeBytes(Buffer.from(`${head.join('\r\n')}\r\n\r\n`));
    else if (frame !== undefined) {
      await this.#writeBytes(Buffer.from(frameBytes(frame, this.#destination.values), 'latin1'));
    } else await this.#sendStream(this.#streamOf(item));
  }

  /** The bytes of an item in the stream of BOLT 8. */
  #streamOf(item: PeerItem): Uint8Array {
    const { values } = this.#destination;
    if (item.raw !== undefined) return bytes(item.raw, values);
    if (item.act !== undefined) return spoiled(this.#act(item), item);
    const messages = messagesOf(item, values);
    for (const message of messages) this.#allow(item, message);
    return Buffer.concat(
      messages.map(({ type, payload }) => {
        const plain = Buffer.alloc(2 + payload.length);
        plain.writeUInt16BE(type);
        plain.set(payload, 2);
        // Without a handshake, the message is not encrypted.
        return this.#sealer === undefined ? plain : spoiled(this.#seal(item, plain), item);
      }),
    );
  }

  #seal({ length }: PeerItem, plain: Uint8Array): Uint8Array {
    const sealed = this.#sealer?.seal(plain) ?? plain;
    if (length === undefined) return sealed;
    // The encrypted length of another message: the body is cut, or the server waits for more.
    const other = this.#sealer?.seal(new Uint8Array(Math.min(length, 65_535))) ?? plain;
    return Buffer.concat([other.subarray(0, 18), sealed.subarray(18)]);
  }

  #act(item: PeerItem): Uint8Array {
    if (item.act === 1) {
      if (item.spoil !== undefined) this.#reader.expectNothing();
      return this.#handshake.actOne();
    }
    const actTwo = this.#reader.actTwo ?? new Uint8Array(0);
    const { actThree, keys } = this.#handshake.actThree(actTwo);
    if (item.spoil === undefined) this.#begin(keys);
    else this.#reader.expectNothing();
    return actThree;
  }

  #begin(keys: HandshakeKeys): void {
    this.#sealer = new MessageSealer(keys);
    this.#reader.begin(keys);
  }

  /** Notes what the server may send in return. */
  #allow({ command, reply }: PeerItem, { type, payload }: { type: number; payload: Uint8Array }) {
    if (type === PING && payload.length >= 2) {
      const wanted = Buffer.from(payload).readUInt16BE(0);
      if (wanted < NO_PONG) this.#allowed.pings++;
    }
    if (command === undefined || type !== CommandoType.commandEnds) return;
    const id = idOf(command.id);
    const known = this.#allowed.commands.get(id);
    if (known === undefined) this.#allowed.commands.set(id, { left: 1, reply });
    else known.left++;
  }

  async #sendStream(stream: Uint8Array): Promise<void> {
    const { cut = Infinity, transport, writes } = this.#case;
    const left = cut - this.#stream;
    const part = stream.subarray(0, Math.max(0, left));
    this.#stream += part.length;
    for (const piece of piecesOf(part, writes.pieces)) {
      const framed =
        transport === 'tcp'
          ? piece
          : Buffer.from(
              frameBytes({ opcode: 2, text: Buffer.from(piece).toString('latin1') }, {}),
              'latin1',
            );
      await this.#writeBytes(framed);
      if (writes.gapMs !== undefined) await sleep(writes.gapMs);
      if (this.#socket.isClosed || this.#isCut) return;
    }
    if (stream.length > left) this.#isCut = true;
  }

  async #writeBytes(data: Uint8Array): Promise<void> {
    // The server can stop reading, and need not read on if the client does not.
    const ms = this.#case.ending === 'never-read' ? STUCK_MS : WRITE_MS;
    if (!(await this.#socket.write(data, ms))) this.#isCut = true;
  }

  async #waitForActTwo(): Promise<boolean> {
    return this.#waitUntil(() => this.#reader.actTwo !== undefined, 'the second message');
  }

  async #waitForUpgrade(): Promise<boolean> {
    await this.#waitUntil(() => this.#reader.status !== undefined, 'a response to the upgrade');
    return this.#reader.status === 101;
  }

  /** Waits for something that the server must send, unless it has closed the connection. */
  async #waitUntil(isThere: () => boolean, what: string): Promise<boolean> {
    const end = performance.now() + REPLY_MS;
    while (!isThere() && !this.#socket.isClosed) {
      const left = end - performance.now();
      if (left <= 0) {
        if (isValid(this.#case)) this.#violation ??= `${what} did not arrive in ${REPLY_MS} ms`;
        return false;
      }
      await this.#socket.nextBytes(left);
    }
    return isThere();
  }

  async #end(): Promise<void> {
    const mustClose = this.#case.items.some(({ closes }) => closes);
    if (mustClose && !this.#isCut && this.#case.ending !== 'never-read') {
      await this.#waitForClose('after input that breaks the protocol', REPLY_MS);
      return;
    }
    switch (this.#case.ending) {
      case 'read':
        await this.#readAll();
        return;
      case 'end':
        this.#socket.raw.end();
        await this.#waitForClose('after FIN', this.#options.closeMs);
        return;
      case 'destroy':
        return;
      case 'reset':
        this.#socket.raw.resetAndDestroy();
        return;
      case 'idle':
      case 'never-read':
        await this.#socket.closes(STAY_MS);
    }
  }

  async #readAll(): Promise<void> {
    if (isValid(this.#case)) await this.#readReplies();
    for (let last = -1; !this.#socket.isClosed && this.#reader.bytes !== last;) {
      last = this.#reader.bytes;
      await this.#socket.nextBytes(QUIET_MS);
    }
  }

  async #readReplies(): Promise<void> {
    const end = performance.now() + REPLY_MS;
    const wanted = this.#case.items.filter(({ reply, waits }) => reply !== undefined && !waits);
    const isComplete = (): boolean =>
      this.#reader.hasInit &&
      wanted.every(({ command }) => this.#reader.replied.has(idOf(command?.id ?? '0')));
    while (!isComplete() && this.#reader.violation === undefined) {
      const left = end - performance.now();
      if (this.#socket.isClosed || left <= 0) {
        // A connection that got nothing was refused. On a busy machine, a handshake can exceed its deadline.
        const isLate = !this.#reader.hasInit && performance.now() - this.#since > HANDSHAKE_MS;
        if (this.#reader.bytes > 0 && !isLate) {
          const why = this.#socket.isClosed ? 'closed' : `silent for ${REPLY_MS} ms`;
          this.#violation ??= `${why} after ${this.#reader.replied.size} of ${wanted.length} replies`;
        }
        return;
      }
      await this.#socket.nextBytes(left);
    }
  }

  async #waitForClose(when: string, ms: number): Promise<void> {
    if (!(await this.#socket.closes(ms)))
      this.#violation ??= `the connection is open ${ms} ms ${when}`;
  }
}

/** Peers have several addresses, if the system has them. One address cannot use all places of the server. */
function addressOf(peer: number): { readonly localAddress?: string } {
  return process.platform === 'linux' ? { localAddress: `127.0.1.${1 + (peer % 8)}` } : {};
}

function spoiled(data: Uint8Array, { spoil }: PeerItem): Uint8Array {
  if (spoil === undefined || data.length === 0) return data;
  const changed = Buffer.from(data);
  const at = (((spoil.at % data.length) + data.length) % data.length) | 0;
  changed[at] = (changed[at] ?? 0) ^ spoil.xor;
  return changed;
}

function* piecesOf(
  data: Uint8Array,
  pieces: PeerCase['writes']['pieces'],
): Generator<Uint8Array, void> {
  const count = pieces === 'whole' ? 1 : pieces === 'bytes' ? Math.min(data.length, 400) : pieces;
  let from = 0;
  for (let left = count; left > 1 && from < data.length; left--) {
    const share = pieces === 'bytes' ? 1 : Math.ceil(((data.length - from) * 0.618) / left);
    yield data.subarray(from, from + share);
    from += share;
  }
  if (from < data.length) yield data.subarray(from);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
