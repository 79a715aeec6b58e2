/** A deterministic pseudo-random generator (sfc32). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(...seeds: readonly number[]) {
    [this.#a, this.#b, this.#c] = [0x9e3779b9, 0x243f6a88, 0xb7e15162];
    for (const seed of seeds) {
      this.#a ^= seed | 0;
      this.#b ^= Math.floor(seed / 2 ** 32) | 0;
      for (let round = 0; round < 12; round++) this.#next();
    }
  }

  /** Returns an integer from `from` (inclusive) to `to` (exclusive). */
  int(from: number, to: number): number {
    return from + Math.floor((this.#next() / 2 ** 32) * (to - from));
  }

  chance(share: number): boolean {
    return this.#next() / 2 ** 32 < share;
  }

  pick<T>(values: readonly [T, ...T[]]): T;
  pick<T>(values: readonly T[]): T;
  pick<T>(values: readonly T[]): T {
    return values[this.int(0, values.length)] as T;
  }

  /** Picks by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.int(0, choices.reduce((sum, [weight]) => sum + weight, 0) * 1000) / 1000;
    const chosen = choices.find(([weight]) => (left -= weight) < 0) ?? choices.at(-1);
    return chosen?.[1] as T;
  }

  /** Returns `count` values of `make`. */
  times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  /** Returns random bytes as characters up to U+00FF. */
  bytes(length: number): string {
    return String.fromCharCode(...this.times(length, () => this.int(0, 256)));
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
