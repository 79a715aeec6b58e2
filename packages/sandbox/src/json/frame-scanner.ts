import { JsonSyntaxError } from './syntax-error.ts';

/** Where one member of a frame's top-level object lies, as offsets into the frame's bytes. */
interface MemberSpan {
  /** The name as written between its quotes. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** One complete JSON object or array as it came over the wire, byte for byte. */
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

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

interface OpenMember {
  nameStart: number;
  nameEnd: number;
  /** -1 until the value begins, or ends. */
  start: number;
  end: number;
}

/**
 * Cuts a stream of bytes into JSON objects and arrays.
 *
 * lightningd frames neither its socket nor its plugins' pipes: a value ends where its outermost
 * bracket closes, and nothing else says so. This scanner keeps its place between chunks, so that
 * a value cut anywhere is looked at once, and it learns no more of a value than where its
 * top-level members lie: a plugin's answer of hundreds of megabytes is never parsed.
 */
export class FrameScanner {
  readonly #maximumBytes: number;
  #chunks: Buffer[] = [];
  /** Bytes in `#chunks`; every offset below counts from the first of them. */
  #held = 0;
  /** The brackets that are open, outermost first: true for an object. */
  #open: boolean[] = [];
  #start = 0;
  #inString = false;
  #escaped = false;
  #stringStart = 0;
  #members: OpenMember[] = [];
  /** What a string, or the start of a value, means directly inside the outermost bracket. */
  #expecting: 'name' | 'colon' | 'value' = 'name';

  /** @param maximumBytes - a value longer than this is refused */
  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /**
   * Takes the next bytes and gives the values that they complete.
   *
   * @throws JsonSyntaxError when what came can't become JSON. Its `text` is all that was held,
   *   with the values that the same bytes completed, because lightningd loses those too.
   */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    const base = this.#held;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
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
    this.#forget(this.#open.length === 0 ? this.#held : consumed);
    if (this.#held > this.#maximumBytes) {
      throw new JsonSyntaxError('too_long', `a value of more than ${this.#maximumBytes} bytes`, '');
    }
    return frames;
  }

  /** Index of the quote that ends the string, or of the chunk's last byte. */
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
    const all = Buffer.concat(this.#chunks, this.#held);
    this.#chunks = [all];
    return all;
  }

  /** Lets go of the first bytes, and counts offsets from what remains. */
  #forget(count: number): void {
    if (count === this.#held) {
      this.#chunks = [];
      this.#held = 0;
    } else if (count > 0) {
      const rest = this.#joined().subarray(count);
      this.#chunks = [rest];
      this.#held = rest.length;
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

/** The span of a frame's member, the first of that name as in lightningd. */
export const findMember = (frame: Frame, name: string): MemberSpan | undefined =>
  frame.members.find((member) => member.name === name);
