import { parseRestrictions, READONLY, Restriction, RuneSyntaxError } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/** One restriction of several between `&`; what a backslash stands before is part of a value. */
const EACH = /(?:[^\\&]|\\.?)+/gs;

/**
 * Restrictions as those write them who know the language: `method=pay|method=xpay`, one a line or several between
 * `&`, as they stand in a rune; or the JSON that createrune and commando-rune take.
 */
export function readRestrictionsText(
  text: string,
): { readonly restrictions: readonly Restriction[] } | { readonly problem: string } {
  const given = text.trim();
  if (given === '') return { problem: 'Nothing is written here.' };
  if (given === 'readonly') return { restrictions: READONLY };
  try {
    const restrictions = /^["[]/.test(given)
      ? parseRestrictions(given, 'commando')
      : readLines(given);
    return restrictions.some(({ alternatives }) => alternatives.length === 0)
      ? { problem: 'An empty restriction can’t hold: no node would accept the rune.' }
      : { restrictions };
  } catch (error) {
    if (error instanceof BadLine) return { problem: error.message };
    if (!(error instanceof RuneSyntaxError)) throw error;
    return { problem: `This can’t be read ${placeOf(error)}` };
  }
}

class BadLine extends Error {}

function readLines(text: string): Restriction[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const parts = line.trim().match(EACH) ?? [];
    return parts.map((part) => {
      try {
        return Restriction.parse(part);
      } catch (error) {
        if (!(error instanceof RuneSyntaxError)) throw error;
        const start = part.length > 60 ? `${part.slice(0, 60)}…` : part;
        throw new BadLine(
          `Line ${index + 1}, “${visible(start)}”: can’t be read ${placeOf(error)}`,
        );
      }
    });
  });
}

function placeOf({ message, offset }: RuneSyntaxError): string {
  return `at character ${(offset ?? 0) + 1}: ${visible(message)}.`;
}
