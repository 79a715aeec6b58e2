import type { Alternative } from './alternative.ts';
import type { Circumstances, InvoiceFields, InvoiceProblem, StaticCall } from './call.ts';
import { compare, type FieldValue } from './compare.ts';
import { withoutPunctuation } from './condition.ts';
import { jsonInteger } from './integers.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { type Pause, pauseOfPer, pauseOfRate } from './rate.ts';
import { byteString } from './text.ts';

const SECOND = 1_000_000_000n;
/** Texts shorter than that are read again as fast as they are looked up. */
const SHORT = 64;

/** Why an alternative can't be judged here. */
export interface Unjudged {
  readonly unjudged: string;
}

/** What a test finds: undefined if the alternative holds, the reason if not, or that it can't tell. */
export type Outcome = string | Unjudged | undefined;

/** The reason against an alternative: what can't be judged does not hold. */
export function reasonOf(outcome: Outcome): string | undefined {
  return typeof outcome === 'object' ? outcome.unjudged : outcome;
}

/**
 * The fields of one call, looked up by name as lightningd does. Parameters are split once, when the
 * first alternative asks for them.
 */
export class Fields {
  readonly #call: StaticCall;
  readonly #circumstances: Circumstances;
  readonly #uniqueId: string | undefined;
  readonly #nodeId: string | undefined;
  #parameters: Parameters | undefined;
  #byName: ReadonlyMap<string, string> | undefined;
  // A rune may ask for the same thing thousands of times: what is long to find out is found out once.
  readonly #values = new Map<string, FieldValue>();
  readonly #bytes = new Map<string, string>();
  readonly #invoices = new Map<string, InvoiceFields | InvoiceProblem>();
  #lastUse: LastUse | undefined;

  constructor(call: StaticCall, circumstances: Circumstances, uniqueId: string | undefined) {
    this.#call = call;
    this.#circumstances = circumstances;
    this.#uniqueId = uniqueId;
    this.#nodeId = call.nodeId?.toLowerCase();
  }

  /**
   * The call's parameters, none if it has no text of them.
   *
   * @throws {RuneSyntaxError} where they are not a JSON object or array
   */
  parameters(): Parameters {
    const { params } = this.#call;
    this.#parameters ??= params === undefined ? NO_PARAMETERS : readParameters(params);
    return this.#parameters;
  }

  /**
   * Tests one alternative; reasons are in the rune's own terms.
   *
   * @throws {RuneSyntaxError} as `parameters`, if the alternative is about them
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
    return compare(alternative, value, (text) => remembered(this.#bytes, text, byteString));
  }

  #testTime(alternative: Alternative): Outcome {
    const { now } = this.#call;
    if (isMoment(now)) return compare(alternative, now / SECOND);
    return alternative.condition === '#' ? undefined : { unjudged: "can't judge the time here" };
  }

  #testPause(pause: Pause): Outcome {
    if ('problem' in pause) return pause.problem;
    this.#lastUse ??= this.#findLastUse();
    if ('unjudged' in this.#lastUse) return this.#lastUse;
    const { since } = this.#lastUse;
    return since !== undefined && since < pause.nanoseconds ? 'too soon' : undefined;
  }

  /** Only `undefined` from the source means "never used": a promise or a null is a source that fails. */
  #findLastUse(): LastUse {
    const { lastUsed } = this.#circumstances;
    const { now } = this.#call;
    // A rune without an id has no uses that anything could count.
    if (lastUsed === undefined || this.#uniqueId === undefined || !isMoment(now))
      return NO_LAST_USE;
    const time: unknown = lastUsed(this.#uniqueId);
    if (time === undefined) return { since: undefined };
    if (!isMoment(time)) return NO_LAST_USE;
    // A clock that was set back counts as no time gone by, as in lightningd.
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
      return { unjudged: `Invalid invoice: can't judge invoices here` };
    }
    const read = remembered(this.#invoices, parameter, () =>
      readInvoice(rawText(raw).replace(/^(?:lightning|LIGHTNING):/, '')),
    );
    if ('problem' in read) {
      const reason = `Invalid invoice: ${read.problem}`;
      return read.isUnknownKind === true ? { unjudged: reason } : reason;
    }
    return this.#compare(alternative, invoiceField(read, what ?? ''));
  }

  #parameter(fieldname: string): FieldValue {
    return remembered(this.#values, fieldname, () => {
      const raw = this.#named(fieldname);
      return raw === undefined ? undefined : (jsonInteger(raw) ?? rawText(raw));
    });
  }

  #named(fieldname: string): string | undefined {
    this.#byName ??= namesOf(this.parameters());
    return this.#byName.get(fieldname);
  }
}

/** How long ago the last use was, undefined if there was none. */
type LastUse = { readonly since: bigint | undefined } | Unjudged;

const NO_LAST_USE: Unjudged = { unjudged: "can't judge the last use here" };
const NO_PARAMETERS: Parameters = { kind: 'object', entries: [] };

/** Types end where JavaScript calls: a number, NaN among them, is not a moment. */
function isMoment(time: unknown): time is bigint {
  return typeof time === 'bigint';
}

function remembered<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key);
  if (value !== undefined || known.has(key)) return value as V;
  const made = make(key);
  known.set(key, made);
  return made;
}

/** `pnameX` under the exact name and without its punctuation, `parrN`; the first of equals wins. */
function namesOf({ kind, entries }: Parameters): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (name: string, raw: string): void => {
    if (!names.has(name)) names.set(name, raw);
  };
  for (const { name, raw } of entries) {
    if (kind === 'array') {
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
