import type { Alternative } from './alternative.ts';
import type { Circumstances, InvoiceFields, InvoiceProblem, StaticCall } from './call.ts';
import { compare, type FieldValue } from './compare.ts';
import { isWithoutPunctuation, withoutPunctuation } from './condition.ts';
import { jsonInteger } from './integers.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { type Pause, pauseOfPer, pauseOfRate } from './rate.ts';
import { byteString } from './text.ts';

const SECOND = 1_000_000_000n;
/** So many parameters are compared one by one. */
const FEW = 8;
/** For shorter texts, a cache is not faster than the conversion. */
const SHORT = 64;

/** The reason why an alternative cannot be decided. */
export interface Undecided {
  readonly undecided: string;
}

/** The result of testing an alternative: undefined if it holds, the reason if it fails, or undecided. */
export type Outcome = string | Undecided | undefined;

/** Returns the reason against an alternative. An undecided alternative does not hold. */
export function reasonOf(outcome: Outcome): string | undefined {
  return typeof outcome === 'object' ? outcome.undecided : outcome;
}

/**
 * The fields of one call, looked up by name as in lightningd. Parameters are parsed once, when first needed.
 */
export class Fields {
  readonly #call: StaticCall;
  readonly #circumstances: Circumstances;
  readonly #uniqueId: string | undefined;
  readonly #nodeId: string | undefined;
  #parameters: Parameters | undefined;
  #byName: ReadonlyMap<string, string> | undefined;
  // Caches, since a rune can test the same field thousands of times. Most calls need none of them.
  #values: Map<string, FieldValue> | undefined;
  /** The first tested parameter. Most runes restrict only one, and a map costs more than its value. */
  #first: { readonly fieldname: string; readonly value: FieldValue } | undefined;
  #bytes: Map<string, string> | undefined;
  #invoices: Map<string, InvoiceFields | InvoiceProblem> | undefined;
  #lastUse: LastUse | undefined;

  constructor(call: StaticCall, circumstances: Circumstances, uniqueId: string | undefined) {
    this.#call = call;
    this.#circumstances = circumstances;
    this.#uniqueId = uniqueId;
    this.#nodeId = call.nodeId?.toLowerCase();
  }

  /**
   * Returns the call's parameters; none if the call has no `params`.
   *
   * @throws {RuneSyntaxError} if the parameters are not a JSON object or array
   */
  parameters(): Parameters {
    const { params } = this.#call;
    this.#parameters ??= params === undefined ? NO_PARAMETERS : readParameters(params);
    return this.#parameters;
  }

