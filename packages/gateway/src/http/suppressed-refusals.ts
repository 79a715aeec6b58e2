import { type ErrorName, errorKinds } from '../refusals.ts';

type Level = (typeof errorKinds)[ErrorName]['log'];

/** In ascending order. */
const LEVELS: readonly Level[] = ['debug', 'info', 'unusual', 'broken'];

/** Counts the refusals that exceed the rate of log lines, and summarizes them in one line. */
export class SuppressedRefusals {
  #counts = new Map<ErrorName, number>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(kind: ErrorName): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Returns the summary, at the highest level of the refusals in it, and starts counting again. */
  takeSummary(): { readonly level: Level; readonly message: string } {
    const kinds = [...this.#counts].toSorted(([, one], [, other]) => other - one);
    this.#counts = new Map();
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    const [[mostFrequent, count] = ['internal', 0] as const] = kinds;
    const highest = Math.max(...kinds.map(([kind]) => LEVELS.indexOf(errorKinds[kind].log)));
    const what = `${errorKinds[mostFrequent].status} ${mostFrequent}`;
    return {
      level: LEVELS[highest] ?? 'info',
      message:
        total === 1
          ? `1 more request was refused, too many to log each: ${what}`
          : `${total} more requests were refused, too many to log each: ${count === total ? 'all' : count} of them ${what}`,
    };
  }
}
