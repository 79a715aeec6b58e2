import { READONLY_RESTRICTIONS } from './preset.ts';
import type { PresetRune } from './preset-rune.ts';

/** What the operator chooses for a new rune. */
export interface Choices {
  /** The comment that names the rune; can be empty. */
  readonly name: string;
  /** The maximum amount of a payment in satoshi; undefined without a limit. */
  readonly limitSat: bigint | undefined;
  /** Whether a limit includes the fees that the program sends. */
  readonly limitsFees: boolean;
  /** In seconds since 1970; undefined if the rune does not expire. */
  readonly expiry: bigint | undefined;
  /** Uses per minute; undefined without a limit. */
  readonly rate: bigint | undefined;
}

/** The restrictions of a new rune as createrune accepts them: unescaped alternatives. */
export type Restrictions = readonly (readonly string[])[];

/** Commands that pay an invoice, and the parameter with the invoice. */
const INVOICE_PARAMETERS: ReadonlyMap<string, string> = new Map([
  ['pay', 'bolt11'],
  ['xpay', 'invstring'],
]);

/**
 * Commands that can spend without an invoice. No restriction limits all of them on all nodes, so runes with a limit do not
 * allow them. `close` can send the funds to a foreign address. `funderupdate` adds funds to channels that others open. `invoicerequest` pays anyone who answers it.
 */
const UNLIMITED: ReadonlySet<string> = new Set([
  'close',
  'fundchannel',
  'funderupdate',
  'invoicerequest',
  'keysend',
  'sendpay',
  'withdraw',
  'xkeysend',
]);

/** The smallest limit of fees, since routes have fixed fees. */
const MIN_FEE_MSAT = 10_000n;

/**
 * Returns the restrictions of a preset's rune.
 *
 * An invoice with an amount is paid without `amount_msat`, so only `pinv…` limits the amount. lightningd v26.06 forgets the names
 * of parameters after the first restriction that is not on the method, the number of parameters, time or rate. Even a comment counts
 * (observed). Therefore the restriction on the invoice comes first, no later one requires a parameter (a rune with a limit has no
 * `more`), and the name is the last. Over REST, the gateway itself checks the later ones.
 */
export function presetRestrictions(rune: PresetRune, choices: Choices): Restrictions {
  const { name, limitSat, limitsFees, expiry, rate } = choices;
  const limit = rune.fees === 'no limits' || rune.fees === undefined ? undefined : limitSat;
  return [
    ...methods(rune, limit !== undefined),
    ...(limit === undefined ? more(rune) : limits(rune, limit, limitsFees)),
    ...(expiry === undefined ? [] : [[`time<${expiry}`]]),
    ...(rate === undefined ? [] : [[`rate=${rate}`]]),
    ...(name === '' ? [] : [[`name#${name}`]]),
  ];
}

/** Returns the commands that a limit removes from a preset's rune. */
export function withheldCommands({ commands, fees }: PresetRune): readonly string[] {
  if (commands === 'readonly' || fees === undefined || fees === 'no limits') return [];
  return commands.filter((command) => UNLIMITED.has(command));
}

function more({ more = [] }: PresetRune): Restrictions {
  return more.map((alternative) => [alternative]);
}

function methods({ commands }: PresetRune, isLimited: boolean): Restrictions {
  if (commands === 'readonly') return READONLY_RESTRICTIONS;
  const allowed = commands.filter((command) => !isLimited || !UNLIMITED.has(command));
  return [allowed.map((command) => `method=${command}`)];
}

function limits(
  { commands, fees }: PresetRune,
  limitSat: bigint,
  limitsFees: boolean,
): Restrictions {
  const paying = [...INVOICE_PARAMETERS].filter(([command]) => commands.includes(command));
  const isSole = commands.length === 1;
  const only = (command: string, condition: string): readonly string[] =>
    isSole ? [condition] : [`method/${command}`, condition];
  return [
    ...paying.map(([command, name]) =>
      only(command, `pinv${name}_amount<${limitSat * 1000n + 1n}`),
    ),
    ...(fees === 'only the invoice' ? paying.map(([command]) => only(command, 'pnum=1')) : []),
    ...(fees === 'numbers' && limitsFees ? feeLimits(limitSat) : []),
  ];
}

/**
 * A tenth of the limit. Other parameters that raise the fee must be missing. By position they are not possible, since
 * restrictions on invoices require parameters by name.
 */
function feeLimits(limitSat: bigint): Restrictions {
  const tenth = limitSat * 100n;
  const fee = tenth > MIN_FEE_MSAT ? tenth : MIN_FEE_MSAT;
  return [
    ['pnamemaxfee!', `pnamemaxfee<${fee + 1n}`],
    ['pnamemaxfeepercent!'],
    ['pnameexemptfee!'],
  ];
}
