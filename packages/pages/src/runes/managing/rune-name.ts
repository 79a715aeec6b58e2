import type { Restriction } from '@clnrest/runes';

/** Whether a restriction is only a comment: `name#Shop`, or `dumb example#` of the manual of createrune. */
export function isComment({ alternatives }: Restriction): boolean {
  // `rate#` and `per#` are errors on a node, and a comment on an invoice requires the invoice.
  return (
    alternatives.length > 0 &&
    alternatives.every(
      ({ fieldname, condition }) => condition === '#' && !/^(?:rate$|per$|pinv)/.test(fieldname),
    )
  );
}

/**
 * Returns the name of a rune: the text of its first comment, or of its first comment `name#…`. lightningd v26.06 ignores what
 * a comment says, and requires a field before `#`; `=` without a field is the unique id and not a comment (observed).
 */
export function nameOf(restrictions: readonly Restriction[]): string {
  const comments = restrictions.filter(isComment).flatMap(({ alternatives }) => alternatives);
  const named = comments.find(({ fieldname, value }) => fieldname === 'name' && value !== '');
  const chosen = named ?? comments[0];
  if (chosen === undefined) return '';
  const { fieldname, value } = chosen;
  if (value === '') return fieldname;
  return /^(?:name|comment)$/.test(fieldname) ? value : `${fieldname}: ${value}`;
}
