import { type Token, tokens } from './tokens.ts';

/** A piece of a laid out text, and what it is. */
export interface Piece {
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'between';
  readonly text: string;
}

const STEP = '  ';
/** Deeper, lines begin no further right: a line of brackets must not be as long as it is deep. */
const DEEPEST = 32;

/**
 * JSON with a line for each member, as it is written: every digit, every escape. What is invisible in a string,
 * or turns the direction of writing, stands as an escape, which means the same in JSON.
 */
export function* laidOut(text: string): Generator<Piece, void> {
  let depth = 0;
  let before: Token | undefined;
  let inObject = false;
  const containers: boolean[] = [];
  const newLine = (): Piece => between(`\n${STEP.repeat(Math.min(depth, DEEPEST))}`);
  for (const token of tokens(text)) {
    const { kind } = token;
    const opened = before?.kind === '{' || before?.kind === '[';
    if (kind === '}' || kind === ']') {
      depth--;
      containers.pop();
      inObject = containers.at(-1) ?? false;
      if (!opened) yield newLine();
    } else if (opened || before?.kind === ',') {
      yield newLine();
    }
    if (kind === '{' || kind === '[') {
      depth++;
      inObject = kind === '{';
      containers.push(inObject);
    }
    const isName = kind === 'string' && inObject && before?.kind !== ':';
    yield isName ? { kind: 'name', text: shown(token.text) } : piece(token);
    before = token;
  }
}

function piece({ kind, text }: Token): Piece {
  switch (kind) {
    case 'string':
      return { kind: 'string', text: shown(text) };
    case 'scalar':
      return { kind: /^[-0-9]/.test(text) ? 'number' : 'word', text };
    case ':':
      return between(': ');
    default:
      return between(text);
  }
}

function between(text: string): Piece {
  return { kind: 'between', text };
}

/** Controls, formats (what turns writing around or is invisible), separators, halves of a character. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function shown(string: string): string {
  return string.replace(UNSEEN, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
