/** Whole numbers from `first` to `last`, both included: unique ids on a blacklist. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** What adding or taking away a range does to ranges: which go, and which come instead. */
export interface RangeChange {
  /** Index of the first range that goes, and how many do. */
  readonly at: number;
  readonly removed: readonly Range[];
  readonly added: readonly Range[];
}

/** Index of the first range that ends at or after a number; ranges are sorted and disjoint. */
const firstEndingAtOrAfter = (ranges: readonly Range[], number: bigint): number => {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range !== undefined && range.last < number) low = middle + 1;
    else high = middle;
  }
  return low;
};

const touched = (ranges: readonly Range[], at: number, last: bigint): Range[] => {
  const found: Range[] = [];
  for (let i = at; i < ranges.length; i++) {
    const range = ranges[i];
    if (range === undefined || range.first > last) break;
    found.push(range);
  }
  return found;
};

/** Adds a range: those that it overlaps or touches become one with it. */
export const addRange = (ranges: readonly Range[], { first, last }: Range): RangeChange => {
  const at = firstEndingAtOrAfter(ranges, first - 1n);
  const removed = touched(ranges, at, last + 1n);
  const start = removed.at(0)?.first ?? first;
  const end = removed.at(-1)?.last ?? last;
  return {
    at,
    removed,
    added: [{ first: start < first ? start : first, last: end > last ? end : last }],
  };
};

/** Takes a range away: what it covers of others goes. */
export const removeRange = (ranges: readonly Range[], { first, last }: Range): RangeChange => {
  const at = firstEndingAtOrAfter(ranges, first);
  const removed = touched(ranges, at, last);
  const added: Range[] = [];
  const start = removed.at(0)?.first;
  const end = removed.at(-1)?.last;
  if (start !== undefined && start < first) added.push({ first: start, last: first - 1n });
  if (end !== undefined && end > last) added.push({ first: last + 1n, last: end });
  return { at, removed, added };
};

export const applyChange = (ranges: readonly Range[], change: RangeChange): Range[] =>
  ranges.toSpliced(change.at, change.removed.length, ...change.added);

export const contains = (ranges: readonly Range[], number: bigint): boolean => {
  const range = ranges[firstEndingAtOrAfter(ranges, number)];
  return range !== undefined && range.first <= number;
};
