import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeInit, encodeInit, encodePing, noticeText, pongFor } from './messages.ts';
import { PeerError } from './peer-error.ts';

describe('init', () => {
  test('has features and networks', () => {
    const networks = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const init = { features: Uint8Array.of(8, 0), networks };
    expect(decodeInit(encodeInit(init))).toEqual(init);
    expect([...encodeInit({ features: Uint8Array.of(), networks: [] })]).toEqual([0, 0, 0, 0]);
  });

  test('combines both fields of feature bits', () => {
    const { features } = decodeInit(Uint8Array.of(0, 1, 0x10, 0, 2, 0x80, 0x01));
    expect([...features]).toEqual([0x80, 0x11]);
  });

  test('can have unknown records', () => {
    const payload = Uint8Array.of(0, 0, 0, 0, 3, 2, 9, 9, 0xfd, 1, 0, 1, 5);
    expect(decodeInit(payload)).toEqual({ features: new Uint8Array(0), networks: [] });
  });

  test('of any bytes is read or malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
        try {
          decodeInit(payload);
        } catch (error) {
          expect(error).toBeInstanceOf(PeerError);
          expect(error).toMatchObject({ code: 'malformed' });
        }
      }),
    );
  });
});

describe('a ping', () => {
  test.each([
    [0, 2],
    [5, 7],
    [65_531, 65_533],
  ])('for %d bytes gets a pong of %d', (wanted, length) => {
    expect(pongFor(encodePing(wanted, 3))?.length).toBe(length);
  });

  test('for 65,532 bytes or more gets no pong', () => {
    expect(pongFor(encodePing(65_532))).toBeUndefined();
  });

  test.each([[[]], [[0]], [[0, 1, 0]], [[0, 1, 0, 9, 0]]])('of %j is malformed', (bytes) => {
    expect(() => pongFor(Uint8Array.from(bytes))).toThrow(PeerError);
  });
});

test('the text of an error is printable and short', () => {
  const text = new TextEncoder().encode(`no\n\u001b[31m${'x'.repeat(1_000)}`);
  const shown = noticeText(Uint8Array.of(...new Uint8Array(32), 4, 0, ...text));
  expect(shown).toMatch(/^no\?\?\[31mx{192}$/);
  expect(noticeText(Uint8Array.of(1))).toBe('');
});
