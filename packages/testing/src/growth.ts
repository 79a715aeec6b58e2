/** Shorter runs prove nothing: a garbage collection takes as long. In milliseconds. */
const MIN_MS = 2;
/** A run of this length is long enough. */
const ENOUGH_MS = 12;
/** Garbage collection and caches make linear time look like n^1.2; quadratic time is n^2. */
const MAX_EXPONENT = 1.6;
/** Other tests can keep the machine busy, so growth is believed only after this many attempts. */
const MAX_ATTEMPTS = 4;

/**
 * Measures how the processor time of a function grows with the size of its input. Returns the exponent e of `n^e`:
 * 1 for linear time, 0 if the time is too short to measure.
 *
 * @param input - makes an input of a size
 * @param run - the function
 * @param maxSize - the largest size to try
 */
export async function growth<T>(
  input: (size: number) => T,
  run: (input: T) => unknown,
  maxSize: number,
): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && least > MAX_EXPONENT; attempt++) {
    least = Math.min(least, await exponent(input, run, maxSize, attempt));
  }
  return least;
}

/** Whether time grows at most linearly. */
export async function isLinear<T>(
  input: (size: number) => T,
  run: (input: T) => unknown,
  maxSize: number,
): Promise<boolean> {
  return (await growth(input, run, maxSize)) <= MAX_EXPONENT;
}

async function exponent<T>(
  input: (size: number) => T,
  run: (input: T) => unknown,
  maxSize: number,
  attempt: number,
): Promise<number> {
  let first: { size: number; ms: number } | undefined;
  let last: { size: number; ms: number } | undefined;
  // In small steps at first: exponential time gets out of hand at once.
  for (let size = 16; ; size = Math.ceil(size * (size < 128 ? 1.3 : 2))) {
    const tried = Math.min(size, maxSize);
    const made = input(tried);
    let ms = await processorTime(made, run);
    // The first run of a size may have been compiled, or disturbed: the shortest of several counts.
    for (let again = 0; again <= attempt && ms >= MIN_MS; again++) {
      ms = Math.min(ms, await processorTime(made, run));
    }
    if (ms >= MIN_MS) {
      first ??= { size: tried, ms };
      last = { size: tried, ms };
    }
    if (ms >= ENOUGH_MS || tried === maxSize) break;
  }
  if (first === undefined || last === undefined || last.size === first.size) {
    // From below the floor to far above it in one step is as bad.
    return last !== undefined && last.ms > ENOUGH_MS ? Math.log2(last.ms / MIN_MS) : 0;
  }
  return Math.log(last.ms / first.ms) / Math.log(last.size / first.size);
}

async function processorTime<T>(input: T, run: (input: T) => unknown): Promise<number> {
  const before = process.cpuUsage();
  try {
    await run(input);
  } catch {
    // A refusal takes time, too.
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
