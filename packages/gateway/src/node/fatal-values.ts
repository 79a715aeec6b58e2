import { readParameters } from '@clnrest/runes';
import { integer, satoshis, unquoted } from './lightningd-values.ts';
import { outputsOf } from './psbt-outputs.ts';

/** A value of one parameter on which lightningd stops, whatever its rune allows. All were seen on v26.06.6. */
export interface FatalValue {
  readonly name: string;
  /** Its position if the parameters are an array. */
  readonly position: number;
  /** Whether lightningd stops when it runs the command, when `check` checks it, or both: while it reads the parameters. */
  readonly stops: 'run' | 'check' | 'both';
  /**
   * Returns what is wrong with the value's JSON text, if lightningd would stop. A missing parameter is undefined, as is one
   * that is `null`.
   */
  readonly fault: (raw: string | undefined) => string | undefined;
}

/** An address has at most 90 characters. */
const MAX_ADDRESS = 200;
const TOO_LONG = `has more than ${MAX_ADDRESS} characters`;

/** A value's JSON text, whatever its type: lightningd gives the text of an array or an object to the same function as a string. */
const isLong = (raw: string): boolean => raw.length > MAX_ADDRESS + '""'.length;

/** lightningd gives the text to a function that aborts at some 700 bytes (`wally_base58_n_to_bytes`). */
function address(name: string, position: number): FatalValue {
  return value(name, position, (raw) => (isLong(raw) ? TOO_LONG : undefined));
}

/** A list whose elements are addresses, or objects that have an address as their only name. */
function addresses(name: string, position: number): FatalValue {
  return value(name, position, (raw) => (elements(raw).some(isLong) ? TOO_LONG : undefined));
}

