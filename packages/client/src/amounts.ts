/**
 * How amounts in msat appear in results: `mixed` are numbers up to 2^53 − 1 and bigints beyond, `bigint` are always bigints.
 * Amounts are the members named `msat` or `…_msat`.
 */
export type Amounts = 'mixed' | 'bigint';

/** The type of a result, depending on how amounts appear. */
export type WithAmounts<T, A extends Amounts> = A extends 'bigint' ? WithBigints<T> : T;

type WithBigints<T> = T extends object
  ? { [Key in keyof T]: Key extends AmountName ? Bigints<T[Key]> : WithBigints<T[Key]> }
  : T;

type Bigints<T> = T extends number ? bigint : WithBigints<T>;
type AmountName = 'msat' | `${string}_msat`;

/** Converts the amounts in a parsed result, in place. */
export function convertAmounts(result: unknown): void {
  // Not recursive: results can be nested as deeply as the parser allows.
  const waiting: unknown[] = [result];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'object') waiting.push(member);
      else if (Number.isSafeInteger(member) && isAmount(name)) {
        (value as Record<string, unknown>)[name] = BigInt(member as number);
      }
    }
  }
}

function isAmount(name: string): boolean {
  return name === 'msat' || name.endsWith('_msat');
}
