import { encodeQR } from 'qr';

/** A QR code of `size` by `size` squares, including the margin. */
export interface QrCode {
  readonly size: number;
  /** An SVG path of the dark squares, one unit per square. */
  readonly path: string;
  /** Whether the code is hard to scan. */
  readonly density: 'plain' | 'dense';
}

/** ISO/IEC 18004: the capacity of the largest code at the lowest error correction. */
const MAX_BYTES = 2953;
/** From this size (about 100 squares per side), fewer squares help scanning more than a higher error correction. */
const DENSE_BYTES = 600;

/** The quiet zone that the standard requires, in squares. */
const QUIET = 4;

/** Encodes an ASCII text, such as a link. Returns undefined if the text is too long for a QR code. */
export function qrOf(text: string): QrCode | undefined {
  if (text.length > MAX_BYTES) return undefined;
  const isDense = text.length > DENSE_BYTES;
  const rows = encodeQR(text, 'raw', { ecc: isDense ? 'low' : 'medium', border: QUIET });
  const path = rows.map((row, y) => pathOfRow(row, y)).join('');
  return { size: rows.length, path, density: isDense ? 'dense' : 'plain' };
}

/** Draws adjacent squares as one rectangle. */
function pathOfRow(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    const start = x;
    while (row[x] === true) x++;
    if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
  }
  return path;
}
