/**
 * The input of one connection, as JSON. Each character up to U+00FF of a text is a byte. `{{name}}` is a placeholder for
 * a value from the node (`{{rune}}`, `{{sid}}`, …). `{{text*count}}` repeats a text.
 */
export interface FuzzCase {
  readonly kind: string;
  /** `plain`: sends without TLS to the TLS port. */
  readonly protocol: 'http' | 'https' | 'plain';
  readonly items: readonly Item[];
  readonly writes: Writes;
  readonly ending: Ending;
  /** Continues to send after FIN from the server, unlike a correct client. */
  readonly halfOpen?: true;
}

/** A unit of input: a request, an upgrade, WebSocket frames or invalid bytes. */
export interface Item {
  readonly kind: string;
  /** The lines of a request up to its body. */
  readonly head?: readonly string[];
  readonly body?: readonly string[];
  readonly frames?: readonly Frame[];
  /** The acceptable statuses. Absent if the bytes are ambiguous or invalid. */
  readonly status?: readonly number[];
  /** The server does not have to respond to later items. */
  readonly last?: true;
  /** The response never starts or never ends. */
  readonly waits?: true;
  /** The client sends the item after all responses to earlier items. */
  readonly after?: 'response';
}

/** A WebSocket frame. */
export interface Frame {
  readonly opcode: number;
  readonly text: string;
  readonly fin?: false;
  readonly rsv?: number;
  readonly unmasked?: true;
  /** The declared length, if it is wrong. */
  readonly length?: number;
}

/** How the client writes the bytes. */
export interface Writes {
  /** The number of writes: one, several, or one per byte. */
  readonly pieces: 'whole' | 'bytes' | number;
  /** Milliseconds between two writes. */
  readonly gapMs?: number;
}

/**
 * - `read`: read the responses, then close;
 * - `end`: send FIN, read until the other side closes;
 * - `destroy`, `reset`: close immediately;
 * - `idle`: read, and keep the connection for seconds;
 * - `never-read`: keep the connection for seconds without reading.
 */
export type Ending = 'read' | 'end' | 'destroy' | 'reset' | 'idle' | 'never-read';

/** The values of placeholders. */
export type Values = Readonly<Record<string, string>>;

/** Placeholders with more bytes than this are written in pieces. */
const LARGE = 256 * 1024;
const PLACEHOLDER = /\{\{(\w+)\}\}|\{\{([^*]{1,200}?)\*([0-9]+)\}\}/g;

/** Returns a text with its placeholders filled in. */
export function fill(text: string, values: Values): string {
  if (!text.includes('{{')) return text;
  return text.replace(PLACEHOLDER, (_, name?: string, repeated?: string, times?: string) =>
    name !== undefined ? (values[name] ?? name) : (repeated ?? '').repeat(Number(times)),
  );
}

/** Yields the bytes of an item in pieces of bounded size. `{{length}}` is the length of its body. */
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

/** Returns the length of a text with its placeholders filled in. */
export function lengthOf(text: string, values: Values): number {
  let length = text.length;
  for (const [all, name, repeated, times] of text.matchAll(PLACEHOLDER)) {
    const filled =
      name === undefined ? (repeated ?? '').length * Number(times) : (values[name] ?? name).length;
    length += filled - all.length;
  }
  return length;
}

/** Returns the bytes of a frame. */
export function frameBytes(frame: Frame, values: Values): string {
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
  // A mask of zeros is valid and leaves the text unchanged.
  return head.toString('latin1') + (mask === 0 ? '' : '\0\0\0\0') + text;
}