/** The values in an array or an object. */
function elements(raw: string): readonly string[] {
  if (!/^[[{]/.test(raw)) return [];
  return readParameters(raw).entries.map((entry) => entry.raw);
}

function value(
  name: string,
  position: number,
  fault: (raw: string) => string | undefined,
  stops: FatalValue['stops'] = 'both',
): FatalValue {
  return { name, position, stops, fault: (raw) => raw && fault(raw) };
}

function required(name: string, position: number): FatalValue {
  return {
    name,
    position,
    stops: 'both',
    fault: (raw) => (raw === undefined ? 'is missing' : undefined),
  };
}

/** Bytes in hex. lightningd reads a text that is not hex as no bytes, on which some commands end it. */
function bytes(name: string, position: number): FatalValue {
  const fault = (raw: string): string | undefined => {
    const hex = unquoted(raw);
    if (hex.length > 2 * MAX_BYTES) return `has more than ${MAX_BYTES} bytes`;
    return /^(?:[0-9a-f]{2})+$/i.test(hex) ? undefined : 'is not hex';
  };
  return value(name, position, fault, 'run');
}

function maxBytes(name: string, position: number, max: number): FatalValue {
  return value(name, position, (raw) =>
    Buffer.byteLength(raw) > max ? `has more than ${max} bytes` : undefined,
  );
}

/** The largest expiry, in seconds. lightningd aborts when it adds one of 2^60 to the time. */
const MAX_EXPIRY = 2n ** 53n;
const MAX_SATOSHI = 2_100_000_000_000_000n;
const INFORM: ReadonlySet<string> = new Set(['constrained', 'unconstrained', 'succeeded']);
const CSV_FORMATS: ReadonlySet<string> = new Set([
  'cointracker',
  'harmony',
  'koinly',
  'quickbooks',
]);
/** More components than this keep lightningd busy: 10,000 take five seconds. */
const MAX_KEY_COMPONENTS = 1_000;
/** The largest onion of BOLT 4. lightningd allocates one of any size, and encrypts it for each hop. */
const MAX_ONION = 65_535n;
/** More hops than a payment can have. With the largest onion, 100 keep lightningd busy for half a second, and 700 for minutes. */
const MAX_HOPS = 100;
/** Bytes of what a message between the parts of lightningd can hold. */
const MAX_BYTES = 65_535;

/** The characters of a signature in zbase32: 65 bytes. */
const ZBASE_LENGTH = 104;
/** The first byte is 31 to 34. The library for signatures aborts on any other one. */
const ZBASE_START = /^(?:d[h769]|r[ybndrfg8ejkm])/;

function signatureFault(raw: string): string | undefined {
  const text = unquoted(raw);
  return text.length === ZBASE_LENGTH && !ZBASE_START.test(text) ? 'is not a signature' : undefined;
}

/** lightningd does not find a key again whose last component is empty, and aborts when it adds the key twice. */
function datastoreKeyFault(raw: string): string | undefined {
  const components = elements(raw);
  if (components.length > MAX_KEY_COMPONENTS)
    return `has more than ${MAX_KEY_COMPONENTS} components`;
  return components.length > 1 && components.at(-1) === '""'
    ? 'ends with an empty component'
    : undefined;
}

/** The statements of a script are short. In JSON, all strings are as short as addresses. */
function spliceScriptFault(raw: string): string | undefined {
  const separator = /^"? *[[{]/.test(raw) ? /[\\"]/ : ';';
  const isFatal = raw.split(separator).some(isLong);
  return isFatal ? `has a part of more than ${MAX_ADDRESS} characters` : undefined;
}

/** A number, or an amount in satoshi. */
function policyModFault(raw: string): string | undefined {
  const isAmount = /^[0-9]{1,20}(?:\.[0-9]{1,8})?(?:sat|msat|btc)?$/.test(unquoted(raw));
  return isAmount || integer(raw) !== undefined ? undefined : 'is not a number or an amount';
}

/** Numbers of fields, or their names. */
function includeFault(raw: string): string | undefined {
  return elements(raw).some((element) => integer(element) === 0n) ? 'contains 0' : undefined;
}

/** The close_to of each channel, by name or by position. */
function destinationsFault(raw: string): string | undefined {
  return elements(raw).some((channel) => elements(channel).some(isLong)) ? TOO_LONG : undefined;
}

/** The fatal values of commands. `docs/reference/lightningd-faults.md` describes them. */
export const FATAL_VALUES: ReadonlyMap<string, readonly FatalValue[]> = new Map([
  ['abort_channels', [required('channel_ids', 0)]],
  [
    'addpsbtoutput',
    [
      value('satoshi', 0, (raw) =>
        (satoshis(raw) ?? 0n) > MAX_SATOSHI ? 'is more than 21,000,000 bitcoin' : undefined,
      ),
      address('destination', 3),
    ],
  ],
  ['addscriptpubkeywatch', [bytes('scriptpubkey', 1)]],
  // lightningd frees the description twice when it loads the layer, if that is persistent. It then never starts again.
  ['askrene-bias-node', [value('description', 4, () => 'is set: omit it', 'run')]],
  [
    'askrene-inform-channel',
    [
      value(
        'inform',
        3,
        (raw) => (unquoted(raw) === 'succeeded' ? 'is succeeded' : undefined),
        'check',
      ),
      value('inform', 3, (raw) =>
        INFORM.has(unquoted(raw)) ? undefined : 'is not constrained, unconstrained or succeeded',
      ),
    ],
  ],
  // The error for an unknown format has memory that was never written, which need not be UTF-8. See `offer`.
  [
    'bkpr-dumpincomecsv',
    [
      value('csv_format', 0, (raw) =>
        CSV_FORMATS.has(unquoted(raw)) ? undefined : `is not ${[...CSV_FORMATS].join(', ')}`,
      ),
    ],
  ],
  // The plugin logs the reply of the data store, which has the text twice, once in hex. See `MAX_LOGGED_BYTES`.
  ['bkpr-editdescriptionbyoutpoint', [maxBytes('description', 1, 80_000)]],
  ['bkpr-editdescriptionbypaymentid', [maxBytes('description', 1, 80_000)]],
  // lightningd logs an unknown tag twice in one message.
  ['bkpr-report', [maxBytes('format', 0, 100_000)]],
  ['checkmessage', [value('zbase', 1, signatureFault)]],
  ['close', [address('destination', 2)]],
  [
    'createonion',
    [
      value('hops', 0, (raw) =>
        elements(raw).length > MAX_HOPS ? `has more than ${MAX_HOPS} hops` : undefined,
      ),
      value('onion_size', 3, (raw) =>
        (integer(raw) ?? 0n) > MAX_ONION ? `is more than ${MAX_ONION}` : undefined,
      ),
    ],
  ],
  ['createproof', [value('include', 2, includeFault)]],
  ['datastore', [value('key', 0, datastoreKeyFault, 'run')]],
  ['dev-splice', [value('script_or_json', 0, spliceScriptFault)]],
  ['fetchinvoice', [bytes('payer_metadata', 8)]],
  // The error for an invalid policy_mod is in memory that is free already.
  ['funderupdate', [maxBytes('policy', 0, 60), value('policy_mod', 1, policyModFault)]],
  ['fundchannel', [address('close_to', 6)]],
  ['fundchannel_start', [address('close_to', 4)]],
  [
    'invoice',
    [
      addresses('fallbacks', 4),
      value(
        'expiry',
        3,
        (raw) => ((integer(raw) ?? 0n) > MAX_EXPIRY ? 'is negative or more than 2^53' : undefined),
        'run',
      ),
    ],
  ],
  ['listaddresses', [address('address', 0)]],
  ['multifundchannel', [value('destinations', 0, destinationsFault)]],
  ['multiwithdraw', [addresses('outputs', 0)]],
  // The error quotes the last three bytes, which need not be UTF-8. lightningd ends plugins that send anything else.
  ['offer', [value('amount', 0, (raw) => (/[^\x20-\x7e]/.test(raw) ? 'is not ASCII' : undefined))]],
  ['openchannel_init', [address('close_to', 6)]],
  ['payersign', [bytes('tweak', 3)]],
  ['sendcustommsg', [bytes('msg', 1)]],
  ['signmessagewithkey', [address('address', 1)]],
  // The signer aborts.
  [
    'signpsbt',
    [
      value(
        'psbt',
        0,
        (raw) => (outputsOf(unquoted(raw)) === 0 ? 'has no outputs' : undefined),
        'run',
      ),
    ],
  ],
  ['splicein', [address('channel', 0), address('amount', 1)]],
  ['spliceout', [address('channel', 0), address('amount', 1), address('destination', 2)]],
  ['stfu_channels', [required('channel_ids', 0)]],
  ['txprepare', [addresses('outputs', 0)]],
  ['withdraw', [address('destination', 0)]],
]);
