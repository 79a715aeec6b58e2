import { type AlternativeVerdict, explainVerdict, type Rune } from '@clnrest/runes';

/** Fields that say nothing about a command before its parameters, or the last use, are known. */
const OPEN = /^(?:pname|parr|pinv|pnum$|rate$|per$)/;

/** The commands that a rune may allow, with the right parameters at the right moment. */
export function allowedCommands(rune: Rune, methods: readonly string[], now: bigint): string[] {
  const mayPass = ({ passed, alternative }: AlternativeVerdict): boolean =>
    passed || OPEN.test(alternative.fieldname);
  return methods.filter((method) =>
    explainVerdict(rune, { now, method }).restrictions.every(({ alternatives }) =>
      alternatives.some(mayPass),
    ),
  );
}
