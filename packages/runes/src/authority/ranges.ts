/** An inclusive range of unique ids on a blacklist. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** The effect of adding or removing a range: the ranges removed and those added in their place. */
export interface RangeChange {
  /** Index of the first removed range. */
  readonly at: number;
  readonly removed: readonly Range[];
  readonly added: readonly Range[];
}

/** Returns the index of the first range that ends at or after a number. Requires sorted, disjoint ranges. */
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

/** Adds a range and merges it with ranges that overlap or touch it. */
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

/** Removes a range: ranges that overlap it are cut or removed. */
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
