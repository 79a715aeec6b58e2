/**
 * The members of a command's result that the node returns, in lightningd's syntax: `true` is a whole member, an object selects
 * members of an object, and an array of one object selects members of each element of a list.
 *
 * @example
 * ```ts
 * import type { CommandResults, FilteredResult, ResultFilter } from '@clnrest/commands';
 *
 * type Invoices = CommandResults['listinvoices'];
 * const filter = { invoices: [{ label: true }] } as const satisfies ResultFilter<Invoices>;
 * const result: FilteredResult<Invoices, typeof filter> = { invoices: [{ label: 'coffee' }] };
 * result.invoices[0]?.label; // => 'coffee'
 * ```
 */
export type ResultFilter<Result> = Result extends object
  ? { readonly [Name in keyof Result]?: MemberFilter<NonNullable<Result[Name]>> }
  : never;

type MemberFilter<Member> =
  | true
  | (Member extends readonly (infer Element)[]
      ? readonly [ResultFilter<Element>]
      : ResultFilter<Member>);

/** The part of a command's result that a filter selects. The whole result if the filter is JSON text, whose members are unknown. */
export type FilteredResult<Result, Filter> = Filter extends true | string | undefined
  ? Result
  : Filter extends readonly [infer Each]
    ? Result extends readonly (infer Element)[]
      ? FilteredResult<Element, Each>[]
      : Result
    : Result extends object
      ? Selected<Result, Filter>
      : Result;

/** A mapped type of `Pick` keeps which members are optional. */
type Selected<Result, Filter> = {
  [Name in keyof Pick<Result, keyof Result & keyof Filter>]: FilteredResult<
    Result[Name],
    Name extends keyof Filter ? Filter[Name] : undefined
  >;
};
