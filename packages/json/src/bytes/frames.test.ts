import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, cuts, jsonText, whiteSpace } from '@clnrest/testing/json-arbitrary';
import { FrameError } from './frame-error.ts';
import { JsonFrames } from './frames.ts';

const frame = jsonText.map((text) => `{"jsonrpc":"2.0","params":${text}}`);

describe('JsonFrames', () => {
  test('returns the objects verbatim, however the stream is split', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, whiteSpace), { maxLength: 4 }), cuts, (sent, at) => {
        const frames = new JsonFrames();
        const text = sent.flat().join('');
        const received = cut(Buffer.from(text), at).flatMap((piece) => frames.push(piece));
        expect(received).toEqual(sent.map(([whole]) => whole));
        expect(frames.unfinished).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('reads any view of bytes', () => {
    const bytes = new TextEncoder().encode('xx{"a":"é"}yy');
    expect(new JsonFrames().push(bytes.subarray(2, bytes.length - 2))).toEqual(['{"a":"é"}']);
  });

  test.each(['[1]', '"text"', 'hello', '}'])('rejects %s: only objects are frames', (text) => {
    expect(() => new JsonFrames().push(Buffer.from(text))).toThrow(FrameError);
  });

  test('rejects an object beyond maxBytes before it is complete', () => {
    const frames = new JsonFrames({ maxBytes: 10 });
    expect(frames.push(Buffer.from('{"a":1234}'))).toEqual(['{"a":1234}']);
    expect(() => frames.push(Buffer.from('{"a":12345'))).not.toThrow();
    expect(() => frames.push(Buffer.from('6'))).toThrow(FrameError);
  });
});
