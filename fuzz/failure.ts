import { bytesOf, type FuzzCase, type Values } from './case.ts';

/** The check that failed. */
export type Check =
  | 'crash'
  | 'violation'
  | 'well-behaved client'
  | 'latency'
  | 'peak memory'
  | 'memory growth'
  | 'descriptor leak';

/** A failed check, and the cases that can have caused it. */
export interface Failure {
  readonly check: Check;
  readonly detail: string;
  /** Numbers of cases, the most likely cause first. */
  readonly suspects: readonly number[];
}

/** A failure and its smallest reproduction. */
export interface Finding {
  readonly failure: Failure;
  /** The number of the case, if a single case caused the failure. */
  readonly index: number | undefined;
  /** Cases that run at the same time. Empty if the failure could not be reproduced. */
  readonly cases: readonly FuzzCase[];
}

const MAX_PRINTED_BYTES = 2_000;
const MAX_PRINTED_CASES = 4;

/** Formats a finding: seed, number, the case as JSON and as bytes. */
export function describeFinding(
  { failure, index, cases }: Finding,
  seed: number,
  values: Values,
): string {
  const lines = [`FAILED: ${failure.check}: ${failure.detail}`, `seed ${seed}`];
  if (index !== undefined) lines.push(`case ${index} (to repeat: --seed ${seed} --case ${index})`);
  if (cases.length === 0) {
    lines.push(
      'Not reproduced by these cases, which ran at that time:',
      failure.suspects.slice(0, 200).join(' '),
    );
  }
  const json = JSON.stringify(cases.length === 1 ? cases[0] : cases);
  if (cases.length > 0)
    lines.push('smallest reproduction (to repeat: --replay JSON):', `  ${json}`);
  for (const fuzzCase of cases.slice(0, MAX_PRINTED_CASES)) {
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
      if (length <= MAX_PRINTED_BYTES) texts.push(text);
      else texts.push(text.slice(0, 100));
      if (length > MAX_PRINTED_BYTES)
        return [...lines(texts), `… (more than ${MAX_PRINTED_BYTES} bytes)`];
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
