import { type CommandoPiece, MAX_COMMAND_BYTES } from '@clnrest/commando/peer';

/** Incomplete commands of all peers, as in lightningd. */
const MAX_INCOMPLETE = 16;

const FIRST_BYTES = 4_096;

/** A command that is not complete, in one buffer: pieces can be as short as a byte. */
class Incomplete {
  readonly id: bigint;
  #buffer = Buffer.alloc(0);
  #length = 0;

  constructor(id: bigint) {
    this.id = id;
  }

  get isOversize(): boolean {
    return this.#length > MAX_COMMAND_BYTES;
  }

  /** The pieces so far. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  push(piece: Uint8Array): void {
    if (this.isOversize) return;
    const length = this.#length + piece.length;
    if (length > MAX_COMMAND_BYTES) {
      this.#buffer = Buffer.alloc(0);
    } else {
      this.#reserve(length);
      this.#buffer.set(piece, this.#length);
    }
    this.#length = length;
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(FIRST_BYTES, 2 * this.#buffer.length, length));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Joins the pieces of commands. As in lightningd, each peer has one incomplete command, and 16 exist at most. */
export class IncomingCommands {
  /** By peer, the oldest first. */
  readonly #incomplete = new Map<string, Incomplete>();

  /** Takes a piece. Returns the whole command if it is the last one, and `oversize` if the command is too long. */
  push(peer: string, { id, isLast, json }: CommandoPiece): Buffer | 'oversize' | undefined {
    const command = this.#commandOf(peer, id);
    command.push(json);
    if (!isLast) return undefined;
    this.#incomplete.delete(peer);
    return command.isOversize ? 'oversize' : command.bytes;
  }

  /** Discards the incomplete command of a peer. */
  forget(peer: string): void {
    this.#incomplete.delete(peer);
  }

  #commandOf(peer: string, id: bigint): Incomplete {
    const found = this.#incomplete.get(peer);
    if (found?.id === id) return found;
    // A new command replaces an incomplete one.
    this.#incomplete.delete(peer);
    const command = new Incomplete(id);
    this.#incomplete.set(peer, command);
    if (this.#incomplete.size > MAX_INCOMPLETE) {
      const [oldest] = this.#incomplete.keys();
      if (oldest !== undefined) this.#incomplete.delete(oldest);
    }
    return command;
  }
}
