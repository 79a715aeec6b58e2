import { invalidToken } from '../params/invalid-token.ts';
import { entriesOf, isList, isScalar, type JsonMap, type JsonOutput } from '../json/output.ts';
import type { JsonToken } from '../json/token.ts';

/**
 * A reply filter: the shape of what the caller wants to read of a result.
 *
 * It reproduces lightningd's, oddities included: a filter `{}`, also one that stands for `true`,
 * passes objects and arrays whole but no scalar directly beneath it, so that
 * `{"our_features":true}` gives `"our_features":{}` (observed on lightningd v26.06.6).
 */
export class ReplyFilter {
  #items: ReplyFilter | undefined;
  readonly #fields = new Map<string, ReplyFilter>();
  /** The filter says array where the result has an object, or the other way round. */
  #misused = false;

  /** @throws CommandError in lightningd's words when the text is no filter */
  static parse(token: JsonToken): ReplyFilter {
    if (token.type !== 'object') throw invalidToken('filter', 'Expected object', token);
    return ReplyFilter.#build(token);
  }

  static #build(token: JsonToken): ReplyFilter {
    const filter = new ReplyFilter();
    if (token.type === 'array') {
      const [item, ...more] = token.items;
      if (item === undefined || more.length > 0) {
        throw invalidToken('filter', 'Arrays can only have one element', token);
      }
      filter.#items = ReplyFilter.#build(item);
    } else if (token.type === 'object') {
      for (const [name, value] of token.members) {
        if (value.type === 'object' || value.type === 'array') {
          filter.#fields.set(name, ReplyFilter.#build(value));
        } else if (value.type === 'primitive' && value.raw === 'true') {
          filter.#fields.set(name, new ReplyFilter());
        } else {
          throw invalidToken('filter', 'value must be true', value);
        }
      }
    }
    return filter;
  }

  /** What remains of a member of an object that this filter is for; undefined for nothing. */
  member(name: string, value: JsonOutput): JsonOutput | undefined {
    if (isScalar(value)) return this.#fields.has(name) ? value : undefined;
    const inner = this.into(name);
    return inner === 'everything' ? value : inner?.apply(value);
  }

  /** What remains of an item of an array that this filter is for; undefined for nothing. */
  item(value: JsonOutput): JsonOutput | undefined {
    if (isScalar(value)) return value;
    const inner = this.into(undefined);
    return inner === 'everything' ? value : inner?.apply(value);
  }

  /** The filter for an object or array inside: by name in an object, without one in an array. */
  into(name: string | undefined): ReplyFilter | 'everything' | undefined {
    if (this.#items === undefined && this.#fields.size === 0) return 'everything';
    if ((name === undefined) === (this.#items === undefined)) {
      this.#misused = true;
      return undefined;
    }
    return name === undefined ? this.#items : this.#fields.get(name);
  }

  apply(value: JsonOutput): JsonOutput {
    if (isScalar(value)) return value;
    if (isList(value)) {
      return value.map((item) => this.item(item)).filter((item) => item !== undefined);
    }
    const kept = new Map<string, JsonOutput>();
    for (const [name, inner] of entriesOf(value)) {
      const remains = this.member(name, inner);
      if (remains !== undefined) kept.set(name, remains);
    }
    return kept satisfies JsonMap;
  }

  /** Where the filter did not fit what it was used on, in lightningd's words. */
  misuse(): string | undefined {
    if (this.#misused) return this.#items === undefined ? ' is an array' : ' is an object';
    if (this.#items !== undefined) {
      const inner = this.#items.misuse();
      return inner === undefined ? undefined : `[]${inner}`;
    }
    for (const [name, field] of this.#fields) {
      const inner = field.misuse();
      if (inner !== undefined) return `.${name}${inner}`;
    }
    return undefined;
  }
}
