/**
 * Reads Prometheus' text format, version 0.0.4, and returns the samples. Rejects what `promtool check metrics` of 2.42 rejects:
 * malformed lines, samples outside their family, families in several parts or without help, and counters whose name does not
 * end with `_total`. Also rejects repeated samples, and histograms whose buckets do not add up.
 *
 * @throws {Error} with the line or the name
 */
export function readPrometheusText(body: string): ReadonlyMap<string, number> {
  if (!body.endsWith('\n')) throw new Error('the last line is not complete');
  const reader = new Reader();
  for (const line of body.slice(0, -1).split('\n')) reader.read(line);
  return reader.end();
}

type Type = 'counter' | 'gauge' | 'histogram';

class Reader {
  readonly #samples = new Map<string, number>();
  readonly #types = new Map<string, Type>();
  #helped = '';
  #family = '';

  read(line: string): void {
    const help = /^# HELP ([a-z_]+) \S/.exec(line)?.[1];
    const [, name, type] = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (help !== undefined) this.#helped = help;
    else if (name !== undefined) this.#declare(name, type as Type);
    else this.#sample(line);
  }

  end(): ReadonlyMap<string, number> {
    for (const [name, type] of this.#types) if (type === 'histogram') this.#checkBuckets(name);
    return this.#samples;
  }

  #declare(name: string, type: Type): void {
    if (this.#helped !== name) throw new Error(`no help for ${name}`);
    if (this.#types.has(name)) throw new Error(`${name} is declared again`);
    if ((type === 'counter') !== name.endsWith('_total'))
      throw new Error(`${name} is not a ${type}`);
    this.#types.set(name, type);
    this.#family = name;
  }

  #sample(line: string): void {
    const sample = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (\S+)$/.exec(line);
    const [, name = '', labels = '', value = ''] = sample ?? [];
    if (sample === null || Number.isNaN(Number(value))) throw new Error(`malformed: ${line}`);
    const suffix = this.#types.get(this.#family) === 'histogram' ? /_(?:bucket|sum|count)$/ : /$/;
    if (name.replace(suffix, '') !== this.#family) throw new Error(`in another family: ${line}`);
    if (this.#samples.has(name + labels)) throw new Error(`again: ${line}`);
    this.#samples.set(name + labels, Number(value));
  }

  /** Buckets are cumulative, and the last one is the count. */
  #checkBuckets(name: string): void {
    const last = new Map<string, number>();
    for (const [key, value] of this.#samples) {
      const [, before = '', bound, after = ''] =
        /^(\w+_bucket\{.*?),?le="([^"]*)"(.*)$/.exec(key) ?? [];
      if (bound === undefined || !before.startsWith(`${name}_bucket{`)) continue;
      const series = before.slice(`${name}_bucket`.length) + after;
      if (value < (last.get(series) ?? 0)) throw new Error(`${key} is not cumulative`);
      last.set(series, value);
      if (bound !== '+Inf') continue;
      const labels = series === '{}' ? '' : series;
      if (this.#samples.get(`${name}_count${labels}`) !== value)
        throw new Error(`${key} differs from the count`);
    }
  }
}
