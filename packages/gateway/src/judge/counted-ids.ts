/** Ids that are kept. The node checks the others correctly too, with reported uses up to 250 ms older. */
const MAX_IDS = 4_096;

/** The unique ids of runes that limit their uses, in the order of use. The node counts all uses of such an id. */
export class CountedIds {
  readonly #ids = new Set<bigint>();

  add(id: bigint): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size <= MAX_IDS) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }

  has(id: bigint): boolean {
    return this.#ids.size > 0 && this.#ids.has(id);
  }
}
