import { createHash } from 'node:crypto';
import type { RpcPipeline } from '@clnrest/lightningd';
import { Master, type NotDerived, type Rune } from '@clnrest/runes';

/**
 * The node's rune secret. Private fields hold what derives from it, so that printing, serializing or
 * comparing this object shows nothing.
 */
export class RuneSecret {
  readonly #master: Master;
  readonly #digest: string;

  constructor(hex: string) {
    // The text is a secret, malformed or not.
    if (!/^(?:[0-9a-f]{2})+$/.test(hex)) throw new Error('the node sent a malformed rune secret');
    this.#master = new Master(Buffer.from(hex, 'hex'));
    this.#digest = createHash('sha256').update(hex).digest('base64');
  }

  /** Why a rune does not derive from the secret, in lightningd's words; nothing if it does. */
  verify(rune: Rune): NotDerived | undefined {
    return this.#master.verify(rune);
  }

  equals(other: RuneSecret): boolean {
    return this.#digest === other.#digest;
  }

  toString(): string {
    return 'RuneSecret(redacted)';
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Asks the node for its rune secret, which lightningd derives from the name `commando`. */
export async function fetchRuneSecret(node: Pick<RpcPipeline, 'callText'>): Promise<RuneSecret> {
  const result: unknown = JSON.parse(await node.callText('makesecret', { string: 'commando' }));
  const { secret } = result as { readonly secret?: unknown };
  return new RuneSecret(String(secret));
}
