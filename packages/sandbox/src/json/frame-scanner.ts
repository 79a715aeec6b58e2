import { JsonSyntaxError } from '@clnrest/json/tokens';

/** One member of the top-level object of a frame, as offsets into its bytes. */
interface MemberSpan {
  /** The name as written between its quotes. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** One complete JSON object or array, byte for byte as received. */
export interface Frame {
  readonly bytes: Buffer;
  /** Members of the top-level object, in order; empty for a top-level array. */
  readonly members: readonly MemberSpan[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

interface OpenMember {
  nameStart: number;
  nameEnd: number;
  /** -1 until the scanner reaches the start or end of the value. */
  start: number;
  end: number;
}

/**
 * Splits a stream of bytes into JSON objects and arrays.
 *
 * lightningd uses no framing on its socket and on the pipes of its plugins: a value ends where its
 * outermost bracket closes. The scanner keeps its state between chunks, so it reads each byte once. It
 * records only the spans of the top-level members, so a response of hundreds of megabytes from a plugin
 * is never parsed.
 */
export class FrameScanner {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  /** Bytes in `#chunks`; the offsets below count from the first of them. */
  #buffered = 0;
  /** The open brackets, outermost first: true for an object. */
  #open: boolean[] = [];
  #start = 0;
  #inString = false;
  #escaped = false;
  #stringStart = 0;
  #members: OpenMember[] = [];
  /** The next expected part of a member of the outermost object. */
  #expecting: 'name' | 'colon' | 'value' = 'name';

  /** @param maxBytes - the scanner rejects a longer value */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Scans the next chunk. @returns the values that the chunk completes
   *
   * @throws JsonSyntaxError if the bytes are not JSON. Its `text` is the complete buffer, including
   *   values that the chunk completed: lightningd discards them, too.
   */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    const base = this.#buffered;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    let consumed = 0;
    for (let i = 0; i < chunk.length; i++) {
      if (this.#inString) {
        i = this.#skipString(chunk, i);
        if (!this.#inString) this.#stringEnds(base + i);
        continue;
      }
      const byte = chunk[i];
      if (isSpace(byte)) {
        if (this.#open.length === 1) this.#valueEnds(base + i);
        continue;
      }
      if (this.#open.length === 1 && byte !== COMMA && byte !== COLON) this.#valueStarts(base + i);
      switch (byte) {
        case QUOTE:
          if (this.#open.length === 0) throw this.#malformed();
          this.#inString = true;
          this.#stringStart = base + i + 1;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (this.#open.length === 0) {
            this.#start = base + i;
            this.#members = [];
            this.#expecting = 'name';
          }
          this.#open.push(byte === OPEN_BRACE);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (this.#open.length === 1) this.#valueEnds(base + i);
          if (this.#open.pop() !== (byte === CLOSE_BRACE)) throw this.#malformed();
          if (this.#open.length === 1) this.#valueEnds(base + i + 1);
          if (this.#open.length === 0) {
            consumed = base + i + 1;
            frames.push(this.#frame(consumed));
          }
          break;
        case COLON:
          if (this.#open.length === 1 && this.#expecting === 'colon') this.#expecting = 'value';
          break;
        case COMMA:
          if (this.#open.length === 0) throw this.#malformed();
          if (this.#open.length === 1) {
            this.#valueEnds(base + i);
            this.#expecting = 'name';
          }
          break;
        default:
          if (this.#open.length === 0) throw this.#malformed();
      }
    }
    this.#discard(this.#open.length === 0 ? this.#buffered : consumed);
    if (this.#buffered > this.#maxBytes) {
      throw new JsonSyntaxError('too_long', `the value is longer than ${this.#maxBytes} bytes`, '');
    }
    return frames;
  }

  /** The index of the closing quote, or of the last byte of the chunk. */
  #skipString(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      if (this.#escaped) {
        this.#escaped = false;
      } else if (chunk[i] === BACKSLASH) {
        this.#escaped = true;
      } else if (chunk[i] === QUOTE) {
        this.#inString = false;
        return i;
      }
    }
    return chunk.length - 1;
  }

  #stringEnds(at: number): void {
    if (this.#open.length !== 1) return;
    if (this.#expecting === 'name') {
      this.#members.push({ nameStart: this.#stringStart, nameEnd: at, start: -1, end: -1 });
      this.#expecting = 'colon';
    } else {
      this.#valueEnds(at + 1);
    }
  }

  #valueStarts(at: number): void {
    const member = this.#members.at(-1);
    if (this.#expecting === 'value' && member?.start === -1) member.start = at;
  }

  #valueEnds(at: number): void {
    const member = this.#members.at(-1);
    if (member !== undefined && member.start !== -1 && member.end === -1) member.end = at;
  }

  #frame(end: number): Frame {
    const all = this.#joined();
    const start = this.#start;
    const members = this.#members
      .filter((member) => member.end !== -1)
      .map((member) => ({
        name: all.toString('utf8', member.nameStart, member.nameEnd),
        start: member.start - start,
        end: member.end - start,
      }));
    return { bytes: all.subarray(start, end), members };
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const all = Buffer.concat(this.#chunks, this.#buffered);
    this.#chunks = [all];
    return all;
  }

  /** Discards the first bytes and adjusts the offsets. */
  #discard(count: number): void {
    if (count === this.#buffered) {
      this.#chunks = [];
      this.#buffered = 0;
    } else if (count > 0) {
      const rest = this.#joined().subarray(count);
      this.#chunks = [rest];
      this.#buffered = rest.length;
      this.#start -= count;
      this.#stringStart -= count;
      for (const member of this.#members) {
        member.nameStart -= count;
        member.nameEnd -= count;
        if (member.start !== -1) member.start -= count;
        if (member.end !== -1) member.end -= count;
      }
    }
  }

  #malformed(): JsonSyntaxError {
    return new JsonSyntaxError('malformed', 'not JSON', this.#joined().toString('utf8'));
  }
}

/** The span of the first member with that name; lightningd ignores later ones. */
export function findMember(frame: Frame, name: string): MemberSpan | undefined {
  return frame.members.find((member) => member.name === name);
}
