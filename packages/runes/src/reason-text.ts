/**
 * Joins the reasons against all alternatives of a restriction into lightningd's text. Never returns an empty text,
 * which a condition would treat as no reason.
 */
export function restrictionReason(reasons: readonly string[]): string {
  if (reasons.length === 0) return 'the restriction has no alternatives';
  return inEnglish(escapeForJson(reasons.join(' AND ')));
}

/** lightningd replaces a field name only at the start of the whole reason. */
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

/** lightningd escapes the reason, and escapes it again in the reply. */
function escapeForJson(reason: string): string {
  // oxlint-disable-next-line no-control-regex
  return reason.replace(/[\0-\x1f\x7f"\\]/g, (character) => {
    const hex = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return SHORT_ESCAPES[character] ?? `\\u${hex}`;
  });
}
