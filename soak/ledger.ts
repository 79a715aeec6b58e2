/** Which gateway: each build serves by another protocol. */
export type Protocol = 'http' | 'https';

/** A time in which connections of a gateway may break. */
export interface Disturbance {
  readonly protocol: Protocol;
  readonly kind: 'plugin restart' | 'HTTP side killed';
  readonly from: number;
  /** When it serves again. */
  to: number;
}

/** Connections that break so long after it serves again are still its doing: their end is noticed late. */
const LATE_MS = 2_000;
const MOST_VIOLATIONS = 50;

/** What happened in a soak test, and what should not have. */
export class Ledger {
  readonly violations: string[] = [];
  readonly disturbances: Disturbance[] = [];
  readonly #counts = new Map<string, number>();
  /** When each numbered invoice was made. */
  readonly created: number[] = [];

  violation(what: string): void {
    if (this.violations.length < MOST_VIOLATIONS) this.violations.push(what);
    this.count('violations');
  }

  count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by);
  }

  get counts(): readonly (readonly [string, number])[] {
    return [...this.#counts].toSorted(([a], [b]) => a.localeCompare(b));
  }

  /** Begins a disturbance; the caller says when it is over. */
  disturb(protocol: Protocol, kind: Disturbance['kind']): Disturbance {
    const disturbance = { protocol, kind, from: performance.now(), to: Infinity };
    this.disturbances.push(disturbance);
    this.count(kind);
    return disturbance;
  }

  /** Whether a gateway was disturbed at any time since one of its connections was made. */
  isDisturbed(protocol: Protocol, since: number): boolean {
    return this.disturbances.some(
      (each) => each.protocol === protocol && each.to + LATE_MS >= since,
    );
  }

  /** When the first disturbance began that was not over at a time. */
  disturbedSince(protocol: Protocol, since: number): number | undefined {
    return this.disturbances.find((each) => each.protocol === protocol && each.to >= since)?.from;
  }

  /** When the latest restart of the plugin that began since a time was over. */
  restartSince(protocol: Protocol, since: number): number | undefined {
    return this.disturbances
      .filter((each) => each.protocol === protocol && each.kind === 'plugin restart')
      .filter(({ to }) => to >= since)
      .map(({ to }) => to)
      .at(-1);
  }
}

/** The label of a numbered invoice. */
export function labelOf(number: number): string {
  return `soak-${number}`;
}

/** The number of a numbered invoice; `undefined` for others. */
export function numberOf(label: unknown): number | undefined {
  const digits = typeof label === 'string' ? /^soak-([0-9]+)$/.exec(label)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
