import type { RpcPipeline } from '@clnrest/lightningd';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Unique ids that the node has blacklisted. */
export class RuneBlacklist {
  /** Sorted and disjoint. */
  readonly #ranges: readonly Range[];

  constructor(ranges: readonly Range[]) {
    this.#ranges = ranges;
  }

  includes(id: bigint): boolean {
    let low = 0;
    let high = this.#ranges.length;
    // Comparisons between bigint and number are exact.
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = this.#ranges[middle];
      if (range === undefined) return false;
      if (id > range.end) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low];
    return range !== undefined && id >= range.start;
  }

  /** The entries within a range, as a text: equal entries have equal texts. */
  within({ start, end }: Range): string {
    return this.#ranges
      .filter((range) => range.start <= end && range.end >= start)
      .map((range) => `${Math.max(range.start, start)}-${Math.min(range.end, end)}`)
      .join();
  }
}

/** Fetches the node's blacklist. */
export async function fetchRuneBlacklist(
  node: Pick<RpcPipeline, 'callText'>,
): Promise<RuneBlacklist> {
  const result: unknown = JSON.parse(await node.callText('blacklistrune', {}));
  const { blacklist } = result as { blacklist?: unknown };
  if (!Array.isArray(blacklist) || !blacklist.every(isRange)) {
    throw new Error('the node sent a malformed blacklist');
  }
  return new RuneBlacklist(blacklist.toSorted((a, b) => a.start - b.start));
}

function isRange(value: unknown): value is Range {
  const { start, end } = (value ?? {}) as Partial<Record<keyof Range, unknown>>;
  return typeof start === 'number' && typeof end === 'number';
}
