import { createHash } from 'node:crypto';
import type { RpcPipeline } from '@clnrest/lightningd';
import { Master, type NotDerived, type Rune } from '@clnrest/runes';

/** The node's rune secret. It prints redacted: only private fields contain data that derives from it. */
export class RuneSecret {
  readonly #master: Master;
  readonly #digest: string;

  constructor(hex: string) {
    // The error does not quote the text, which can be a secret even if it is malformed.
    if (!/^(?:[0-9a-f]{2})+$/.test(hex)) throw new Error('the node sent a malformed rune secret');
    this.#master = new Master(Buffer.from(hex, 'hex'));
    this.#digest = createHash('sha256').update(hex).digest('base64');
  }

  /** lightningd's reason why a rune does not derive from the secret, or undefined if it does. */
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

/** Fetches the node's rune secret. lightningd derives it from the name `commando`. */
export async function fetchRuneSecret(node: Pick<RpcPipeline, 'callText'>): Promise<RuneSecret> {
  const result: unknown = JSON.parse(await node.callText('makesecret', { string: 'commando' }));
  const { secret } = result as { readonly secret?: unknown };
  return new RuneSecret(String(secret));
}
