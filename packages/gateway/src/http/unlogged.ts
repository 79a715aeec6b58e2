import { type ErrorName, errorKinds } from '../errors.ts';

type Level = (typeof errorKinds)[ErrorName]['log'];

/** The louder, the later. */
const LEVELS: readonly Level[] = ['debug', 'info', 'unusual', 'broken'];

/** Counts what was refused and had no line of its own in the log, so that one line can tell of all. */
export class Unlogged {
  #counts = new Map<ErrorName, number>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(kind: ErrorName): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** The line, as loud as the loudest that it tells of; and forgets them. */
  take(): { readonly level: Level; readonly message: string } {
    const kinds = [...this.#counts].toSorted(([, one], [, other]) => other - one);
    this.#counts = new Map();
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    const [[most, count] = ['internal', 0] as const] = kinds;
    const loudest = Math.max(...kinds.map(([kind]) => LEVELS.indexOf(errorKinds[kind].log)));
    const what = `${errorKinds[most].status} ${most}`;
    return {
      level: LEVELS[loudest] ?? 'info',
      message:
        total === 1
          ? `1 more request was refused, too many to log each: ${what}`
          : `${total} more requests were refused, too many to log each: ${count === total ? 'all' : count} of them ${what}`,
    };
  }
}
