// Writes pictures of pages as PNG with a palette, a third of what browsers make of them.
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The pixels of a picture as a PNG (W3C PNG, colour type 3), in 256 colours. */
export function smallPng({ width, height, rgba }) {
  const colours = coloursOf(rgba);
  const palette = representatives(colours, 256);
  const indexes = new Map([...new Set(colours)].map((each) => [each, nearest(palette, each)]));
  const rows = Buffer.alloc((width + 1) * height);
  colours.forEach((colour, at) => {
    // Each row begins with the number of its filter, which is 0.
    rows[at + Math.floor(at / width) + 1] = indexes.get(colour);
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function coloursOf(rgba) {
  const at = (i) => (rgba[i * 4] << 16) | (rgba[i * 4 + 1] << 8) | rgba[i * 4 + 2];
  return Uint32Array.from({ length: rgba.length / 4 }, (_, i) => at(i));
}

/** So few colours that none of the picture's is further from one of them than it must be; the commonest stay as they are. */
function representatives(colours, most) {
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const ordered = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  for (let tolerance = 0; ; tolerance += 2) {
    const chosen = [];
    for (const colour of ordered) {
      if (chosen.length > most) break;
      if (chosen.every((each) => distance(each, colour) > tolerance)) chosen.push(colour);
    }
    if (chosen.length <= most) return chosen;
  }
}

function nearest(palette, colour) {
  const distances = palette.map((each) => distance(each, colour));
  return distances.indexOf(Math.min(...distances));
}

function distance(one, other) {
  const channelsOfOther = channels(other);
  return Math.hypot(...channels(one).map((channel, i) => channel - channelsOfOther[i]));
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
