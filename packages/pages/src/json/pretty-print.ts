import { type Token, tokens } from '@clnrest/json';

/** A piece of pretty-printed JSON and its kind. */
export interface Piece {
  readonly kind: 'name' | 'string' | 'number' | 'word' | 'between';
  readonly text: string;
}

const STEP = '  ';
/** Maximum indentation, so that deep nesting does not take quadratic space. */
const MAX_INDENT = 32;

/**
 * Pretty-prints JSON with one line for each member and keeps all digits and escapes. Escapes invisible characters and those
 * that change the writing direction, which does not change the JSON value.
 */
export function* prettyPrint(text: string): Generator<Piece, void> {
  let depth = 0;
  let before: Token | undefined;
  let inObject = false;
  const containers: boolean[] = [];
  const newLine = (): Piece => between(`\n${STEP.repeat(Math.min(depth, MAX_INDENT))}`);
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

/** Control and format characters, separators and unpaired surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function shown(string: string): string {
  return string.replace(INVISIBLE, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
