/** Identifies a gateway: each build serves one protocol. */
export type Protocol = 'http' | 'https';

/** A period in which connections to a gateway may break. */
export interface Disturbance {
  readonly protocol: Protocol;
  readonly kind: 'plugin restart' | 'HTTP process killed';
  readonly from: number;
  /** The time at which the gateway serves again. */
  to: number;
}

/** Clients can notice a broken connection this long after the gateway serves again. */
const LATE_MS = 2_000;
const MAX_VIOLATIONS = 50;

/** Counts the events of a soak test and collects its violations. */
export class Ledger {
  readonly violations: string[] = [];
  readonly disturbances: Disturbance[] = [];
  readonly #counts = new Map<string, number>();
  /** The time at which each numbered invoice was created. */
  readonly created: number[] = [];

  violation(what: string): void {
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(what);
    this.count('violations');
  }

  count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by);
  }

  get counts(): readonly (readonly [string, number])[] {
    return [...this.#counts].toSorted(([a], [b]) => a.localeCompare(b));
  }

  /** Starts a disturbance. The caller sets its end. */
  disturb(protocol: Protocol, kind: Disturbance['kind']): Disturbance {
    const disturbance = { protocol, kind, from: performance.now(), to: Infinity };
    this.disturbances.push(disturbance);
    this.count(kind);
    return disturbance;
  }

  /** Whether a gateway was disturbed at any time since a connection was established. */
  isDisturbed(protocol: Protocol, since: number): boolean {
    return this.disturbances.some(
      (each) => each.protocol === protocol && each.to + LATE_MS >= since,
    );
  }

  /** Returns the start of the first disturbance that ended after a time. */
  disturbedSince(protocol: Protocol, since: number): number | undefined {
    return this.disturbances.find((each) => each.protocol === protocol && each.to >= since)?.from;
  }

  /** Returns the end of the latest plugin restart that ended after a time. */
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

/** Returns the number of a numbered invoice, or `undefined` for other labels. */
export function numberOf(label: unknown): number | undefined {
  const digits = typeof label === 'string' ? /^soak-([0-9]+)$/.exec(label)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
