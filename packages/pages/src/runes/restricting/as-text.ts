import { parseRestrictions, READONLY, Restriction, RuneSyntaxError } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/** One of several restrictions separated by `&`. An escaped `&` is part of a value. */
const EACH = /(?:[^\\&]|\\.?)+/gs;

/**
 * Parses restrictions written as text: `method=pay|method=xpay`, one per line or separated by `&`, or the JSON that
 * createrune and commando-rune accept.
 */
export function readRestrictionsText(
  text: string,
): { readonly restrictions: readonly Restriction[] } | { readonly problem: string } {
  const given = text.trim();
  if (given === '') return { problem: 'Enter a restriction.' };
  if (given === 'readonly') return { restrictions: READONLY };
  try {
    const restrictions = /^["[]/.test(given)
      ? parseRestrictions(given, 'commando')
      : readLines(given);
    return restrictions.some(({ alternatives }) => alternatives.length === 0)
      ? { problem: 'An empty restriction never holds: no node would accept the rune.' }
      : { restrictions };
  } catch (error) {
    if (error instanceof BadLine) return { problem: error.message };
    if (!(error instanceof RuneSyntaxError)) throw error;
    return { problem: `Syntax error ${placeOf(error)}` };
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
        throw new BadLine(`Line ${index + 1}, “${visible(start)}”: syntax error ${placeOf(error)}`);
      }
    });
  });
}

function placeOf({ message, offset }: RuneSyntaxError): string {
  return `at character ${(offset ?? 0) + 1}: ${visible(message)}.`;
}
