import { type AlternativeVerdict, explainVerdict, type Rune } from '@clnrest/runes';

/** Fields whose outcome depends on the parameters or on the last use of the rune. */
const OPEN = /^(?:pname|parr|pinv|pnum$|rate$|per$)/;

/** Returns the commands that a rune can allow, given suitable parameters and timing. */
export function allowedCommands(rune: Rune, methods: readonly string[], now: bigint): string[] {
  const canPass = ({ passed, alternative }: AlternativeVerdict): boolean =>
    passed || OPEN.test(alternative.fieldname);
  return methods.filter((method) =>
    explainVerdict(rune, { now, method }).restrictions.every(({ alternatives }) =>
      alternatives.some(canPass),
    ),
  );
}
