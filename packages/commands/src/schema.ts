/** The formats of lightningd's types that are strings or integers in JSON. */
export type Format =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'msat'
  | 'msat_or_any'
  | 'sat'
  | 'sat_or_all'
  | 'feerate'
  | 'currency'
  | 'hex'
  | 'hash'
  | 'txid'
  | 'secret'
  | 'pubkey'
  | 'short_channel_id'
  | 'short_channel_id_dir'
  | 'outpoint'
  | 'signature'
  | 'bip340sig';

/** The names of JSON's types, as JSON Schema has them. */
export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/**
 * A JSON Schema (2020-12) with the keywords that lightningd's commands need. `format` holds lightningd's own types. Objects
 * are open: plugins and newer nodes add members.
 */
export interface Schema {
  readonly type?: JsonType | readonly JsonType[];
  readonly format?: Format;
  readonly enum?: readonly (string | number | boolean)[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly deprecated?: boolean;
}
