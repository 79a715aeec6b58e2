import type { OptionEntries } from './entry.ts';

/** The configuration of `parseArgs` for options of the table. */
export type ParseOptions<O extends OptionEntries> = {
  [Name in keyof O]: O[Name] extends { readonly value: string }
    ? { type: 'string' }
    : { type: 'boolean' };
};

/** Returns the configuration of `parseArgs` for options of the table. */
export function parseOptions<O extends OptionEntries>(options: O): ParseOptions<O> {
  const entries = Object.entries(options).map(([name, { short, value }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
  ]);
  // `ParseOptions` says the same by types.
  return Object.fromEntries(entries) as ParseOptions<O>;
}
