/** Appends a default to the text about a parameter, unless the text states one. */
export function withDefault(
  text: string | undefined,
  value: string | undefined,
): string | undefined {
  if (value === undefined || text?.includes('Default:') === true) return text;
  return [text, `Default: ${value}.`].filter((part) => part !== undefined).join(' ');
}
