import {
  ACT_TWO_BYTES,
  type HandshakeKeys,
  MessageOpener,
  NoiseError,
  readPiece,
} from '@clnrest/commando/peer';
import { type FrameHead, readFrameHead } from './web-socket-frames.ts';

const INIT = 16;
/** The types that the sandbox sends: warning, error, ping, pong and pieces of replies. */
const KNOWN_TYPES: ReadonlySet<number> = new Set([1, 17, 18, 19, 0x594b, 0x594d]);
const PONG = 19;

/** What the server may send, as the client knows it. */
export interface Allowed {
  /** Pings that want a pong. */
  pings: number;
  /** Last pieces of commands that were sent, by id. */
  readonly commands: Map<bigint, { left: number; readonly reply: readonly number[] | undefined }>;
}

/** Reads the bytes from the server, and checks them. */
export class PeerReader {
  /** Codes of complete replies: 0 is a result. */
  readonly codes: number[] = [];
  readonly replied = new Set<bigint>();
  /** The second message of the handshake. */
  actTwo: Uint8Array | undefined;
  /** The status of the response to the upgrade. */
  status: number | undefined;
  hasInit = false;
  bytes = 0;
  violation: string | undefined;
  readonly #allowed: Allowed;
  readonly #onMessage: (text: string) => void;
  readonly #pieces = new Map<bigint, Buffer[]>();
  #isFramed: boolean;
  #raw = Buffer.alloc(0);
  #frame: FrameHead | undefined;
  #stream = Buffer.alloc(0);
  #opener: MessageOpener | undefined;
  #expected: number | undefined;
  #isSilent = false;

  constructor(isFramed: boolean, allowed: Allowed, onMessage: (text: string) => void) {
    this.#isFramed = isFramed;
    this.#allowed = allowed;
    this.#onMessage = onMessage;
  }

  /** The handshake is complete. */
  begin(keys: HandshakeKeys): void {
    this.#opener = new MessageOpener(keys);
    this.#readStream();
  }

  /** The server must not send anything from now on, because the handshake is invalid. */
  expectNothing(): void {
    this.#isSilent = true;
  }

  read(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (!this.#isFramed) {
      this.#push(chunk);
      return;
    }
    this.#raw = Buffer.concat([this.#raw, chunk]);
    if (this.status === undefined) this.#readHead();
    if (this.status === 101) while (this.#readFrame());
  }

  #readHead(): void {
    const end = this.#raw.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#raw.subarray(0, end).toString('latin1');
    this.status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(this.status)) this.#fail(`invalid HTTP response: ${head.slice(0, 200)}`);
    this.#raw = this.#raw.subarray(end + 4);
  }

  #readFrame(): boolean {
    this.#frame ??= readFrameHead(this.#raw);
    const frame = this.#frame;
    if (frame === undefined || this.#raw.length < frame.bytes + frame.length) return false;
    const data = this.#raw.subarray(frame.bytes, frame.bytes + frame.length);
    this.#raw = this.#raw.subarray(frame.bytes + frame.length);
    this.#frame = undefined;
    if (frame.problem !== undefined) this.#fail(frame.problem);
    // Text frames, and others than data and control frames, are not expected.
    if (frame.opcode === 0 || frame.opcode === 2) this.#push(data);
    else if (frame.opcode < 8) this.#fail(`a frame with opcode ${frame.opcode}`);
    return true;
  }

  #push(data: Buffer): void {
    if (data.length === 0) return;
    if (this.#isSilent) this.#fail('bytes after an invalid handshake');
    this.#stream = Buffer.concat([this.#stream, data]);
    this.#readStream();
  }

  #readStream(): void {
    if (this.actTwo === undefined) {
      if (this.#stream.length < ACT_TWO_BYTES) return;
      this.actTwo = this.#take(ACT_TWO_BYTES);
    }
    try {
      while (this.violation === undefined && this.#readMessage());
    } catch (error) {
      if (!(error instanceof NoiseError)) throw error;
      this.#fail(`a message of the server: ${error.message}`);
    }
  }

  #take(count: number): Buffer {
    const taken = this.#stream.subarray(0, count);
    this.#stream = this.#stream.subarray(count);
    return taken;
  }

  #readMessage(): boolean {
    const opener = this.#opener;
    const wanted = this.#expected ?? MessageOpener.lengthBytes;
    if (opener === undefined || this.#stream.length < wanted) return false;
    const sealed = this.#take(wanted);
    if (this.#expected === undefined) this.#expected = opener.openLength(sealed);
    else {
      this.#expected = undefined;
      this.#handle(Buffer.from(opener.openMessage(sealed)));
    }
    return true;
  }

  #handle(message: Buffer): void {
    const type = message.readUInt16BE(0);
    const payload = message.subarray(2);
    this.#onMessage(`${type}: ${payload.toString('latin1').slice(0, 400)}`);
    if (!this.hasInit) {
      this.hasInit = true;
      if (type !== INIT) this.#fail(`the first message has type ${type}`);
      return;
    }
    if (!KNOWN_TYPES.has(type)) this.#fail(`a message of type ${type}`);
    if (type === PONG && --this.#allowed.pings < 0) this.#fail('more pongs than pings');
    const piece = readPiece({ type, payload });
    if (piece?.kind === 'reply') this.#takePiece(piece.id, piece.isLast, Buffer.from(piece.json));
  }

  #takePiece(id: bigint, isLast: boolean, json: Buffer): void {
    const pieces = this.#pieces.get(id) ?? [];
    if (!isLast) {
      this.#pieces.set(id, [...pieces, json]);
      return;
    }
    this.#pieces.delete(id);
    const command = this.#allowed.commands.get(id);
    if (command === undefined || --command.left < 0) {
      this.#fail(`a reply to no command, or two to one (${id})`);
      return;
    }
    this.replied.add(id);
    this.#checkReply(Buffer.concat([...pieces, json]).toString(), command.reply);
  }

  #checkReply(text: string, expected: readonly number[] | undefined): void {
    const code = codeOf(text);
    if (code === undefined || text.includes('internal error')) {
      this.#fail(`a reply: ${text.slice(0, 300)}`);
      return;
    }
    this.codes.push(code);
    if (expected?.includes(code) === false) {
      this.#fail(`a reply with code ${code} (not ${expected.join(', ')}): ${text.slice(0, 300)}`);
    }
  }

  #fail(what: string): void {
    this.violation ??= what;
  }
}

function codeOf(text: string): number | undefined {
  try {
    const reply = JSON.parse(text) as { result?: unknown; error?: { code?: unknown } };
    if (reply.result !== undefined && reply.error === undefined) return 0;
    const code = reply.error?.code;
    return typeof code === 'number' && reply.result === undefined ? code : undefined;
  } catch {
    return undefined;
  }
}
