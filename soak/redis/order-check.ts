/** What all subscribers of a run report. */
export class Findings {
  readonly violations: string[] = [];
  readonly #counts = new Map<string, number>();
  /** When each number was created. */
  readonly created: number[] = [];
  /** Creates no numbers: lightningd runs commands of open connections while its plugins stop, which no plugin learns of. */
  isPaused = false;
  /** Times in which notifications can be lost. */
  readonly lossy: { readonly from: number; to: number }[] = [];

  violation(what: string): void {
    this.count('violations');
    if (this.violations.length < 50) this.violations.push(what);
  }

  count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by);
  }

  get counts(): readonly (readonly [string, number])[] {
    return [...this.#counts].toSorted(([one], [other]) => one.localeCompare(other));
  }

  /** Whether a number was created while notifications could be lost. */
  canBeLost(number: number): boolean {
    const at = this.created[number] ?? 0;
    return this.lossy.some(({ from, to }) => at >= from && at <= to);
  }
}

/** Checks what one subscriber receives: each number once and in order, and a loss announced in its place. */
export class OrderCheck {
  readonly #name: string;
  readonly #findings: Findings;
  #last: number | undefined;
  #isAnnounced = false;
  received = 0;

  constructor(name: string, findings: Findings) {
    this.#name = name;
    this.#findings = findings;
  }

  get last(): number | undefined {
    return this.#last;
  }

  missed(): void {
    this.#isAnnounced = true;
    this.#findings.count('missed');
  }

  number(number: number): void {
    this.received++;
    const expected = (this.#last ?? number - 1) + 1;
    if (number < expected) {
      this.#findings.violation(`${this.#name}: ${number} after ${this.#last}`);
    } else if (number > expected) this.#gap(expected, number);
    this.#isAnnounced = false;
    this.#last = number;
  }

  #gap(from: number, to: number): void {
    this.#findings.count('numbers lost and announced', to - from);
    const gap = `${this.#name}: ${from} to ${to - 1} are missing`;
    if (!this.#isAnnounced) this.#findings.violation(`${gap} without missed`);
    for (let number = from; number < to; number++) {
      if (this.#findings.canBeLost(number)) continue;
      this.#findings.violation(`${gap}, and nothing explains it`);
      return;
    }
  }
}
