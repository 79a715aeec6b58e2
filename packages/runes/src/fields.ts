import type { Alternative } from './alternative.ts';
import type { Call, Circumstances, InvoiceFields } from './call.ts';
import { compare, type FieldValue } from './compare.ts';
import { withoutPunctuation } from './condition.ts';
import { jsonInteger } from './integers.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { type Pause, pauseOfPer, pauseOfRate } from './rate.ts';
import { byteString } from './text.ts';

const SECOND = 1_000_000_000n;
/** Texts shorter than that are read again as fast as they are looked up. */
const SHORT = 64;

/**
 * The fields of one call, looked up by name as lightningd does. Parameters are split once, when the
 * first alternative asks for them.
 */
export class Fields {
  readonly #call: Call;
  readonly #circumstances: Circumstances;
  readonly #uniqueId: string | undefined;
  readonly #nodeId: string | undefined;
  readonly #parameters: Parameters | undefined;
  #byName: ReadonlyMap<string, string> | undefined;
  // A rune may ask for the same thing thousands of times: what is long to find out is found out once.
  readonly #values = new Map<string, FieldValue>();
  readonly #bytes = new Map<string, string>();
  readonly #lastUses = new Map<string, bigint | undefined>();
  readonly #invoices = new Map<string, InvoiceFields | { readonly problem: string }>();

  /** @throws {RuneSyntaxError} where the call's parameters are not a JSON object or array */
  constructor(call: Call, circumstances: Circumstances, uniqueId: string | undefined) {
    this.#call = call;
    this.#circumstances = circumstances;
    this.#uniqueId = uniqueId;
    this.#nodeId = call.nodeId?.toLowerCase();
    this.#parameters = call.params === undefined ? undefined : readParameters(call.params);
  }

  /** Tests one alternative: nothing if it holds, else the reason in the rune's own terms. */
  test(alternative: Alternative): string | undefined {
    const { fieldname } = alternative;
    switch (fieldname) {
      case 'time':
        return compare(alternative, this.#call.now / SECOND);
      case 'id':
        return this.#compare(alternative, this.#nodeId);
      case 'method':
        return this.#compare(alternative, this.#call.method);
      case 'pnum':
        return compare(alternative, BigInt(this.#parameters?.entries.length ?? 0));
      case 'rate':
        return this.#testPause(pauseOfRate(alternative));
      case 'per':
        return this.#testPause(pauseOfPer(alternative));
      default:
        return fieldname.startsWith('pinv')
          ? this.#testInvoice(alternative)
          : this.#compare(alternative, this.#parameter(fieldname));
    }
  }

  #compare(alternative: Alternative, value: FieldValue): string | undefined {
    if (typeof value !== 'string' || value.length < SHORT) return compare(alternative, value);
    return compare(alternative, value, (text) => remembered(this.#bytes, text, byteString));
  }

  #testPause(pause: Pause): string | undefined {
    if ('problem' in pause) return pause.problem;
    if (this.#uniqueId === undefined) return undefined;
    const lastUsed = remembered(this.#lastUses, this.#uniqueId, (id) =>
      this.#circumstances.lastUsed?.(id),
    );
    if (lastUsed === undefined) return undefined;
    const { now } = this.#call;
    // A clock that was set back counts as no time gone by, as in lightningd.
    const since = now < lastUsed ? 0n : now - lastUsed;
    return since < pause.nanoseconds ? 'too soon' : undefined;
  }

  #testInvoice(alternative: Alternative): string | undefined {
    const asked = alternative.fieldname.slice('pinv'.length);
    const field = /^(.*)_(amount|description|node)$/s.exec(asked);
    if (field === null) return `Unknown invoice field ${asked}`;
    const [, parameter = '', what] = field;
    const raw = this.#named(`pname${parameter}`);
    if (raw === undefined) return `Unknown invoice parameter ${parameter}`;
    const { readInvoice } = this.#circumstances;
    if (readInvoice === undefined) return `Invalid invoice: can't judge invoices here`;
    const read = remembered(this.#invoices, parameter, () =>
      readInvoice(rawText(raw).replace(/^(?:lightning|LIGHTNING):/, '')),
    );
    if ('problem' in read) return `Invalid invoice: ${read.problem}`;
    return this.#compare(alternative, invoiceField(read, what ?? ''));
  }

  #parameter(fieldname: string): FieldValue {
    return remembered(this.#values, fieldname, () => {
      const raw = this.#named(fieldname);
      return raw === undefined ? undefined : (jsonInteger(raw) ?? rawText(raw));
    });
  }

  #named(fieldname: string): string | undefined {
    this.#byName ??= namesOf(this.#parameters);
    return this.#byName.get(fieldname);
  }
}

function remembered<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key);
  if (value !== undefined || known.has(key)) return value as V;
  const made = make(key);
  known.set(key, made);
  return made;
}

/** `pnameX` under the exact name and without its punctuation, `parrN`; the first of equals wins. */
function namesOf(parameters: Parameters | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (name: string, raw: string): void => {
    if (!names.has(name)) names.set(name, raw);
  };
  for (const { name, raw } of parameters?.entries ?? []) {
    if (parameters?.kind === 'array') {
      add(`parr${name}`, raw);
    } else {
      add(`pname${name}`, raw);
      add(`pname${withoutPunctuation(name)}`, raw);
    }
  }
  return names;
}

/** A string loses its quotes and nothing else; other values are compared as they stand. */
function rawText(raw: string): string {
  return raw.startsWith('"') ? raw.slice(1, -1) : raw;
}

function invoiceField(invoice: InvoiceFields, what: string): FieldValue {
  switch (what) {
    case 'amount':
      // lightningd compares signed 64 bits.
      return invoice.amountMsat === undefined ? undefined : BigInt.asIntN(64, invoice.amountMsat);
    case 'description':
      return invoice.description;
    default:
      return invoice.nodeId;
  }
}
