import { ClnrestError } from '@clnrest/client';
import {
  type Body,
  type CallScope,
  type CallTransport,
  type CommandCall,
  paced,
  type Pacer,
} from '@clnrest/client/transport';
import { onAbort } from '@clnrest/bounds';
import { quoteString } from '@clnrest/json';
import { MAX_COMMAND_BYTES } from '../commando/messages.ts';
import { PeerError } from '../peer/peer-error.ts';
import { NodeConnection, type NodeConnectionOptions } from './node-connection.ts';
import { PendingReply } from './pending-reply.ts';

/** A node that has not even sent a ping for so long is probably gone: lightningd v26.06.6 sends one after 60 to 105 silent s. */
const MAX_SILENT_MS = 120_000;

/** Settings of {@link CommandoCalls}. */
export interface CommandoCallsSettings extends NodeConnectionOptions {
  readonly rune: string | undefined;
  readonly pacer: Pacer | undefined;
  readonly maxAnswerBytes: number;
}

/**
 * Carries calls to a node with commando. All calls share one connection, because a node keeps one connection for each identity.
 * Every command is sent once.
 */
export class CommandoCalls implements CallTransport {
  /** Pings notice a broken connection. */
  readonly waitMs = undefined;
  readonly #settings: CommandoCallsSettings;
  readonly #closing = new AbortController();
  #connection: Promise<NodeConnection> | undefined;
  #current: NodeConnection | undefined;
  #count = 0;
  #id = randomId();

  constructor(settings: CommandoCallsSettings) {
    this.#settings = settings;
  }

  async send(call: CommandCall, scope: CallScope): Promise<Body> {
    const { rune, pacer } = this.#settings;
    if (rune === undefined) {
      throw new ClnrestError('rune_missing', 'The call requires a rune: set the option `rune`');
    }
    const json = commandJson(call, rune, `clnrest:${call.method}#${this.#count++}`);
    return paced(pacer?.queue(call), scope, () => this.#sendOnce(json, scope));
  }

  close(): void {
    this.#closing.abort();
    this.#current?.close();
  }

  async #sendOnce(json: Uint8Array, scope: CallScope): Promise<Body> {
    const { signal } = scope;
    signal.throwIfAborted();
    const connection = await unlessAborted(this.#open(), signal);
    signal.throwIfAborted();
    const { rune, maxAnswerBytes } = this.#settings;
    const reply = new PendingReply({
      rune,
      maxUnreadBytes: maxAnswerBytes,
      onRead: () => connection.balance(),
    });
    const id = this.#nextId();
    onAbort(signal, () => {
      // The end of a call aborts its signal, too.
      connection.forget(id);
      if (reply.hasEnded) return;
      connection.balance();
      // The caller gets the signal's reason.
      reply.fail(new ClnrestError('cancelled', 'The call was cancelled'));
    });
    connection.send(id, json, reply);
    scope.sent = true;
    return reply.begin(signal);
  }

  /** The node sees the ids of one client only, so they need not be secret. */
  #nextId(): bigint {
    this.#id = BigInt.asUintN(64, this.#id + 1n);
    return this.#id;
  }

  /** Returns the open connection, or connects. @throws {ClnrestError} `connection_failed`; nothing was sent */
  async #open(): Promise<NodeConnection> {
    if (this.#current !== undefined && !this.#current.isUsable(MAX_SILENT_MS)) {
      this.#current.close();
      this.#current = undefined;
      this.#connection = undefined;
    }
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<NodeConnection> {
    try {
      this.#current = await NodeConnection.open(this.#settings, this.#closing.signal);
      return this.#current;
    } catch (cause) {
      this.#connection = undefined;
      if (!(cause instanceof PeerError)) throw cause;
      const details = { cause, mayHaveRun: false };
      throw new ClnrestError('connection_failed', failureText(cause), details);
    }
  }
}

function failureText({ code, message }: PeerError): string {
  if (code === 'connect_failed') return message;
  if (code !== 'handshake_failed') return `Cannot connect to the node: ${message}`;
  return `Cannot connect to the node: ${message}. Check its id, and the address: a port for WebSockets requires ws://`;
}

/** @throws {ClnrestError} `invalid_request` if the parameters are not JSON, or the command is too long */
function commandJson(
  { method, params = '{}', filter }: CommandCall,
  rune: string,
  id: string,
): Uint8Array {
  requireJson(params);
  const tail = filter === undefined ? '' : `,"filter":${filter}`;
  // The node uses the first of repeated members.
  const json = `{"method":${quoteString(method)},"rune":${quoteString(rune)},"id":${quoteString(id)},"params":${params}${tail}}`;
  const bytes = new TextEncoder().encode(json);
  if (bytes.length > MAX_COMMAND_BYTES) {
    throw new ClnrestError(
      'invalid_request',
      `The command has ${bytes.length} bytes: nodes accept at most ${MAX_COMMAND_BYTES} over commando`,
    );
  }
  return bytes;
}

/** Other text could add members to the command. */
function requireJson(params: string): void {
  try {
    JSON.parse(params);
  } catch {
    throw new ClnrestError('invalid_request', 'The parameters are not valid JSON');
  }
}

function randomId(): bigint {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Rejects with the signal's reason when it aborts; the work goes on for other callers. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason as Error));
    work.then(resolve, reject).finally(stopListening);
  });
}
