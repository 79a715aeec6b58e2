import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from './byte-reader.ts';

test('bytes arrive in order, in pieces of any size, and are read in pieces of any size', () => {
  const sizes = fc.array(fc.nat({ max: 300 }), { maxLength: 200 });
  fc.assert(
    fc.property(sizes, sizes, (pushed, taken) => {
      const reader = new ByteReader();
      let next = 0;
      const piece = (size: number) => Uint8Array.from({ length: size }, () => next++ & 0xff);
      let expected = 0;
      let length = 0;
      const queue = [...taken];
      for (const size of pushed) {
        reader.push(piece(size));
        length += size;
        for (;;) {
          const wanted = queue[0];
          if (wanted === undefined) break;
          const bytes = reader.take(wanted);
          expect(bytes === undefined).toBe(wanted > length);
          if (bytes === undefined) break;
          queue.shift();
          length -= wanted;
          expect(bytes.length).toBe(wanted);
          for (const byte of bytes) expect(byte).toBe(expected++ & 0xff);
        }
        expect(reader.length).toBe(length);
      }
    }),
  );
});
