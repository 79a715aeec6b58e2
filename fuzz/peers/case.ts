import { commandMessages, CommandoType } from '@clnrest/commando/peer';
import { type Ending, fill, type Frame, type Values, type Writes } from '../case.ts';

/**
 * The input of one connection to the ports for peers, as JSON. Each character up to U+00FF of a text is a byte. Placeholders are
 * those of the cases for the gateway: `{{rune}}`, `{{text*count}}`.
 */
export interface PeerCase {
  readonly kind: string;
  readonly transport: 'tcp' | 'websocket';
  /** The number of the peer's key and address. Peers with the same number replace each other. */
  readonly peer: number;
  readonly items: readonly PeerItem[];
  readonly writes: Writes;
  readonly ending: Ending;
  /** Sends only so many bytes of the stream. */
  readonly cut?: number;
}

/** A unit of input. It has one of `head`, `act`, `raw`, `frame`, `message` and `command`. */
export interface PeerItem {
  readonly kind: string;
  /** Lines of an HTTP request that asks for the WebSocket. */
  readonly head?: readonly string[];
  /** A message of the handshake. */
  readonly act?: 1 | 3;
  /** Bytes in place of something else. */
  readonly raw?: string;
  /** A frame of the WebSocket that carries no part of the stream. */
  readonly frame?: Frame;
  readonly message?: { readonly type: number; readonly payload: string };
  readonly command?: CommandPiece;
  /** Sends the item so many times. */
  readonly times?: number;
  /** Changes a byte of what is sent: its position from the start, or from the end if negative. */
  readonly spoil?: { readonly at: number; readonly xor: number };
  /** The declared length of a message, if it is wrong. */
  readonly length?: number;
  /** The acceptable error codes of the reply; 0 is a result. Absent if any reply, or none, is acceptable. */
  readonly reply?: readonly number[];
  /** The server must disconnect. */
  readonly closes?: true;
  /** The reply never comes. */
  readonly waits?: true;
}

/** A piece of a command. */
export interface CommandPiece {
  /** The 64-bit id, in hex. */
  readonly id: string;
  readonly json: string;
  readonly isLast: boolean;
}

/** Returns the messages of an item, without encryption. A long command is cut into several. */
export function messagesOf(
  { message, command }: PeerItem,
  values: Values,
): { readonly type: number; readonly payload: Uint8Array }[] {
  if (message !== undefined) {
    return [{ type: message.type, payload: bytes(message.payload, values).subarray(0, 65_533) }];
  }
  if (command === undefined) return [];
  const json = bytes(command.json, values);
  const messages = commandMessages(idOf(command.id), json);
  if (command.isLast) return messages;
  return messages.map(({ payload }) => ({ type: CommandoType.commandContinues, payload }));
}

export function idOf(hex: string): bigint {
  return BigInt.asUintN(64, BigInt(`0x${hex}`));
}

/** Returns the bytes of a text with its placeholders filled in. */
export function bytes(text: string, values: Values): Uint8Array {
  return Buffer.from(fill(text, values), 'latin1');
}

/** Whether the server must reply to all commands of a case in time: all items are valid, and no other peer has this key. */
export function isValid({ items, peer, cut, ending, transport }: PeerCase): boolean {
  const isOurs = peer >= SHARED_PEERS && cut === undefined && ending !== 'never-read';
  const opening = transport === 'tcp' ? OPENING : ['upgrade', ...OPENING];
  return (
    isOurs &&
    opening.every((kind, index) => items[index]?.kind === kind) &&
    items.every((item) => item.reply !== undefined || isHarmless(item))
  );
}

/** Peers below this number share their keys with those of other cases. */
export const SHARED_PEERS = 4;

const OPENING = ['handshake', 'handshake', 'init'];
const HARMLESS: ReadonlySet<string> = new Set(['upgrade', 'handshake', 'init', 'ping', 'odd']);

function isHarmless({ kind, spoil }: PeerItem): boolean {
  return HARMLESS.has(kind) && spoil === undefined;
}
