import { ClnrestError } from '@clnrest/client';
import type { Amounts } from '@clnrest/client';
import { MAX_STRING_BYTES, NodeClient, Pacer, readRune } from '@clnrest/client/transport';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type KeyPair, randomKeyPair } from '../noise/keys.ts';
import { parseAddress } from './address.ts';
import { CommandoCalls } from './commando-calls.ts';
import { readKeyPair } from './identity.ts';

/** Options of a {@link CommandoClient}. */
export interface CommandoClientOptions<A extends Amounts = Amounts> {
  /** The node: `02…@host:9735` over TCP, `02…@ws://host:port` or `02…@wss://host` over a WebSocket. */
  readonly address: string;
  /** The rune that authorises calls. */
  readonly rune?: string | undefined;
  /**
   * The private key that identifies this client to the node, 32 bytes or 64 hex digits. Runes with an `id=` restriction require
   * it. Defaults to a random one. A node keeps one connection for each identity: a second client with the same key disconnects
   * the first.
   */
  readonly privateKey?: string | Uint8Array | undefined;
  /** Delays calls as the rune's `rate` and `per` require, and retries calls that the node rejects as too soon. */
  readonly pace?: boolean | undefined;
  /** `bigint`: amounts in results, the members `msat` and `…_msat`, are always bigints. */
  readonly amounts?: A | undefined;
  /**
   * Maximum size of a result of `call` and `callText` in bytes, and of what `items` and `stream` hold for a slow reader.
   * Defaults to the maximum length of a string.
   */
  readonly maxAnswerBytes?: number | undefined;
  /** Time limit of connecting and of the handshake in milliseconds. Defaults to 30,000. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * While calls wait, the client sends a ping when the node has sent nothing for so many milliseconds, and disconnects after twice
   * as many. Defaults to 30,000.
   */
  readonly silenceMs?: number | undefined;
}

const CONNECT_MS = 30_000;
const SILENCE_MS = 30_000;

/**
 * Calls a node's commands over the Lightning protocol itself (BOLT 8), with lightningd's plugin commando. The node needs no open
 * REST port, no certificate and no DNS name.
 *
 * The methods, their types and their errors are those of `ClnrestClient` of `@clnrest/client`. Every command is sent once: after a
 * broken connection, the error's `mayHaveRun` is true if the command was sent. Aborting a call does not cancel the command in the
 * node, because commando cannot do that.
 *
 * @example
 * ```ts no-run
 * import { CommandoClient } from '@clnrest/commando';
 *
 * const client = new CommandoClient({ address: '02…@127.0.0.1:9735', rune });
 * const { id, alias } = await client.call('getinfo');
 * ```
 *
 * @example
 * ```ts
 * import { CommandoClient } from '@clnrest/commando';
 *
 * const id = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
 * const client = new CommandoClient({ address: `${id}@127.0.0.1:1`, rune: 'abc', privateKey: '11'.repeat(32) });
 * client.nodeId // => '034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa'
 * const error: any = await client.call('getinfo').catch((error: unknown) => error);
 * [error.code, error.mayHaveRun] // => ['connection_failed', false]
 * ```
 */
export class CommandoClient<A extends Amounts = 'mixed'> extends NodeClient<A> {
  readonly #address: string;
  readonly #rune: string | undefined;
  readonly #ours: KeyPair;

  /** @throws {ClnrestError} `invalid_request` if an option is invalid */
  constructor(options: CommandoClientOptions<A>) {
    const { pace = false, amounts = 'mixed', privateKey } = options;
    const address = parseAddress(options.address);
    const rune = options.rune === undefined ? undefined : readRune(options.rune);
    const ours = privateKey === undefined ? randomKeyPair() : readKeyPair(privateKey);
    const maxAnswerBytes = Math.min(options.maxAnswerBytes ?? MAX_STRING_BYTES, MAX_STRING_BYTES);
    const transport = new CommandoCalls({
      address,
      ours,
      rune,
      pacer: pace && rune !== undefined ? new Pacer(rune) : undefined,
      maxAnswerBytes,
      connectMs: readMs('connectTimeoutMs', options.connectTimeoutMs, CONNECT_MS),
      silenceMs: readMs('silenceMs', options.silenceMs, SILENCE_MS),
    });
    super({ transport, amounts, maxAnswerBytes });
    this.#address = options.address.trim();
    this.#rune = rune;
    this.#ours = ours;
  }

  /** The public key that identifies this client to the node, 66 hex digits. */
  get nodeId(): string {
    return bytesToHex(this.#ours.publicKey);
  }

  /** The private key, 64 hex digits. Keep it to be the same peer again. A secret. */
  get privateKey(): string {
    return bytesToHex(this.#ours.privateKey);
  }

  /** Hides the rune and the private key, which are secrets. */
  toJSON(): { address: string; nodeId: string; rune: string | undefined } {
    const rune = this.#rune === undefined ? undefined : '(hidden)';
    return { address: this.#address, nodeId: this.nodeId, rune };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `CommandoClient { address: '${this.#address}', nodeId: '${this.nodeId}' }`;
  }
}

/** The longest delay of setTimeout. */
const MAX_MS = 2 ** 31 - 1;

function readMs(name: string, value: number | undefined, byDefault: number): number {
  const ms = value ?? byDefault;
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new ClnrestError(
    'invalid_request',
    `Invalid \`${name}\`: use milliseconds up to ${MAX_MS}`,
  );
}
