import { expect, test } from 'vitest';
import { readPrometheusText } from './prometheus-text.ts';

const COUNTER = '# HELP a_total Calls.\n# TYPE a_total counter\n';
const HISTOGRAM = '# HELP t_seconds Time.\n# TYPE t_seconds histogram\n';
const bucket = (bound: string, value: number): string =>
  `t_seconds_bucket{c="x",le="${bound}"} ${value}\n`;
const SUM = 't_seconds_sum{c="x"} 1.5\nt_seconds_count{c="x"} 2\n';

test('returns the samples', () => {
  const text = `${COUNTER}a_total{c="x\\"y"} 1\na_total 2\n${HISTOGRAM}${bucket('1', 1)}${bucket('+Inf', 2)}${SUM}`;
  expect([...readPrometheusText(text).values()]).toEqual([1, 2, 1, 2, 1.5, 2]);
});

// `promtool check metrics` of 2.42 rejects each of these, except for repeated samples and buckets.
test.each([
  ['no end of line', `${COUNTER}a_total 1`],
  ['no family', 'a_total 1\n'],
  ['no help', '# TYPE a_total counter\na_total 1\n'],
  ['a counter without its suffix', '# HELP a A.\n# TYPE a counter\na 1\n'],
  ['a sample twice', `${COUNTER}a_total 1\na_total 2\n`],
  ['a family twice', `${COUNTER}a_total 1\n${COUNTER}`],
  ['a sample of another family', `${COUNTER}b_total 1\n`],
  ['a number that is not one', `${COUNTER}a_total x\n`],
  ['a label without quotes', `${COUNTER}a_total{c=x} 1\n`],
  ['a bucket that decreases', `${HISTOGRAM}${bucket('1', 3)}${bucket('+Inf', 2)}${SUM}`],
  ['another count', `${HISTOGRAM}${bucket('1', 1)}${bucket('+Inf', 3)}${SUM}`],
])('rejects %s', (_, text) => {
  expect(() => readPrometheusText(text)).toThrow();
});