  /**
   * Tests one alternative. Reasons use the rune's field names.
   *
   * @throws {RuneSyntaxError} like `parameters`, if the alternative tests a parameter
   */
  test(alternative: Alternative): Outcome {
    const { fieldname } = alternative;
    switch (fieldname) {
      case 'time':
        return this.#testTime(alternative);
      case 'id':
        return this.#compare(alternative, this.#nodeId);
      case 'method':
        return this.#compare(alternative, this.#call.method);
      case 'pnum':
        return compare(alternative, BigInt(this.parameters().entries.length));
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
    return compare(alternative, value, (text) =>
      cached((this.#bytes ??= new Map()), text, byteString),
    );
  }

  #testTime(alternative: Alternative): Outcome {
    const { now } = this.#call;
    if (isMoment(now)) return compare(alternative, now / SECOND);
    return alternative.condition === '#' ? undefined : { undecided: 'the time is unknown here' };
  }

  #testPause(pause: Pause): Outcome {
    if ('problem' in pause) return pause.problem;
    this.#lastUse ??= this.#findLastUse();
    if ('undecided' in this.#lastUse) return this.#lastUse;
    const { since } = this.#lastUse;
    return since !== undefined && since < pause.nanoseconds ? 'too soon' : undefined;
  }

  /** Only `undefined` means "never used". A promise or null from `lastUsed` counts as a failure. */
  #findLastUse(): LastUse {
    const { lastUsed } = this.#circumstances;
    const { now } = this.#call;
    // The uses of a rune without an id cannot be counted.
    if (lastUsed === undefined || this.#uniqueId === undefined || !isMoment(now))
      return UNKNOWN_LAST_USE;
    const time: unknown = lastUsed(this.#uniqueId);
    if (time === undefined) return { since: undefined };
    if (!isMoment(time)) return UNKNOWN_LAST_USE;
    // If the clock was set back, no time has passed, as in lightningd.
    return { since: now < time ? 0n : now - time };
  }

  #testInvoice(alternative: Alternative): Outcome {
    const asked = alternative.fieldname.slice('pinv'.length);
    const field = /^(.*)_(amount|description|node)$/s.exec(asked);
    if (field === null) return `Unknown invoice field ${asked}`;
    const [, parameter = '', what] = field;
    const raw = this.#named(`pname${parameter}`);
    if (raw === undefined) return `Unknown invoice parameter ${parameter}`;
    const { readInvoice } = this.#circumstances;
    if (readInvoice === undefined) {
      return { undecided: 'Invalid invoice: invoices are not supported here' };
    }
    const read = cached((this.#invoices ??= new Map()), parameter, () =>
      readInvoice(rawText(raw).replace(/^(?:lightning|LIGHTNING):/, '')),
    );
    if ('problem' in read) {
      const reason = `Invalid invoice: ${read.problem}`;
      return read.isUnknownKind === true ? { undecided: reason } : reason;
    }
    return this.#compare(alternative, invoiceField(read, what ?? ''));
  }

  #parameter(fieldname: string): FieldValue {
    if (this.#first?.fieldname === fieldname) return this.#first.value;
    if (this.#first !== undefined) {
      return cached((this.#values ??= new Map()), fieldname, () => this.#valueOf(fieldname));
    }
    this.#first = { fieldname, value: this.#valueOf(fieldname) };
    return this.#first.value;
  }

  #valueOf(fieldname: string): FieldValue {
    const raw = this.#named(fieldname);
    return raw === undefined ? undefined : (jsonInteger(raw) ?? rawText(raw));
  }

  #named(fieldname: string): string | undefined {
    const parameters = this.parameters();
    if (parameters.entries.length <= FEW) return findNamed(fieldname, parameters);
    this.#byName ??= namesOf(parameters);
    return this.#byName.get(fieldname);
  }
}

/** The time since the last use; undefined if it was never used. */
type LastUse = { readonly since: bigint | undefined } | Undecided;

const UNKNOWN_LAST_USE: Undecided = { undecided: 'the last use is unknown here' };
const NO_PARAMETERS: Parameters = { kind: 'object', entries: [] };

/** Rejects other types, such as numbers, from JavaScript callers. */
function isMoment(time: unknown): time is bigint {
  return typeof time === 'bigint';
}

function cached<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key);
  if (value !== undefined || known.has(key)) return value as V;
  const made = make(key);
  known.set(key, made);
  return made;
}

/** The same as looking the name up in {@link namesOf}, for few parameters. */
function findNamed(fieldname: string, { kind, entries }: Parameters): string | undefined {
  const prefix = PREFIXES[kind];
  if (!fieldname.startsWith(prefix)) return undefined;
  const name = fieldname.slice(prefix.length);
  return entries.find((entry) => {
    if (entry.name === name) return true;
    return kind === 'object' && entry.name.length > name.length
      ? isWithoutPunctuation(entry.name, name)
      : false;
  })?.raw;
}

/** The part of a field name before that of a parameter. */
const PREFIXES = { object: 'pname', array: 'parr' } as const;

/** Maps `pnameX`, with and without punctuation, and `parrN` to raw values. The first of equal names wins. */
function namesOf({ kind, entries }: Parameters): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (name: string, raw: string): void => {
    if (!names.has(name)) names.set(name, raw);
  };
  for (const { name, raw } of entries) {
    add(PREFIXES[kind] + name, raw);
    if (kind === 'object') add(PREFIXES[kind] + withoutPunctuation(name), raw);
  }
  return names;
}

/** Removes the quotes of a string, without unescaping. Other values are compared as raw JSON. */
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
