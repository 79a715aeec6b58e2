import { key } from './names.ts';

/** Writes JSON with unquoted keys, which the formatter leaves as they are. */
export function objectText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(objectText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${key(name)}: ${objectText(inner)}`)
    .join(', ')} }`;
}
