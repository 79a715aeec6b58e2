/** The names of a result's lists; any name if the result is not typed. */
export type ListName<Result> = unknown extends Result
  ? string
  : { [Name in keyof Result]-?: Result[Name] extends List ? Name : never }[keyof Result] & string;

/** The type of a list's items. */
export type ItemOf<Result, Name> = Name extends keyof Result
  ? NonNullable<Result[Name]> extends readonly (infer Item)[]
    ? Item
    : unknown
  : unknown;

type List = readonly unknown[] | undefined;
