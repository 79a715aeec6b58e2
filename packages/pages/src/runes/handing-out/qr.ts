import { encodeQR } from 'qr';

/** A QR code: dark squares on a light ground of `size` by `size`, the margin included. */
export interface QrCode {
  readonly size: number;
  /** An SVG path, one unit a square. */
  readonly path: string;
  /** How it will be scanned. */
  readonly density: 'plain' | 'dense';
}

/** ISO/IEC 18004: bytes that the largest code holds at the lowest correction. */
const MOST_BYTES = 2953;
/** From here on (some 100 squares a side) a camera needs a steady hand, and correction costs more than it brings. */
const DENSE_BYTES = 600;

/** The margin that readers are entitled to, in squares. */
const QUIET = 4;

/** Nothing where the text is too long for any code. The text is ASCII, as links are. */
export function qrOf(text: string): QrCode | undefined {
  if (text.length > MOST_BYTES) return undefined;
  const isDense = text.length > DENSE_BYTES;
  const rows = encodeQR(text, 'raw', { ecc: isDense ? 'low' : 'medium', border: QUIET });
  const path = rows.map((row, y) => pathOfRow(row, y)).join('');
  return { size: rows.length, path, density: isDense ? 'dense' : 'plain' };
}

/** Squares beside each other are one stroke. */
function pathOfRow(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    const start = x;
    while (row[x] === true) x++;
    if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
  }
  return path;
}
