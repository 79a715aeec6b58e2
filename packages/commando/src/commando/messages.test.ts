import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  commandMessages,
  CommandoType,
  MAX_PIECE_BYTES,
  readPiece,
  writePiece,
} from './messages.ts';

test('a command of any length is cut into pieces, of which only the last ends it', () => {
  const lengths = [0, 1, MAX_PIECE_BYTES, MAX_PIECE_BYTES + 1, 2 * MAX_PIECE_BYTES, 200_001];
  for (const length of lengths) {
    const json = Uint8Array.from({ length }, (_, at) => at & 0xff);
    const pieces = commandMessages(2n ** 64n - 1n, json).map(readPiece);
    expect(pieces.every((piece) => piece?.id === 2n ** 64n - 1n)).toBe(true);
    expect(pieces.map((piece) => piece?.isLast)).toEqual([
      ...Array.from({ length: Math.max(0, Math.ceil(length / MAX_PIECE_BYTES) - 1) }, () => false),
      true,
    ]);
    const whole = Buffer.concat(pieces.map((piece) => piece?.json ?? new Uint8Array()));
    expect(whole.equals(json)).toBe(true);
  }
});

test('a piece is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('command' as const, 'reply' as const),
      fc.boolean(),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.uint8Array(),
      (kind, isLast, id, json) => {
        const piece = { kind, isLast, id, json };
        expect(readPiece(writePiece(piece))).toEqual(piece);
      },
    ),
  );
});

test('a message without a whole id is not a piece', () => {
  expect(readPiece({ type: CommandoType.commandEnds, payload: new Uint8Array(7) })).toBeUndefined();
});
