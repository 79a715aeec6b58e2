/** The values of a sample's labels, in the order of the family's labels. */
export type LabelValues = readonly string[];

/** The name, meaning and labels of a family of samples. */
export interface FamilyDescription {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[] | undefined;
}

/** A family of samples, in Prometheus' text format (version 0.0.4). */
export interface Family {
  /** The lines of the family, with its help and type. */
  render(): string;
}

/** Label sets of one family. Further ones count as `other`, so that no caller can fill the memory with them. */
const MAX_LABEL_SETS = 500;
const OTHER = 'other';

/** Samples by label values, in a bounded number. */
class Samples<T> {
  readonly #byKey = new Map<string, { readonly values: LabelValues; readonly sample: T }>();
  readonly #labels: number;
  readonly #create: () => T;

  constructor(labels: number, create: () => T) {
    this.#labels = labels;
    this.#create = create;
  }

  of(values: LabelValues): T {
    const key = values.join('\0');
    const known = this.#byKey.get(key);
    if (known !== undefined) return known.sample;
    if (this.#byKey.size >= MAX_LABEL_SETS && values.some((value) => value !== OTHER)) {
      return this.of(Array.from({ length: this.#labels }, () => OTHER));
    }
    const sample = this.#create();
    this.#byKey.set(key, { values, sample });
    return sample;
  }

  *[Symbol.iterator](): Generator<[LabelValues, T], void> {
    for (const { values, sample } of this.#byKey.values()) yield [values, sample];
  }
}

/** A number that only grows. */
export class Counter implements Family {
  readonly #description: FamilyDescription;
  readonly #samples: Samples<{ value: number }>;

  constructor(description: FamilyDescription) {
    this.#description = description;
    const labels = description.labels?.length ?? 0;
    this.#samples = new Samples(labels, () => ({ value: 0 }));
    // Without labels, the sample exists from the beginning.
    if (labels === 0) this.#samples.of([]);
  }

  add(values: LabelValues = [], amount = 1): void {
    this.#samples.of(values).value += amount;
  }

  render(): string {
    const { name, labels = [] } = this.#description;
    const lines = [...this.#samples].map(([values, { value }]) =>
      sampleLine(name, labels, values, value),
    );
    return familyText(this.#description, 'counter', lines);
  }
}

/** A number that is read when the metrics are requested, with one sample for each entry that `read` returns. */
export class Gauge implements Family {
  readonly #description: FamilyDescription;
  readonly #read: () => number | readonly (readonly [LabelValues, number])[];

  constructor(
    description: FamilyDescription,
    read: () => number | readonly (readonly [LabelValues, number])[],
  ) {
    this.#description = description;
    this.#read = read;
  }

  render(): string {
    const { name, labels = [] } = this.#description;
    const read = this.#read();
    const samples = typeof read === 'number' ? ([[[], read]] as const) : read;
    const lines = samples.map(([values, value]) => sampleLine(name, labels, values, value));
    return familyText(this.#description, 'gauge', lines);
  }
}

/** Upper bounds of durations in seconds: from a judgement in memory to a command that waits. */
const BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
];

interface Distribution {
  /** The observations of each bucket; the last one is beyond all bounds. */
  readonly counts: number[];
  sum: number;
}

/** Durations in seconds, counted in buckets. */
export class Histogram implements Family {
  readonly #description: FamilyDescription;
  readonly #samples: Samples<Distribution>;

  constructor(description: FamilyDescription) {
    this.#description = description;
    this.#samples = new Samples(description.labels?.length ?? 0, () => ({
      counts: Array.from({ length: BUCKETS.length + 1 }, () => 0),
      sum: 0,
    }));
  }

  observe(seconds: number, values: LabelValues = []): void {
    const distribution = this.#samples.of(values);
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket++;
    distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
    distribution.sum += seconds;
  }

  render(): string {
    const { name, labels = [] } = this.#description;
    const lines: string[] = [];
    for (const [values, { counts, sum }] of this.#samples) {
      let total = 0;
      for (const [index, count] of counts.entries()) {
        total += count;
        const bound = String(BUCKETS[index] ?? '+Inf');
        lines.push(sampleLine(`${name}_bucket`, [...labels, 'le'], [...values, bound], total));
      }
      lines.push(
        sampleLine(`${name}_sum`, labels, values, sum),
        sampleLine(`${name}_count`, labels, values, total),
      );
    }
    return familyText(this.#description, 'histogram', lines);
  }
}

function familyText(
  { name, help }: FamilyDescription,
  type: 'counter' | 'gauge' | 'histogram',
  lines: readonly string[],
): string {
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function sampleLine(
  name: string,
  labels: readonly string[],
  values: LabelValues,
  value: number,
): string {
  const pairs = labels.map((label, index) => `${label}="${escapeValue(values[index] ?? '')}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join()}}`} ${value}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`);
}
