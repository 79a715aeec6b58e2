import { randomBytes } from 'node:crypto';
import { commandMessages, CommandoErrorCode, type CommandoPiece } from '@clnrest/commando/peer';
import { onAbort } from '@clnrest/bounds';
import { CommandError, type ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';

/** The longest reply. lightningd accepts 500 MiB. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

interface Outgoing {
  readonly peer: RemotePeer;
  pieces: Buffer[];
  bytes: number;
  resolve(reply: Buffer): void;
  reject(error: CommandError): void;
}

/** Commands that were sent to peers and wait for their replies. Each is sent once. */
export class OutgoingCommands {
  readonly #waiting = new Map<bigint, Outgoing>();

  /** Sends a command. Resolves with the whole reply. @throws CommandError, by its promise */
  send(peer: RemotePeer, json: string, signal: AbortSignal): Promise<Buffer> {
    const id = randomBytes(8).readBigUInt64BE();
    return new Promise((resolve, reject) => {
      const stopListening = onAbort(signal, () => this.#waiting.delete(id));
      this.#waiting.set(id, {
        peer,
        pieces: [],
        bytes: 0,
        resolve: (reply) => {
          stopListening();
          resolve(reply);
        },
        reject: (error) => {
          stopListening();
          reject(error);
        },
      });
      for (const { type, payload } of commandMessages(id, Buffer.from(json))) {
        peer.send(type, payload);
      }
    });
  }

  /** Takes a piece of a reply. Replies that nothing waits for are ignored. */
  push(peer: RemotePeer, { id, isLast, json }: CommandoPiece): void {
    const command = this.#waiting.get(id);
    if (command?.peer !== peer) return;
    command.bytes += json.length;
    if (command.bytes <= MAX_REPLY_BYTES) command.pieces.push(Buffer.from(json));
    else command.pieces = [];
    if (!isLast) return;
    this.#waiting.delete(id);
    if (command.bytes > MAX_REPLY_BYTES) command.reject(localError('Reply was oversize'));
    else command.resolve(Buffer.concat(command.pieces));
  }

  /** lightningd waits forever for the reply of a peer that has disconnected. */
  onDisconnect(peer: RemotePeer): void {
    for (const [id, command] of this.#waiting) {
      if (command.peer !== peer) continue;
      this.#waiting.delete(id);
      command.reject(localError('The peer disconnected before it replied'));
    }
  }
}

/** An error of the node that sent the command. */
export function localError(message: string): CommandError {
  return new CommandError(CommandoErrorCode.local satisfies ErrorCode, message);
}
