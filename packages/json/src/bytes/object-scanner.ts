import { FrameError } from './frame-error.ts';
import { ValueScanner } from './value-scanner.ts';

/** Receives the parts that an {@link ObjectScanner} finds, in the order of the bytes. */
export interface ObjectHandler {
  /** The value of this member follows. */
  memberBegin(key: string): void;
  /** A piece of the member's value: a view of the scanned bytes, not a copy. */
  memberBytes(piece: Buffer): void;
  memberEnd(): void;
  /** The object is complete. */
  objectEnd(): void;
}

type State =
  | 'before object'
  | 'before first key'
  | 'before key'
  | 'in key'
  | 'before colon'
  | 'before value'
  | 'in value'
  | 'after value';

/** No key of the protocol is longer. The limit bounds the memory. */
const MAX_KEY_BYTES = 64 * 1024;

/**
 * Reads a stream of consecutive JSON objects, member by member, without waiting for the end of an
 * object. Pieces can be split anywhere. `\n\n` does not separate objects here: lightningd forwards a
 * plugin's reply verbatim, and a reply can contain blank lines wherever JSON allows white space.
 *
 * @example
 * ```ts
 * import { ObjectScanner } from '@clnrest/json/bytes';
 * const found: string[] = [];
 * const scanner = new ObjectScanner({
 *   memberBegin: (key) => found.push(`${key}=`),
 *   memberBytes: (piece) => found.push(piece.toString()),
 *   memberEnd: () => found.push(';'),
 *   objectEnd: () => found.push('end'),
 * });
 * scanner.push(Buffer.from('{"a": [1, 2], "b": 900719'));
 * scanner.push(Buffer.from('9254740993}'));
 * found.join('') // => 'a=[1, 2];b=9007199254740993;end'
 * ```
 */
export class ObjectScanner {
  readonly #handler: ObjectHandler;
  readonly #values = new ValueScanner();
  #state: State = 'before object';
  #keyPieces: Buffer[] = [];
  #keyBytes = 0;

  constructor(handler: ObjectHandler) {
    this.#handler = handler;
  }

  /** Whether an object has started but not ended. */
  get unfinished(): boolean {
    return this.#state !== 'before object';
  }

  /** Scans the next piece. Throws a FrameError if it cannot be part of an object. */
  push(bytes: Buffer): void {
    let index = 0;
    while (index < bytes.length) {
      switch (this.#state) {
        case 'in key':
          index = this.#key(bytes, index);
          break;
        case 'in value':
          index = this.#value(bytes, index);
          break;
        case 'before object':
        case 'before first key':
        case 'before key':
        case 'before colon':
        case 'before value':
        case 'after value': {
          const byte = bytes[index] ?? 0;
          if (isSpace(byte)) index++;
          else index = this.#punctuation(this.#state, byte, index);
          break;
        }
        default:
          this.#state satisfies never;
      }
    }
  }

  /** Handles a byte between keys and values that is not white space. Returns the index to continue from. */
  #punctuation(state: Exclude<State, 'in key' | 'in value'>, byte: number, index: number): number {
    switch (state) {
      case 'before object':
        if (byte !== OPEN) throw unexpected(byte, 'an object');
        this.#state = 'before first key';
        return index + 1;
      case 'before first key':
      case 'before key':
        if (byte === CLOSE && state === 'before first key') return this.#end(index);
        if (byte !== QUOTE) throw unexpected(byte, 'a key');
        this.#values.reset();
        this.#state = 'in key';
        return index;
      case 'before colon':
        if (byte !== COLON) throw unexpected(byte, 'a colon');
        this.#state = 'before value';
        return index + 1;
      case 'before value':
        this.#values.reset();
        this.#state = 'in value';
        return index;
      case 'after value':
        if (byte === CLOSE) return this.#end(index);
        if (byte !== COMMA) throw unexpected(byte, 'a comma or the end of the object');
        this.#state = 'before key';
        return index + 1;
      default:
        return state satisfies never;
    }
  }

  #key(bytes: Buffer, index: number): number {
    const end = this.#values.scan(bytes, index);
    const piece = bytes.subarray(index, end < 0 ? bytes.length : end);
    this.#keyBytes += piece.length;
    if (this.#keyBytes > MAX_KEY_BYTES) throw new FrameError('a key longer than 64 KiB');
    this.#keyPieces.push(piece);
    if (end < 0) return bytes.length;
    const key = parseKey(
      this.#keyPieces.length === 1 ? piece : Buffer.concat(this.#keyPieces, this.#keyBytes),
    );
    this.#keyPieces = [];
    this.#keyBytes = 0;
    this.#state = 'before colon';
    this.#handler.memberBegin(key);
    return end;
  }

  #value(bytes: Buffer, index: number): number {
    const end = this.#values.scan(bytes, index);
    const stop = end < 0 ? bytes.length : end;
    if (stop > index) this.#handler.memberBytes(bytes.subarray(index, stop));
    if (end < 0) return bytes.length;
    this.#state = 'after value';
    this.#handler.memberEnd();
    return end;
  }

  #end(index: number): number {
    this.#state = 'before object';
    this.#handler.objectEnd();
    return index + 1;
  }
}

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function unexpected(byte: number, wanted: string): FrameError {
  return new FrameError(`expected ${wanted}, got the byte 0x${byte.toString(16).padStart(2, '0')}`);
}

/** Printable ASCII that JSON does not escape. */
const PLAIN_KEY = /^[ !#-[\]-~]*$/;

function parseKey(bytes: Buffer): string {
  const plain = bytes.toString('latin1', 1, bytes.length - 1);
  if (PLAIN_KEY.test(plain)) return plain;
  try {
    return String(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new FrameError('a key that is not a JSON string', { cause });
  }
}
