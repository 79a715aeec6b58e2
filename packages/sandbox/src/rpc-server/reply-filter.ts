import type { JsonToken } from '@clnrest/json/tokens';
import { invalidToken } from '@clnrest/lightningd/parameters';
import { entriesOf, isList, isScalar, type JsonMap, type JsonOutput } from '../json/output.ts';

/**
 * A reply filter: selects members of a result.
 *
 * It reproduces lightningd's behaviour. A filter `{}`, or `true`, passes objects and arrays whole, but no scalar members, so
 * that
 * `{"our_features":true}` gives `"our_features":{}` (observed on lightningd v26.06.6).
 */
export class ReplyFilter {
  #items: ReplyFilter | undefined;
  readonly #fields = new Map<string, ReplyFilter>();
  /** The filter has an array where the result has an object, or the reverse. */
  #mismatched = false;

  /** @throws CommandError with lightningd's text if the token is not a valid filter */
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

  /** The selected part of an object's member, or undefined. */
  member(name: string, value: JsonOutput): JsonOutput | undefined {
    if (isScalar(value)) return this.#fields.has(name) ? value : undefined;
    const inner = this.into(name);
    return inner === 'everything' ? value : inner?.apply(value);
  }

  /** The selected part of an array's item, or undefined. */
  item(value: JsonOutput): JsonOutput | undefined {
    if (isScalar(value)) return value;
    const inner = this.into(undefined);
    return inner === 'everything' ? value : inner?.apply(value);
  }

  /** The filter for a nested object or array. @param name - the member's name; undefined in an array */
  into(name: string | undefined): ReplyFilter | 'everything' | undefined {
    if (this.#items === undefined && this.#fields.size === 0) return 'everything';
    if ((name === undefined) === (this.#items === undefined)) {
      this.#mismatched = true;
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

  /** lightningd's warning if the filter did not match the shape of the result, or undefined. */
  mismatch(): string | undefined {
    if (this.#mismatched) return this.#items === undefined ? ' is an array' : ' is an object';
    if (this.#items !== undefined) {
      const inner = this.#items.mismatch();
      return inner === undefined ? undefined : `[]${inner}`;
    }
    for (const [name, field] of this.#fields) {
      const inner = field.mismatch();
      if (inner !== undefined) return `.${name}${inner}`;
    }
    return undefined;
  }
}
