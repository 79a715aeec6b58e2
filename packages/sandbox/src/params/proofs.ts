import { type Bip353Name, Bolt12Error, decodeOffer, offerId } from '@clnrest/runes/bolt12';
import type { JsonToken } from '@clnrest/json/tokens';
import { invalidToken, type Parser, unsignedInteger } from '@clnrest/lightningd/parameters';
import { fieldType } from '../bolt12/field-names.ts';
import { bip353 } from './bolt12.ts';

/** What was paid: an invoice, an offer, or a name. */
export type Paid =
  | { readonly invoice: string }
  | { readonly offerId: Uint8Array; readonly chains: readonly Uint8Array[] | undefined }
  | { readonly name: Bip353Name };

/** What was paid, of any chain. */
export const paid: Parser<Paid> = (token, name) => {
  const text = token.text.replace(/^lightning:/i, '').toLowerCase();
  if (text.startsWith('lni1')) return { invoice: text };
  if (text.startsWith('lno1')) return paidOffer(text, token, name);
  if (text.includes('@')) return { name: bip353(token, name) };
  const forms = 'Expected bolt12 invoice (lni1...), offer (lno1...), or user@domain';
  throw invalidToken(name, forms, token);
};

function paidOffer(text: string, token: JsonToken, name: string): Paid {
  try {
    const { tlvs, values } = decodeOffer(text);
    return { offerId: offerId(tlvs), chains: values.offerChains };
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    throw invalidToken(name, `Invalid offer: ${error.message}`, token);
  }
}

/** Types of fields, by name or number. */
export const fieldTypes: Parser<readonly bigint[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'Expected array', token);
  return token.items.map((item) => {
    if (item.type === 'string') {
      const type = fieldType(item.text);
      if (type === undefined) throw invalidToken(name, 'Unknown field name', item);
      return type;
    }
    const type = item.type === 'primitive' ? unsignedInteger(item.text) : undefined;
    if (type === undefined) throw invalidToken(name, 'Expected name or number', item);
    return type;
  });
};
