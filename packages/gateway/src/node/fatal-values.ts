/** A value of one parameter on which lightningd stops, whatever its rune allows. All were seen on v26.06.6. */
export interface FatalValue {
  readonly name: string;
  /** Its position if the parameters are an array. */
  readonly position: number;
  /** Whether lightningd also stops if `check` gets the value: while it reads the parameters. */
  readonly stopsCheck: boolean;
  /**
   * Returns what is wrong with the value's JSON text, if lightningd would stop. A missing parameter is undefined, as is one
   * that is `null`.
   */
  readonly fault: (raw: string | undefined) => string | undefined;
}

/** More than an address has, which is at most 90 characters. A text with escapes has more. */
const LONG_TEXT = /(?:[^"\\]|\\.){201}/s;
const TOO_LONG = 'has more than 200 characters';

/** lightningd gives the text to a function that aborts at some 700 characters (`wally_base58_n_to_bytes`). */
function address(name: string, position: number): FatalValue {
  const fault = (raw = ''): string | undefined => (LONG_TEXT.test(raw) ? TOO_LONG : undefined);
  return { name, position, stopsCheck: true, fault };
}

function value(
  name: string,
  position: number,
  fault: (raw: string) => string | undefined,
  stopsCheck = true,
): FatalValue {
  return { name, position, stopsCheck, fault: (raw) => raw && fault(raw) };
}

/** The largest expiry, in seconds. lightningd aborts when it adds one of 2^60 to the time. */
const MAX_EXPIRY = 2n ** 53n;
const MAX_SATOSHI = 2_100_000_000_000_000n;
const INFORM: ReadonlySet<string> = new Set(['constrained', 'unconstrained', 'succeeded']);
const MAX_POLICY = 60;

const policy = (raw: string): string | undefined =>
  raw.length > MAX_POLICY ? `has more than ${MAX_POLICY} characters` : undefined;

/** The fatal values of commands. `docs/reference/lightningd-faults.md` describes them. */
export const FATAL_VALUES: ReadonlyMap<string, readonly FatalValue[]> = new Map([
  [
    'abort_channels',
    [
      {
        name: 'channel_ids',
        position: 0,
        stopsCheck: false,
        fault: (raw) => (raw === undefined ? 'is missing' : undefined),
      },
    ],
  ],
  [
    'addpsbtoutput',
    [
      value('satoshi', 0, (raw) =>
        (satoshis(raw) ?? 0n) > MAX_SATOSHI ? 'is more than 21,000,000 bitcoin' : undefined,
      ),
      address('destination', 3),
    ],
  ],
  [
    'askrene-inform-channel',
    [
      value('inform', 3, (raw) =>
        INFORM.has(unquoted(raw)) ? undefined : 'is not constrained, unconstrained or succeeded',
      ),
    ],
  ],
  ['close', [address('destination', 2)]],
  // The elements are numbers of fields, or their names.
  [
    'createproof',
    [value('include', 2, (raw) => (/[[,"]0+[\],"]/.test(raw) ? 'contains 0' : undefined))],
  ],
  [
    'fetchinvoice',
    [value('payer_metadata', 8, (raw) => (raw === '""' ? 'is empty' : undefined), false)],
  ],
  ['funderupdate', [value('policy', 0, policy), value('policy_mod', 1, policy)]],
  ['fundchannel', [address('close_to', 6)]],
  ['fundchannel_start', [address('close_to', 4)]],
  [
    'invoice',
    [
      address('fallbacks', 4),
      value(
        'expiry',
        3,
        (raw) => {
          const seconds = integer(raw);
          const isFatal = seconds !== undefined && (seconds < 0n || seconds > MAX_EXPIRY);
          return isFatal ? 'is negative or more than 2^53' : undefined;
        },
        false,
      ),
    ],
  ],
  ['listaddresses', [address('address', 0)]],
  ['multifundchannel', [address('destinations', 0)]],
  ['multiwithdraw', [address('outputs', 0)]],
  ['openchannel_init', [address('close_to', 6)]],
  ['signmessagewithkey', [address('address', 1)]],
  ['splicein', [address('channel', 0)]],
  ['spliceout', [address('channel', 0), address('destination', 2)]],
  ['txprepare', [address('outputs', 0)]],
  ['withdraw', [address('destination', 0)]],
]);

/** A number, or a string of digits, which lightningd takes for a number. */
export function integer(raw: string | undefined): bigint | undefined {
  const digits = unquoted(raw ?? '');
  return /^-?[0-9]{1,30}$/.test(digits) ? BigInt(digits) : undefined;
}

/** The amount of `1000`, `1000sat`, `1000000msat` or `0.00001btc` in satoshi, rounded down. */
function satoshis(raw: string): bigint | undefined {
  const match = /^([0-9]{1,30})(?:\.([0-9]{0,11}))?(sat|msat|btc)?$/.exec(unquoted(raw));
  if (match === null) return undefined;
  const [, whole = '', fraction = '', unit] = match;
  if (unit === 'btc')
    return BigInt(whole) * 100_000_000n + BigInt(fraction.padEnd(8, '0').slice(0, 8));
  return unit === 'msat' ? BigInt(whole) / 1_000n : BigInt(whole);
}

export function unquoted(raw: string): string {
  return raw.startsWith('"') ? raw.slice(1, -1) : raw;
}
