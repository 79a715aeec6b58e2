import type { AnyCase, Subject } from './subject.ts';

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
export interface Finding<C> {
  readonly failure: Failure;
  /** The number of the case, if a single case caused the failure. */
  readonly index: number | undefined;
  /** Cases that run at the same time. Empty if the failure could not be reproduced. */
  readonly cases: readonly C[];
}

const MAX_PRINTED_CASES = 4;

/** Formats a finding: seed, number, the case as JSON and as bytes. */
export function describeFinding<C extends AnyCase>(
  { failure, index, cases }: Finding<C>,
  seed: number,
  { printable }: Pick<Subject<C>, 'printable'>,
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
    lines.push('as bytes:', ...printable(fuzzCase).map((line) => `  ${line}`));
  }
  return lines.join('\n');
}
