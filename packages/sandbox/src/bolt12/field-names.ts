/** The names of an invoice's fields, which `createproof` reads and writes, and their types. */
const TYPES: Readonly<Record<string, bigint>> = {
  offer_chains: 2n,
  offer_metadata: 4n,
  offer_currency: 6n,
  offer_amount: 8n,
  offer_description: 10n,
  offer_features: 12n,
  offer_absolute_expiry: 14n,
  offer_paths: 16n,
  offer_issuer: 18n,
  offer_quantity_max: 20n,
  offer_issuer_id: 22n,
  invreq_chain: 80n,
  invreq_amount: 82n,
  invreq_features: 84n,
  invreq_quantity: 86n,
  invreq_payer_id: 88n,
  invreq_payer_note: 89n,
  invreq_paths: 90n,
  invreq_bip_353_name: 91n,
  invoice_paths: 160n,
  invoice_blindedpay: 162n,
  invoice_created_at: 164n,
  invoice_relative_expiry: 166n,
  invoice_payment_hash: 168n,
  invoice_amount: 170n,
  invoice_fallbacks: 172n,
  invoice_features: 174n,
  invoice_node_id: 176n,
  signature: 240n,
};

const NAMES: ReadonlyMap<bigint, string> = new Map(
  Object.entries(TYPES).map(([name, type]) => [type, name]),
);

/** The type of the field with that name. */
export function fieldType(name: string): bigint | undefined {
  return Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
}

/** The name of a field, or its type if it has no name. */
export function fieldName(type: bigint): string | bigint {
  return NAMES.get(type) ?? type;
}
