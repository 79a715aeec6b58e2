import type { Format, Schema } from '@clnrest/commands';

const HASH = 'b78485130974711f7885b4d7392a81c3359995c1713d86e1899bae66050eb782';
const NODE = '030f0bb4df890f55d2393fd6ded6c45fa2f2dbcfe65e3785cd4a5ce067e1916aa1';
const TXID = 'b875a784cb3fe9b71af62fc7b7c5db37614112cd3d2a5003a4cfb59e176fa148';
const PREIMAGE = '5a8ab96089f21be29195586c0cc8b3f3fd7dffce44be5874cd4655f6268898d6';
/** An empty transaction in the format of BIP 174. */
const PSBT = 'cHNidP8BAAoCAAAAAAAAAAAAAAA=';
/** Seconds since 1970: 28 November 2026. */
const TIME = 1_795_824_000;

/** A value for each format. */
const BY_FORMAT: Readonly<Record<Format, string | number>> = {
  u8: 1,
  u16: 9735,
  u32: 1,
  u64: 1,
  msat: 10_000,
  msat_or_any: 10_000,
  sat: 10,
  sat_or_all: 10,
  feerate: 253,
  currency: '10.50USD',
  hex: '0a1b2c',
  hash: HASH,
  txid: TXID,
  secret: PREIMAGE,
  pubkey: NODE,
  short_channel_id: '104x1x0',
  short_channel_id_dir: '104x1x0/1',
  outpoint: `${TXID}:0`,
  signature: `30440220${HASH}0220${PREIMAGE}`,
  bip340sig: HASH + PREIMAGE,
};

/** The same, also for members with the name of a format. */
const VALUES: ReadonlyMap<string, string | number> = new Map(Object.entries(BY_FORMAT));

/** Texts for members of these names. */
const TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    account: 'wallet',
    account_id: 'wallet',
    addr: '127.0.0.1:9735',
    address: 'bcrt1q6wvgkq8pltkxcanlvcfpxz2ekx9whlz4rmycvy',
    alias: 'BRISKSHOVEL',
    bech32: 'bcrt1q6wvgkq8pltkxcanlvcfpxz2ekx9whlz4rmycvy',
    bolt11: 'lnbcrt100n1…',
    bolt12: 'lno1…',
    close_to_addr: 'bcrt1q6wvgkq8pltkxcanlvcfpxz2ekx9whlz4rmycvy',
    command_to_check: 'invoice',
    coin_type: 'bcrt',
    csv_file: 'income.csv',
    currency: 'bcrt',
    description: 'A cup of tea',
    domain: 'example.com',
    failreason: 'WIRE_TEMPORARY_CHANNEL_FAILURE',
    funding_address: 'bcrt1q6wvgkq8pltkxcanlvcfpxz2ekx9whlz4rmycvy',
    funding_psbt: PSBT,
    invoice: 'lnbcrt100n1…',
    label: 'shop-17',
    layer: 'mine',
    'lightning-dir': '/home/me/.lightning/regtest',
    network: 'regtest',
    offer_currency: 'USD',
    offer_description: 'A cup of tea',
    origin: 'channel opening',
    outpoint: `${TXID}:0`,
    p2tr: 'bcrt1p6wvgkq8pltkxcanlvcfpxz2ekx9whlz4rmycvy0a1b2c3d4e5f6g7h8j9k0',
    plugin: '/usr/libexec/c-lightning/plugins/pay',
    psbt: PSBT,
    rune: 'GexEPy35qDT2e4dJdI-AVH09X-spa4NMpDQ0FkDOKp09MCZtZXRob2Q9Z2V0aW5mbw==',
    signed_psbt: PSBT,
    socket: '127.0.0.1:9735',
    time: '10.042300000',
    unique_id: '0',
    value_str: 'A cup of tea',
    version: 'v26.06.6',
    zbase: 'd7rqzy9…',
  }),
);

/** Integers for members of these names, tried in order. */
const NUMBERS: readonly (readonly [name: RegExp, value: number])[] = [
  [/(?:_at|time|timestamp)$/, TIME],
  [/height$|blocks?$/, 104],
  [/feerate|perkw/, 253],
  [/perkb/, 1_012],
  [/port$/, 9_735],
  [/(?:^|_)(?:vout|outnum|output|index_out)$|^(?:partid|generation|direction)$|^(?:base_)?fee/, 0],
  [/cltv|delay/, 9],
  [/weight$/, 1_116],
];

/** Values that show a command at its best; otherwise an example has the first value of a list. */
const PREFERRED = new Set<unknown>([
  'bolt11 invoice',
  'paid',
  'complete',
  'settled',
  'CHANNELD_NORMAL',
  true,
]);

/** Returns a realistic value of a type that has no members and no items. */
export function valueExample(schema: Schema, name: string): unknown {
  const { type, format, enum: values } = schema;
  if (values !== undefined) return values.find((value) => PREFERRED.has(value)) ?? values[0];
  switch (typeof type === 'string' ? type : type?.[0]) {
    case 'boolean':
      return true;
    case 'number':
      return /time|_at$/.test(name) ? TIME + 0.5 : 0.5;
    case 'integer':
      return integerExample(format, name);
    case 'null':
      return null;
    default:
      return textExample(schema, name);
  }
}

function integerExample(format: Format | undefined, name: string): unknown {
  if (format === 'msat') return /fee/.test(name) ? 2 : BY_FORMAT.msat;
  if (format === 'u8') return BY_FORMAT.u8;
  return NUMBERS.find(([pattern]) => pattern.test(name))?.[1] ?? BY_FORMAT[format ?? 'u32'];
}

function textExample({ format, minLength = 0, maxLength }: Schema, name: string): string {
  const text = format === undefined ? TEXTS.get(name) : hexExample(format, name);
  const value = text ?? String(VALUES.get(format ?? name) ?? 'text');
  return value.padEnd(minLength, '0').slice(0, maxLength);
}

function hexExample(format: Format, name: string): string | undefined {
  if (format !== 'hex') return undefined;
  if (/script/i.test(name)) return '0014d3988b00e1faec6c767f6612130959b18aebfc55';
  if (/features/.test(name)) return '08a0880a8a59a1';
  return name.endsWith('tx') ? '02000000000000000000' : undefined;
}
