import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventParser } from './event-parser.ts';

function eventsOf(pieces: readonly string[]) {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const STREAM = [
  'retry: 250',
  ': listening',
  '',
  'id: a-1',
  'event: invoice_payment',
  'data: {"invoice_payment":',
  'data: {"label":"é"}}',
  '',
  ':',
  'data:x',
  'unknown: y',
  '',
  'event: nothing',
  '',
  'data',
  '',
  'id: with\0nul',
  'data:  two',
  '',
  '',
];

const EVENTS = [
  { event: 'invoice_payment', data: '{"invoice_payment":\n{"label":"é"}}', id: 'a-1' },
  { event: 'message', data: 'x', id: undefined },
  { event: 'message', data: '', id: undefined },
  { event: 'message', data: ' two', id: undefined },
];

describe('server-sent events', () => {
  test('are parsed with any line ending and any split', () => {
    const end = fc.constantFrom('\n', '\r', '\r\n');
    fc.assert(
      fc.property(end, fc.array(fc.nat(200), { maxLength: 12 }), (end, places) => {
        const text = STREAM.join(end);
        const sorted = [0, ...places.map((place) => place % text.length), text.length].toSorted(
          (a, b) => a - b,
        );
        const pieces = sorted.slice(1).map((to, index) => text.slice(sorted[index], to));
        expect(eventsOf(pieces)).toEqual(EVENTS);
        expect(eventsOf([...text])).toEqual(EVENTS);
      }),
    );
  });

  test('set the reconnection time', () => {
    const parser = new EventParser();
    parser.push('retry: soon\n');
    expect(parser.retryMs).toBeUndefined();
    parser.push('retry: 250\n');
    expect(parser.retryMs).toBe(250);
  });

  test('that never end are rejected, unlike any number of heartbeats', () => {
    const parser = new EventParser();
    const mebibyte = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 70; i++) parser.push(`:${mebibyte}\n`);
    parser.push('data: ');
    expect(() => {
      for (let i = 0; i < 70; i++) parser.push(mebibyte);
    }).toThrow(SyntaxError);
  });
});
