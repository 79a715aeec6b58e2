import type { Failure, Finding } from './failure.ts';
import { Reproduction } from './reproduce.ts';
import { smallest } from './smallest.ts';
import type { AnyCase, Subject } from './subject.ts';

/** At most this many suspects run alone; after that, groups run together. */
const MAX_SINGLE_TRIES = 300;

/** Finds the cases that cause a failure, and shrinks a single one. */
export async function findCause<C extends AnyCase>(
  failure: Failure,
  makeCase: (index: number) => C,
  subject: Subject<C>,
  seconds: number,
): Promise<Finding<C>> {
  await subject.target.restart();
  const reproduction = new Reproduction(subject, failure, seconds);
  const culprits = await narrow(failure, makeCase, subject, reproduction);
  const [index] = culprits;
  if (index === undefined) return { failure, index: undefined, cases: [] };
  if (culprits.length > 1) return { failure, index: undefined, cases: culprits.map(makeCase) };
  const fails = (fuzzCase: C): Promise<boolean> => reproduction.fails([fuzzCase]);
  return {
    failure,
    index,
    cases: [await subject.shrink(makeCase(index), fails, failure.check === 'violation')],
  };
}

async function narrow<C extends AnyCase>(
  { check, suspects }: Failure,
  makeCase: (index: number) => C,
  { isSlow }: Subject<C>,
  reproduction: Reproduction<C>,
): Promise<readonly number[]> {
  const fail = (indexes: readonly number[]): Promise<boolean> =>
    reproduction.fails(indexes.map(makeCase));
  const isGradual = check === 'memory growth' || check === 'descriptor leak';
  if (!isGradual) {
    // Slow cases run last: most failing cases fail at once.
    const quickFirst = suspects
      .slice(0, MAX_SINGLE_TRIES)
      .toSorted((a, b) => Number(isSlow(makeCase(a))) - Number(isSlow(makeCase(b))));
    for (const index of quickFirst) {
      if (await fail([index])) return [index];
    }
  }
  const together = suspects.slice(0, isGradual ? 4_000 : 100);
  if (!(await fail(together))) return [];
  return isGradual ? halves(together, fail) : smallest(together, fail);
}

/** Bisects: continues with a half that fails, while one does. */
async function halves(
  indexes: readonly number[],
  fail: (indexes: readonly number[]) => Promise<boolean>,
): Promise<readonly number[]> {
  let left = indexes;
  while (left.length > 1) {
    const middle = Math.ceil(left.length / 2);
    const half = [left.slice(0, middle), left.slice(middle)];
    const [first = [], second = []] = half;
    if (await fail(first)) left = first;
    else if (await fail(second)) left = second;
    else break;
  }
  return left;
}
