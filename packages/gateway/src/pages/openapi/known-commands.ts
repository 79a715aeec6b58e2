import type { Category } from '@clnrest/commands/descriptions';

/** A group of operations: a category of the node's commands, or one of the server's own groups. */
export type Tag = Category | 'server' | 'plugins' | 'paths';

/**
 * The commands of Core Lightning, of its sandbox and of older versions that `@clnrest/commands` does not describe, because
 * lightningd has no schemas for them. A command that neither lists belongs to another plugin.
 */
const COMMANDS: Partial<Record<Tag, Readonly<Record<string, string>>>> = {
  server: {
    'clnrest-register-path': 'Registers a path of this API',
    'rest-register-path': 'Registers a path of this API',
    'clnrest-list-paths': 'Lists the registered paths of this API',
    'rest-list-paths': 'Lists the registered paths of this API',
  },
  node: {
    'wss-proxy': 'Manages the proxy for secure websockets',
  },
  runes: {
    invokerune: 'Runs a command with a rune',
    destroyrune: 'Revokes a rune',
    'commando-rune': 'Creates or restricts a rune',
    'commando-listrunes': 'Lists runes',
    'commando-blacklist': 'Revokes runes',
  },
  invoices: {
    delexpiredinvoice: 'Deletes expired invoices',
    decodepay: 'Decodes an invoice',
    'dev-pay-invoice': 'Simulates the payment of an invoice',
  },
  offers: {
    createoffer: 'Signs and stores an offer from elsewhere',
    createinvoicerequest: 'Signs and stores an invoice request from elsewhere',
    payersign: 'Signs a message with a payer key',
  },
  payments: {
    'xpay-as-pay': 'Pays an invoice with xpay, with the parameters of pay',
    paystatus: 'Shows the attempts of a payment',
  },
  channels: {
    setleaserates: 'Sets the rates for leasing out liquidity',
    stfu_channels: 'Pauses channels',
    abort_channels: 'Aborts the paused state of channels',
  },
  onchain: {
    estimatefees: 'Estimates fee rates',
    addpsbtinput: 'Adds inputs to a PSBT',
    sendrawtransaction: 'Sends a transaction to the Bitcoin network',
    getchaininfo: 'Returns information about the blockchain',
    getrawblockbyheight: 'Returns a block by its height',
    getutxout: 'Returns an unspent output',
    addblockdepthwatch: 'Watches the depth of a block',
    addoutpointwatch: 'Watches an outpoint',
    addscidwatch: 'Watches a short channel id',
    addscriptpubkeywatch: 'Watches an output script',
    delblockdepthwatch: 'Removes the watch on the depth of a block',
    deloutpointwatch: 'Removes the watch on an outpoint',
    delscidwatch: 'Removes the watch on a short channel id',
    delscriptpubkeywatch: 'Removes the watch on an output script',
    listwatch: 'Lists watches',
  },
  network: {
    listincoming: 'Lists channels that can receive payments',
  },
  bookkeeping: {
    injectutxodeposit: 'Records an external deposit',
    injectutxospend: 'Records an external withdrawal',
  },
  data: {
    decryptencrypteddata: 'Decrypts encrypted data of a blinded path',
  },
  recovery: { restorefrompeer: 'Restores funds from the backup that peers store' },
  developer: { dev: 'Runs a subcommand for developers' },
};

/** The groups of commands by the prefix of their names. */
const FAMILIES: readonly (readonly [prefix: string, tag: Tag])[] = [
  ['askrene-', 'routing'],
  ['bkpr-', 'bookkeeping'],
  ['dev-', 'developer'],
];

const KNOWN: ReadonlyMap<string, { readonly tag: Tag; readonly summary: string }> = new Map(
  (Object.keys(COMMANDS) as Tag[]).flatMap((tag) =>
    Object.entries(COMMANDS[tag] ?? {}).map(([name, summary]) => [name, { tag, summary }]),
  ),
);

/** Returns the group and the summary of a listed command, or `undefined` for other commands. */
export function knownCommand(
  name: string,
): { readonly tag: Tag; readonly summary: string } | undefined {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const family = FAMILIES.find(([prefix]) => name.startsWith(prefix));
  return family && { tag: family[1], summary: `Runs ${name}` };
}
