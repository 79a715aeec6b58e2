/**
 * Holds payments until the operator releases or rejects them, for example until goods are in stock:
 *
 *     lightning-cli listheld
 *     lightning-cli releaseheld label=coffee
 *     lightning-cli releaseheld label=coffee accept=false
 *
 * `hold-from-msat` is the smallest amount to hold, and `hold-seconds` the time after which a payment is rejected. Keep it
 * well below the CLTV delta of the invoices: the peer closes the channel if an HTLC expires. `setconfig` changes both.
 */
import { type HookResponse, Plugin, RpcError } from '@clnrest/lightningd';
import { bool, defaulted, required, text } from '@clnrest/lightningd/parameters';

type Verdict = HookResponse<'invoice_payment'>;

/** A payment that waits for its verdict. */
interface Held {
  readonly msat: bigint;
  readonly since: number;
  decide(verdict: Verdict): void;
}

const LABEL_UNKNOWN = -1;

const plugin = new Plugin({
  options: {
    'hold-from-msat': {
      type: 'int',
      default: 0,
      dynamic: true,
      description: 'The smallest amount of a payment to hold, in millisatoshi',
    },
    'hold-seconds': {
      type: 'int',
      default: 600,
      dynamic: true,
      description: 'Seconds after which a held payment is rejected',
    },
  },
});

const held = new Map<string, Held>();

plugin.hook(
  'invoice_payment',
  ({ params: { payment }, signal }): Verdict | Promise<Verdict> => {
    const { label } = payment;
    const msat = BigInt(payment.msat);
    if (msat < BigInt(plugin.options['hold-from-msat'])) return { result: 'continue' };
    if (held.has(label)) return { result: 'reject' };
    return new Promise((resolve) => {
      const decide = (verdict: Verdict): void => {
        clearTimeout(timer);
        held.delete(label);
        resolve(verdict);
      };
      const reject = (): void => decide({ result: 'reject' });
      const timer = setTimeout(reject, plugin.options['hold-seconds'] * 1000);
      // The plugin is closing.
      signal.addEventListener('abort', reject, { once: true });
      held.set(label, { msat, since: Math.floor(Date.now() / 1000), decide });
      plugin.log('info', `holding ${msat} msat for ${label}`);
    });
  },
  { fallback: { result: 'reject' } },
);

plugin.command({
  name: 'listheld',
  description: 'Lists the payments that wait to be released',
  parameters: {},
  run: () => ({
    held: [...held].map(([label, { msat, since }]) => ({ label, amount_msat: msat, since })),
  }),
});

plugin.command({
  name: 'releaseheld',
  description: 'Accepts or rejects a held payment',
  parameters: { label: required(text), accept: defaulted(bool, true) },
  validate({ label }) {
    if (!held.has(label)) throw new RpcError(LABEL_UNKNOWN, `no payment is held for ${label}`);
  },
  run({ label, accept }) {
    held.get(label)?.decide({ result: accept ? 'continue' : 'reject' });
    return { label, accepted: accept };
  },
});

void plugin.run();
