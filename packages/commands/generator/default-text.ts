import type { FactSchema } from './fact-types.ts';

/** Returns the default of a parameter as JSON or a short text, without the marks of the schema folder. */
export function defaultText({ default: value }: FactSchema): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value).replaceAll(/[`*']/g, '');
  if (/^(?:True|False)$/.test(text)) return text.toLowerCase();
  return text === 'zero' ? '0' : text;
}
