/**
 * lightningd's text for a restriction of which no alternative holds, from the reason against each. It
 * is never empty: an empty text would pass for no reason in a condition.
 */
export function restrictionReason(reasons: readonly string[]): string {
  if (reasons.length === 0) return 'no alternative is given, so none can hold';
  return inEnglish(escapeForJson(reasons.join(' AND ')));
}

/** lightningd turns the start of the whole reason into English, and only the start. */
function inEnglish(reason: string): string {
  return reason
    .replace(/^pname/, 'parameter ')
    .replace(/^parr/, 'parameter #')
    .replace(/^pnum/, 'number of parameters')
    .replace(/^pinv/, 'invoice parameter ');
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\b': '\\b',
  '\f': '\\f',
  '\t': '\\t',
  '\r': '\\r',
  '\\': '\\\\',
  '"': '\\"',
};

/** lightningd escapes the reason before it goes, escaped once more, into the reply. */
function escapeForJson(reason: string): string {
  // oxlint-disable-next-line no-control-regex
  return reason.replace(/[\0-\x1f\x7f"\\]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return SHORT_ESCAPES[character] ?? `\\u${hex}`;
  });
}
