import { concatBytes } from '@noble/hashes/utils.js';

/**
 * Types of the messages of lightningd's plugin commando. Odd types, so that peers without it ignore them.
 *
 * @example
 * ```ts
 * import { CommandoErrorCode, CommandoType, MAX_COMMAND_BYTES, MAX_PIECE_BYTES } from '@clnrest/commando/peer';
 *
 * CommandoType.replyEnds.toString(16) // => '594d'
 * CommandoErrorCode.remoteRune // => 19537
 * [MAX_PIECE_BYTES, MAX_COMMAND_BYTES] // => [65_000, 1_048_576]
 * ```
 */
export const CommandoType = {
  commandContinues: 0x4c4d,
  commandEnds: 0x4c4f,
  replyContinues: 0x594b,
  replyEnds: 0x594d,
} as const;

/** Error codes of lightningd's plugin commando. */
export const CommandoErrorCode = {
  /** The caller's own node failed. */
  local: 0x4c4f,
  /** The remote node did not run the command. */
  remote: 0x4c50,
  /** The remote node refused the rune. */
  remoteRune: 0x4c51,
} as const;

/** Bytes of JSON in a message, as lightningd sends them. A message has 65,535 at most, and the id takes eight. */
export const MAX_PIECE_BYTES = 65_000;
/** lightningd ignores longer commands, without a reply (observed on v26.06.6). */
export const MAX_COMMAND_BYTES = 1024 * 1024;

const ID_BYTES = 8;

/** A piece of a command or of a reply. */
export interface CommandoPiece {
  readonly kind: 'command' | 'reply';
  /** The last piece. */
  readonly isLast: boolean;
  /** Chosen by the caller, 64 bits. */
  readonly id: bigint;
  readonly json: Uint8Array;
}

/**
 * Reads a message of commando; returns `undefined` if it is another message, or too short.
 *
 * @example
 * ```ts
 * import { readPiece } from '@clnrest/commando/peer';
 *
 * const payload = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 7, 0x7b, 0x7d]);
 * readPiece({ type: 0x594d, payload })?.id // => 7n
 * readPiece({ type: 0x594d, payload })?.isLast // => true
 * readPiece({ type: 19, payload }) // => undefined
 * ```
 */
export function readPiece({
  type,
  payload,
}: {
  readonly type: number;
  readonly payload: Uint8Array;
}): CommandoPiece | undefined {
  const kind = KINDS.get(type);
  if (kind === undefined || payload.length < ID_BYTES) return undefined;
  const id = new DataView(payload.buffer, payload.byteOffset).getBigUint64(0);
  return { ...kind, id, json: payload.subarray(ID_BYTES) };
}

const KINDS: ReadonlyMap<number, Pick<CommandoPiece, 'kind' | 'isLast'>> = new Map([
  [CommandoType.commandContinues, { kind: 'command', isLast: false }],
  [CommandoType.commandEnds, { kind: 'command', isLast: true }],
  [CommandoType.replyContinues, { kind: 'reply', isLast: false }],
  [CommandoType.replyEnds, { kind: 'reply', isLast: true }],
]);

/**
 * Returns the message for a piece.
 *
 * @example
 * ```ts
 * import { writePiece } from '@clnrest/commando/peer';
 *
 * const { type, payload } = writePiece({ kind: 'reply', isLast: true, id: 7n, json: new Uint8Array([0x7b, 0x7d]) });
 * [type, payload.length] // => [0x594d, 10]
 * ```
 */
export function writePiece({ kind, isLast, id, json }: CommandoPiece): {
  readonly type: number;
  readonly payload: Uint8Array;
} {
  const head = new Uint8Array(ID_BYTES);
  new DataView(head.buffer).setBigUint64(0, id);
  const [ends, continues] =
    kind === 'command'
      ? [CommandoType.commandEnds, CommandoType.commandContinues]
      : [CommandoType.replyEnds, CommandoType.replyContinues];
  return { type: isLast ? ends : continues, payload: concatBytes(head, json) };
}

/**
 * Cuts a command into messages.
 *
 * @example
 * ```ts
 * import { commandMessages } from '@clnrest/commando/peer';
 * commandMessages(7n, new Uint8Array(65_001)).map(({ type }) => type) // => [0x4c4d, 0x4c4f]
 * ```
 */
export function commandMessages(
  id: bigint,
  json: Uint8Array,
): { readonly type: number; readonly payload: Uint8Array }[] {
  const messages = [];
  for (let from = 0; from === 0 || from < json.length; from += MAX_PIECE_BYTES) {
    const piece = json.subarray(from, from + MAX_PIECE_BYTES);
    const isLast = from + MAX_PIECE_BYTES >= json.length;
    messages.push(writePiece({ kind: 'command', isLast, id, json: piece }));
  }
  return messages;
}
