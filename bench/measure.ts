/** Calls per second and latencies in milliseconds of one run. */
export interface Figures {
  readonly perSecond: number;
  readonly median: number;
  readonly p99: number;
}

/** Repeats the work of each lane for some seconds, after a warm-up. */
export async function measure(
  lanes: readonly (() => Promise<void>)[],
  seconds: number,
): Promise<Figures> {
  await runFor(lanes, Math.min(1, seconds / 3));
  const start = performance.now();
  const times = await runFor(lanes, seconds);
  const took = (performance.now() - start) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { perSecond: times.length / took, median: at(0.5), p99: at(0.99) };
}

async function runFor(lanes: readonly (() => Promise<void>)[], seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const all = await Promise.all(
    lanes.map(async (work) => {
      const times: number[] = [];
      for (let now = performance.now(); now < end;) {
        await work();
        const after = performance.now();
        times.push(after - now);
        now = after;
      }
      return times;
    }),
  );
  return all.flat();
}

/** The median of several figures. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of each figure. */
export function middle(figures: readonly Figures[]): Figures {
  return {
    perSecond: median(figures.map(({ perSecond }) => perSecond)),
    median: median(figures.map((each) => each.median)),
    p99: median(figures.map(({ p99 }) => p99)),
  };
}
