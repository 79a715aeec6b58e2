import { RpcError } from '@clnrest/lightningd';
import { MemoryStore, Restriction, Rune, RuneAuthority } from '@clnrest/runes';
import { readInvoice } from '@clnrest/runes/invoices';

/** A call that a {@link RuneNode} received. */
interface ReceivedCall {
  readonly method: string;
  readonly params: { readonly rune?: string; readonly method?: string; readonly params?: unknown };
}

/** The rune commands of a node, without a socket. Its verdicts are those of @clnrest/runes. */
export class RuneNode {
  readonly authority = new RuneAuthority({
    secret: new Uint8Array(32).fill(7),
    store: new MemoryStore(),
    now: () => BigInt(Date.now()) * 1_000_000n,
    readInvoice,
  });
  readonly calls: ReceivedCall[] = [];
  /** Replaces a reply: a result, or an error to throw. */
  readonly replies = new Map<string, (() => string) | Error>();
  /** Commands wait for it. */
  gate: Promise<void> = Promise.resolve();

  /** Creates a rune from unescaped alternatives. */
  create(...restrictions: readonly string[][]): string {
    return this.authority
      .create(restrictions.map((alternatives) => Restriction.of(...alternatives)))
      .toBase64();
  }

  /** The parameters of all calls of a command. */
  paramsOf(method: string): readonly ReceivedCall['params'][] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  readonly callText = async (method: string, params: unknown): Promise<string> => {
    const text = typeof params === 'string' ? params : JSON.stringify(params);
    const parsed = JSON.parse(text) as ReceivedCall['params'];
    this.calls.push({ method, params: parsed });
    await this.gate;
    const reply = this.replies.get(method);
    if (reply instanceof Error) throw reply;
    if (reply !== undefined) return reply();
    switch (method) {
      case 'makesecret':
        return `{"secret":"${'07'.repeat(32)}"}`;
      case 'blacklistrune':
        return JSON.stringify({
          blacklist: this.authority.blacklisted.map(({ first, last }) => ({
            start: Number(first),
            end: Number(last),
          })),
        });
      case 'checkrune': {
        const rune = Rune.fromBase64(parsed.rune ?? '');
        const call = { method: parsed.method, params: JSON.stringify(parsed.params) };
        const refusal = this.authority.refusalOrUse(rune, call);
        if (refusal !== undefined) throw new RpcError(refusal.code, refusal.message);
        return '{"valid":true}';
      }
      default:
        throw new RpcError(-32601, `Unknown command '${method}'`);
    }
  };
}
