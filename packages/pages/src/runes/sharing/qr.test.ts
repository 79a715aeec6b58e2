import decodeQR from 'qr/decode.js';
import { expect, test } from 'vitest';
import { type QrCode, qrOf } from './qr.ts';

const LINK =
  'clnrest+https://node.local:3010?rune=OSqc7ixY6F-gjcigBfxtzKUI54uzgFSA6YfBQoWGDV89MA==';

/** Renders the path and decodes the image. */
function scan({ size, path }: QrCode): string {
  const scale = 4;
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = 0; row < scale; row++) {
      for (let column = 0; column < Number(length) * scale; column++) {
        const at = (Number(y) * scale + row) * width + Number(x) * scale + column;
        data.fill(0, at * 4, at * 4 + 3);
      }
    }
  }
  return decodeQR({ width, height: width, data });
}

test.each([
  [LINK, 'plain'],
  [LINK + 'a'.repeat(1_000), 'dense'],
  ['a'.repeat(2_953), 'dense'],
])('a camera reads what was meant', (text, density) => {
  const code = qrOf(text);
  expect(code?.density).toBe(density);
  expect(code === undefined ? undefined : scan(code)).toBe(text);
  expect(code?.path).toMatch(/^(?:M\d+ \d+h\d+v1h-\d+z)+$/);
});

test('a text that is too long for a QR code has none', () => {
  expect(qrOf('a'.repeat(2_954))).toBeUndefined();
});
