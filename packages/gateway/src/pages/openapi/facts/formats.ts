import type { Format } from '@clnrest/commands';

/** Formats of integers in the format registry of OpenAPI. */
const REGISTERED: Partial<Readonly<Record<Format, string>>> = {
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  u64: 'uint64',
};

/** Returns a format's name in OpenAPI: that of its registry if it has one, else lightningd's own. */
export function openApiFormat(format: Format): string {
  return REGISTERED[format] ?? format;
}
