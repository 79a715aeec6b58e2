import { createHash } from 'node:crypto';

/** Work that is repeated until the traffic stops, or a connection ends because its node is killed. */
export type Work = (count: number) => Promise<unknown>;

/** What nodes do at the same time. */
export class Traffic {
  readonly #loops: Promise<void>[] = [];
  #isStopping = false;
  /** What each loop has done. */
  readonly #done: number[] = [];

  start(prepare: () => Promise<Work>): void {
    const index = this.#done.push(0) - 1;
    this.#loops.push(this.#run(index, prepare).catch(() => undefined));
  }

  /** Ends after the current work, which the restart of a killed node decides. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
  }

  /** Whether the loops have done so much together, and each something. */
  hasDone(total: number): boolean {
    return (
      this.#done.every((count) => count > 0) &&
      this.#done.reduce((sum, count) => sum + count, 0) >= total
    );
  }

  async #run(index: number, prepare: () => Promise<Work>): Promise<void> {
    const work = await prepare();
    for (let count = 0; !this.#isStopping; count++) {
      await work(count);
      this.#done[index] = count + 1;
    }
  }
}

/** Random numbers that a failure can repeat. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = createHash('sha256').update(String(state)).digest().readUInt32BE();
    return state / 2 ** 32;
  };
}
