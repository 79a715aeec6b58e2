import { setMaxListeners } from 'node:events';
import { type CommandoPiece, CommandoErrorCode, writePiece } from '@clnrest/commando/peer';
import type { ConnectionSettings } from '../commands/command.ts';
import { FrameScanner } from '../json/frame-scanner.ts';
import { quote } from '../json/strings.ts';
import type { Node } from '../node.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import { dispatch } from '../rpc-server/dispatch.ts';
import type { OutputItem } from '../rpc-server/output-queue.ts';
import { readRequest } from '../rpc-server/request.ts';
import { IncomingCommands } from './incoming-commands.ts';
import { CommandoRefusal, readCommand } from './read-command.ts';
import { type ReplyPiece, replyPieces } from './reply-pieces.ts';

/** Commands of one peer that run, or whose replies are not sent. lightningd has no limit. */
const MAX_COMMANDS = 32;
const TOO_MANY = `Too many commands at once: ${MAX_COMMANDS} are running`;
/** Bytes that a peer leaves unread at which its replies wait. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** The cost of a command, and of a byte of it, in units of work: to read it and to check its rune. */
const COMMAND_COST = 1_000;
const BYTE_COST = 4;

/** What the node does for one peer. */
interface Client {
  commands: number;
  readonly disconnected: AbortController;
  /** Replies that wait until the peer reads, in order. */
  readonly replies: { readonly id: bigint; readonly pieces: Generator<ReplyPiece, void> }[];
}

/** Runs the commands of peers that their runes allow, and sends the replies as fast as the peers read. */
export class CommandoServer {
  readonly #node: Node;
  readonly #incoming = new IncomingCommands();
  readonly #clients = new Map<RemotePeer, Client>();

  constructor(node: Node) {
    this.#node = node;
  }

  /** Takes a piece of a command. */
  push(peer: RemotePeer, piece: CommandoPiece): void {
    const command = this.#incoming.push(peer.id, piece);
    if (command === undefined) return;
    peer.charge(COMMAND_COST + BYTE_COST * command.length);
    if (command === 'oversize') {
      // As lightningd does. Clients know the limit.
      this.#node.log.log('unusual', `${peer.id}: ignoring oversize request`);
      return;
    }
    const client = this.#clientOf(peer);
    client.commands++;
    if (client.commands <= MAX_COMMANDS) this.#run(peer, client, piece.id, command);
    else this.#reply(peer, client, piece.id, [refusalText(CommandoErrorCode.remote, TOO_MANY)]);
    // A peer that sends commands and does not read the refusals must wait.
    if (client.commands >= 2 * MAX_COMMANDS) peer.pause('commands');
  }

  /** Goes on with the replies to a peer that has read. */
  onDrain(peer: RemotePeer): void {
    const client = this.#clients.get(peer);
    if (client !== undefined) this.#write(peer, client);
  }

  /** Cancels the waiting commands of a peer. Unlike lightningd, which runs them to their end. */
  onDisconnect(peer: RemotePeer): void {
    this.#incoming.forget(peer.id);
    this.#clients.get(peer)?.disconnected.abort();
    this.#clients.delete(peer);
  }

  #clientOf(peer: RemotePeer): Client {
    const found = this.#clients.get(peer);
    if (found !== undefined) return found;
    const disconnected = new AbortController();
    // Each waiting command listens.
    setMaxListeners(0, disconnected.signal);
    const client = { commands: 0, disconnected, replies: [] };
    this.#clients.set(peer, client);
    return client;
  }

  #run(peer: RemotePeer, client: Client, id: bigint, command: Buffer): void {
    const outputs = this.#outputs(command, peer, client);
    if (!(outputs instanceof Promise)) {
      this.#reply(peer, client, id, outputs);
      return;
    }
    void outputs.then((later) => this.#reply(peer, client, id, later));
  }

  /** The reply to a command. The promise never rejects. */
  #outputs(
    command: Buffer,
    peer: RemotePeer,
    client: Client,
  ): readonly OutputItem[] | Promise<readonly OutputItem[]> {
    try {
      const { request } = readCommand(command, peer.id, this.#node);
      return this.#dispatch(request, client.disconnected.signal);
    } catch (error) {
      if (error instanceof CommandoRefusal) return [refusalText(error.code, error.message)];
      const reason = error instanceof Error ? error.stack : String(error);
      this.#node.log.log('broken', `commando failed: ${reason}`);
      return [refusalText(CommandoErrorCode.remote, 'internal error of the sandbox; see its log')];
    }
  }

  #dispatch(
    text: string,
    signal: AbortSignal,
  ): readonly OutputItem[] | Promise<readonly OutputItem[]> {
    const bytes = Buffer.from(text);
    const [frame] = new FrameScanner(bytes.length).push(bytes);
    if (frame === undefined) {
      throw new CommandoRefusal(CommandoErrorCode.remote, 'Invalid JSON');
    }
    const node = this.#node;
    const { allowDeprecated, developer } = node.configuration;
    const connection: ConnectionSettings = {
      notifications: false,
      batching: false,
      deprecated: allowDeprecated,
    };
    return dispatch(node, readRequest(frame), (request) => ({
      node,
      developer,
      id: request.id,
      request: request.frame,
      connection,
      signal,
      sendBeforeReply: () => undefined,
    }));
  }

  #reply(peer: RemotePeer, client: Client, id: bigint, outputs: readonly OutputItem[]): void {
    if (peer.isClosed) return;
    client.replies.push({ id, pieces: replyPieces(outputs) });
    this.#write(peer, client);
  }

  #write(peer: RemotePeer, client: Client): void {
    while (peer.pendingBytes < MAX_PENDING_BYTES && !peer.isClosed) {
      const [reply] = client.replies;
      if (reply === undefined) return;
      const piece = reply.pieces.next().value;
      if (piece !== undefined) {
        const { type, payload } = writePiece({ kind: 'reply', id: reply.id, ...piece });
        peer.send(type, payload);
      }
      if (piece !== undefined && !piece.isLast) continue;
      client.replies.shift();
      client.commands--;
      if (client.commands < 2 * MAX_COMMANDS) peer.resume('commands');
    }
  }
}

/** commando's own errors have neither `jsonrpc` nor `id`. */
function refusalText(code: number, message: string): string {
  return `{"error":{"code":${code},"message":${quote(message)}}}`;
}
