/** Ids that the node has revoked, both included. */
export interface IdRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** Reads the result of `blacklistrune`. */
export function readBlacklist(result: unknown): readonly IdRange[] {
  const list =
    typeof result === 'object' && result !== null && 'blacklist' in result && result.blacklist;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('start' in item) || !('end' in item))
      return [];
    const { start, end } = item;
    return isId(start) && isId(end) ? [{ start: BigInt(start), end: BigInt(end) }] : [];
  });
}

function isId(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

/** Returns a function that looks an id up in ranges, which are sorted and do not overlap. */
export function lookUp(ranges: readonly IdRange[]): (id: bigint) => boolean {
  const sorted = ranges.toSorted((a, b) => (a.start < b.start ? -1 : 1));
  return (id) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = sorted[middle];
      if (range === undefined) return false;
      if (id < range.start) high = middle;
      else if (id > range.end) low = middle + 1;
      else return true;
    }
    return false;
  };
}

/** lightningd revokes ids below this number only (MAX_BLACKLIST_NUM in lightningd/runes.c). */
const ID_END = 100_000_000n;

/** Reads the form for a range of ids. An empty last id means one id. */
export function readIdRange(first: string, last: string): IdRange | { readonly problem: string } {
  const start = readId(first);
  const end = last.trim() === '' ? start : readId(last);
  if (start === undefined || end === undefined)
    return { problem: 'Enter ids, which are numbers from 0.' };
  // lightningd v26.06 ends with a signal on such a range.
  if (end < start) return { problem: 'The last id must not be less than the first.' };
  if (end >= ID_END) return { problem: `A node can revoke only ids below ${ID_END}.` };
  return { start, end };
}

function readId(text: string): bigint | undefined {
  return /^[0-9]{1,18}$/.test(text.trim()) ? BigInt(text.trim()) : undefined;
}

/** Describes a range: `rune 5`, `runes 5 to 9`. */
export function rangeInWords({ start, end }: IdRange): string {
  return start === end ? `rune ${start}` : `runes ${start} to ${end}`;
}
