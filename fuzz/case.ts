/**
 * What one connection sends, as JSON. Texts are bytes as characters up to U+00FF, in which `{{name}}` is a placeholder for
 * what the node gave out (`{{rune}}`, `{{sid}}`, …) and `{{text*count}}` for a text many times.
 */
export interface FuzzCase {
  readonly kind: string;
  /** `plain`: without TLS to the port that expects it. */
  readonly protocol: 'http' | 'https' | 'plain';
  readonly items: readonly Item[];
  readonly writes: Writes;
  readonly ending: Ending;
  /** Goes on sending when the other side has sent FIN, as no well-behaved client does. */
  readonly halfOpen?: true;
}

/** What is sent as one: a request, an upgrade, frames of a websocket, or bytes that are nothing. */
export interface Item {
  readonly kind: string;
  /** The lines of a request up to its body. */
  readonly head?: readonly string[];
  readonly body?: readonly string[];
  readonly frames?: readonly Frame[];
  /** The statuses that may answer it. Absent where the bytes can be read in several ways, or in none. */
  readonly status?: readonly number[];
  /** What follows it on the connection need not be answered. */
  readonly last?: true;
  /** Its response never comes, or never ends. */
  readonly waits?: true;
  /** Is sent when everything before it has been answered. */
  readonly after?: 'response';
}

/** A frame of a websocket. */
export interface Frame {
  readonly opcode: number;
  readonly text: string;
  readonly fin?: false;
  readonly rsv?: number;
  readonly unmasked?: true;
  /** The length that it claims, where that is not the right one. */
  readonly length?: number;
}

/** How the bytes are handed to the system. */
export interface Writes {
  /** In one piece, in so many pieces, or byte by byte. */
  readonly pieces: 'whole' | 'bytes' | number;
  /** Milliseconds between two pieces. */
  readonly gapMs?: number;
}

/**
 * - `read`: read the responses, then close;
 * - `end`: send FIN, read until the other side closes;
 * - `destroy`, `reset`: close at once;
 * - `idle`: read, and stay for seconds;
 * - `never-read`: stay for seconds without reading.
 */
export type Ending = 'read' | 'end' | 'destroy' | 'reset' | 'idle' | 'never-read';

/** The values of placeholders. */
export type Values = Readonly<Record<string, string>>;

/** More than this in one placeholder is written piece by piece. */
const LARGE = 256 * 1024;
const PLACEHOLDER = /\{\{(\w+)\}\}|\{\{([^*]{1,200}?)\*([0-9]+)\}\}/g;

/** A text with its placeholders filled in. */
export function fill(text: string, values: Values): string {
  if (!text.includes('{{')) return text;
  return text.replace(PLACEHOLDER, (_, name?: string, repeated?: string, times?: string) =>
    name !== undefined ? (values[name] ?? name) : (repeated ?? '').repeat(Number(times)),
  );
}

/** The bytes of an item, in pieces that are small enough to be held. `{{length}}` is that of its body. */
export function* bytesOf(item: Item, values: Values): Generator<string> {
  const { head, body = [], frames = [] } = item;
  if (head !== undefined) {
    const length = body.reduce((sum, piece) => sum + lengthOf(piece, values), 0);
    yield `${fill(head.join('\r\n'), { ...values, length: String(length) })}\r\n\r\n`;
  }
  for (const piece of body) yield* inParts(piece, values);
  for (const frame of frames) yield frameBytes(frame, values);
}

function* inParts(piece: string, values: Values): Generator<string> {
  const whole = /^\{\{([^*]{1,200}?)\*([0-9]+)\}\}$/.exec(piece);
  const text = whole?.[1] ?? '';
  let left = Number(whole?.[2] ?? 0);
  if (text.length * left <= LARGE) {
    yield fill(piece, values);
    return;
  }
  const atOnce = Math.ceil(LARGE / 4 / text.length);
  const part = text.repeat(atOnce);
  for (; left > atOnce; left -= atOnce) yield part;
  yield text.repeat(left);
}

/** The length of a text when its placeholders are filled in. */
export function lengthOf(text: string, values: Values): number {
  let length = text.length;
  for (const [all, name, repeated, times] of text.matchAll(PLACEHOLDER)) {
    const filled =
      name === undefined ? (repeated ?? '').length * Number(times) : (values[name] ?? name).length;
    length += filled - all.length;
  }
  return length;
}

function frameBytes(frame: Frame, values: Values): string {
  const text = fill(frame.text, values);
  const length = frame.length ?? text.length;
  const first = (frame.fin === false ? 0 : 0x80) | ((frame.rsv ?? 0) << 4) | frame.opcode;
  const mask = frame.unmasked === true ? 0 : 0x80;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = first;
  if (length < 126) head[1] = mask | length;
  else if (length < 65_536) {
    head[1] = mask | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = mask | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  // A mask of zeros leaves the text as it is, and is as good as any other.
  return head.toString('latin1') + (mask === 0 ? '' : '\0\0\0\0') + text;
}
