import { bytesOf, type FuzzCase, type Values } from './case.ts';

/** What the fuzzer looks for. */
export type Check =
  | 'crash'
  | 'violation'
  | 'neighbour'
  | 'latency'
  | 'peak memory'
  | 'memory growth'
  | 'descriptor leak';

/** Something that must not happen, and the cases of which one or more have caused it. */
export interface Failure {
  readonly check: Check;
  readonly detail: string;
  /** Numbers of cases, the most suspect first. */
  readonly suspects: readonly number[];
}

/** A failure, and the least that leads to it. */
export interface Finding {
  readonly failure: Failure;
  /** The number of the case that caused it, where it is one. */
  readonly index: number | undefined;
  /** Cases that run at the same time. Empty where the failure could not be had again. */
  readonly cases: readonly FuzzCase[];
}

const MOST_BYTES = 2_000;
const MOST_SHOWN = 4;

/** For people: seed, number, the case as JSON and as bytes. */
export function describeFinding(
  { failure, index, cases }: Finding,
  seed: number,
  values: Values,
): string {
  const lines = [`FAILED: ${failure.check}: ${failure.detail}`, `seed ${seed}`];
  if (index !== undefined) lines.push(`case ${index} (again: --seed ${seed} --case ${index})`);
  if (cases.length === 0) {
    lines.push(
      'It did not happen again when the cases of that moment were repeated:',
      failure.suspects.slice(0, 200).join(' '),
    );
  }
  const json = JSON.stringify(cases.length === 1 ? cases[0] : cases);
  if (cases.length > 0) lines.push('smallest reproduction (again: --replay JSON):', `  ${json}`);
  for (const fuzzCase of cases.slice(0, MOST_SHOWN)) {
    lines.push('as bytes:', ...printable(fuzzCase, values).map((line) => `  ${line}`));
  }
  return lines.join('\n');
}

function printable(fuzzCase: FuzzCase, values: Values): string[] {
  const texts: string[] = [];
  let length = 0;
  for (const item of fuzzCase.items) {
    for (const text of bytesOf(item, values)) {
      length += text.length;
      if (length <= MOST_BYTES) texts.push(text);
      else texts.push(text.slice(0, 100));
      if (length > MOST_BYTES) return [...lines(texts), `… (more than ${MOST_BYTES} bytes)`];
    }
  }
  return lines(texts);
}

function lines(texts: readonly string[]): string[] {
  return JSON.stringify(texts.join(''))
    .slice(1, -1)
    .replaceAll(/[\u007f-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)
    .replaceAll(String.raw`\r\n`, '\\r\\n\n')
    .split('\n')
    .filter((line) => line !== '');
}
