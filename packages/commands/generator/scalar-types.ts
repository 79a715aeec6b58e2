/** How a type of lightningd is written in TypeScript, in results and in parameters. */
interface ScalarType {
  readonly result: string;
  readonly param: string;
}

function same(type: string): ScalarType {
  return { result: type, param: type };
}

/** The types of lightningd's schemas. Names with a capital are exported by `src/formats.ts`. */
const SCALAR_TYPES: Readonly<Record<string, ScalarType>> = {
  string: same('string'),
  boolean: same('boolean'),
  null: same('null'),
  number: same('number'),
  integer: same('number'),
  u8: same('number'),
  u16: same('number'),
  u32: same('number'),
  u64: same('U64'),
  msat: { result: 'Msat', param: 'MsatInput' },
  msat_or_any: { result: 'Msat', param: "MsatInput | 'any'" },
  sat: { result: 'Sat', param: 'SatInput' },
  sat_or_all: { result: 'Sat', param: "SatInput | 'all'" },
  feerate: same('Feerate'),
  currency: same('CurrencyAmount'),
  outputdesc: same('OutputDescription'),
  hex: same('Hex'),
  hash: same('Hash'),
  txid: same('Txid'),
  secret: same('Secret'),
  pubkey: same('Pubkey'),
  short_channel_id: same('ShortChannelId'),
  short_channel_id_dir: same('ShortChannelIdDir'),
  outpoint: same('Outpoint'),
  signature: same('Signature'),
  bip340sig: same('Bip340Signature'),
};

/** Returns the type, or undefined for `object`, `array` and types that no version had so far. */
export function scalarType(type: string, direction: 'param' | 'result'): string | undefined {
  return SCALAR_TYPES[type]?.[direction];
}
