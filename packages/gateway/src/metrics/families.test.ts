import { describe, expect, test } from 'vitest';
import { Counter, Gauge, Histogram } from './families.ts';

describe("Prometheus' text format", () => {
  test('of a counter, with and without labels', () => {
    const plain = new Counter({ name: 'a_total', help: 'All\nof a\\b.' });
    expect(plain.render()).toBe(
      '# HELP a_total All\\nof a\\\\b.\n# TYPE a_total counter\na_total 0\n',
    );
    const labelled = new Counter({ name: 'b_total', help: 'B.', labels: ['command', 'status'] });
    labelled.add(['getinfo', '201']);
    labelled.add(['getinfo', '201'], 2);
    labelled.add(['"\\\n', '500']);
    expect(labelled.render().split('\n').slice(2)).toEqual([
      'b_total{command="getinfo",status="201"} 3',
      'b_total{command="\\"\\\\\\n",status="500"} 1',
      '',
    ]);
  });

  test('of a gauge, which is read when it is rendered', () => {
    let value = 1;
    const gauge = new Gauge({ name: 'g', help: 'G.' }, () => value);
    value = 2.5;
    expect(gauge.render()).toContain('\ng 2.5\n');
    const several = new Gauge({ name: 'g', help: 'G.', labels: ['of'] }, () => [
      [['x'], 1],
      [['y'], 0],
    ]);
    expect(several.render().split('\n').slice(1)).toEqual([
      '# TYPE g gauge',
      'g{of="x"} 1',
      'g{of="y"} 0',
      '',
    ]);
  });

  test('of a histogram: buckets are cumulative, and a bound belongs to its bucket', () => {
    const histogram = new Histogram({ name: 'h', help: 'H.', labels: ['of'] });
    for (const seconds of [0.0005, 0.0006, 61, 0.5]) histogram.observe(seconds, ['x']);
    const lines = histogram.render().split('\n');
    expect(lines[1]).toBe('# TYPE h histogram');
    expect(lines).toEqual(
      expect.arrayContaining([
        'h_bucket{of="x",le="0.0005"} 1',
        'h_bucket{of="x",le="0.001"} 2',
        'h_bucket{of="x",le="0.25"} 2',
        'h_bucket{of="x",le="0.5"} 3',
        'h_bucket{of="x",le="60"} 3',
        'h_bucket{of="x",le="+Inf"} 4',
        'h_count{of="x"} 4',
      ]),
    );
    expect(lines.find((line) => line.startsWith('h_sum'))).toMatch(/^h_sum\{of="x"\} 61\.501/);
  });
});

test('the number of label sets is bounded: further ones count as other', () => {
  const counter = new Counter({ name: 'c_total', help: 'C.', labels: ['command', 'status'] });
  for (let i = 0; i < 10_000; i++) counter.add([`m${i}`, '404']);
  counter.add(['m0', '404']);
  const lines = counter.render().split('\n');
  expect(lines.length).toBeLessThan(510);
  expect(lines).toContain('c_total{command="other",status="other"} 9500');
  expect(lines).toContain('c_total{command="m0",status="404"} 2');
});
