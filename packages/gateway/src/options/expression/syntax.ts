/** A part of an expression. Groups have no part of their own, because their captures are not needed. */
export type Part =
  | { readonly kind: 'character'; readonly matches: CharacterTest }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly options: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' };

/** Whether a UTF-16 code unit is one of a class. */
export type CharacterTest = (code: number) => boolean;

/** The expression has an error or unsupported syntax. The message gives the reason. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** Maximum length, which also limits the recursion. No list of origins needs a tenth of this. */
const MAX_LENGTH = 1_000;

/** Parses JavaScript's regular expressions, without the syntax that requires backtracking. */
export function readExpression(text: string): Part {
  if (text.length > MAX_LENGTH)
    throw new ExpressionError(`it is longer than ${MAX_LENGTH} characters`);
  return new Reader(text).read();
}

const isDigit: CharacterTest = (code) => code >= 0x30 && code <= 0x39;
const isWord: CharacterTest = (code) => /\w/.test(String.fromCharCode(code));
const isSpace: CharacterTest = (code) => /\s/.test(String.fromCharCode(code));
const isAnyInLine: CharacterTest = (code) => /./.test(String.fromCharCode(code));

function not(matches: CharacterTest): CharacterTest {
  return (code) => !matches(code);
}

const CLASSES: Readonly<Record<string, CharacterTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/** Characters with a special meaning unless they are escaped. */
const SPECIAL = '()[]{}*+?|';

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Part {
    const part = this.#choice();
    // Only `)` ends a choice before the end of the text.
    if (this.#at < this.#text.length) throw new ExpressionError('`)` has no matching `(`');
    return part;
  }

  #choice(): Part {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return { kind: 'choice', options };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#text.length && !this.#sees('|') && !this.#sees(')')) {
      parts.push(this.#repeated());
    }
    return { kind: 'sequence', parts };
  }

  #repeated(): Part {
    const part = this.#single();
    const counts = this.#counts();
    if (counts === undefined) return part;
    if (part.kind === 'edge') throw new ExpressionError('`^` and `$` cannot be repeated');
    // Ignores laziness, which does not change whether the whole text matches.
    this.#take('?');
    return { kind: 'repeat', part, ...counts };
  }

  #counts(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    const found = this.#match(/\{([0-9]+)(?:(,)([0-9]*))?\}/y);
    if (found === undefined) return undefined;
    const [, from = '', comma, to = ''] = found;
    const min = Number(from);
    const max = comma === undefined ? min : to === '' ? Infinity : Number(to);
    if (max < min) throw new ExpressionError(`\`${found[0]}\` has a maximum below its minimum`);
    return { min, max };
  }

  #single(): Part {
    const character = this.#next();
    switch (character) {
      case '^':
        return { kind: 'edge', edge: 'start' };
      case '$':
        return { kind: 'edge', edge: 'end' };
      case '.':
        return oneOf(isAnyInLine);
      case '(':
        return this.#group();
      case '[':
        return oneOf(this.#class());
      case '\\':
        return oneOf(asTest(this.#escape()));
      default:
        if (SPECIAL.includes(character)) {
          throw new ExpressionError(
            `\`${character}\` is not valid there; to match the character, write \`\\${character}\``,
          );
        }
        return oneOf(asTest(character.charCodeAt(0)));
    }
  }

  #group(): Part {
    if (this.#sees('?') && !this.#sees('?:')) {
      const [begin = '?'] = this.#match(/\?<?[=!]?/y) ?? [];
      throw new ExpressionError(`groups are \`(…)\` or \`(?:…)\`; \`(${begin}\` is not supported`);
    }
    this.#match(/\?:/y);
    const part = this.#choice();
    if (!this.#take(')')) throw new ExpressionError('`(` is not closed');
    return part;
  }

  /** Reads a character class after its opening bracket. */
  #class(): CharacterTest {
    const isNegated = this.#take('^');
    const tests: CharacterTest[] = [];
    while (!this.#take(']')) {
      if (this.#at >= this.#text.length) throw new ExpressionError('`[` is not closed');
      tests.push(this.#classItem());
    }
    const isOne: CharacterTest = (code) => tests.some((test) => test(code));
    return isNegated ? not(isOne) : isOne;
  }

  #classItem(): CharacterTest {
    const from = this.#classCharacter();
    // A hyphen before the closing bracket is a literal hyphen.
    if (!this.#sees('-') || this.#sees('-]')) return asTest(from);
    this.#next();
    const to = this.#classCharacter();
    if (typeof from !== 'number' || typeof to !== 'number' || to < from) {
      throw new ExpressionError('a range in `[…]` must go from a lower character to a higher one');
    }
    return (code) => code >= from && code <= to;
  }

  #classCharacter(): number | CharacterTest {
    const character = this.#next();
    return character === '\\' ? this.#escape() : character.charCodeAt(0);
  }

  /** Reads an escape after its backslash. */
  #escape(): number | CharacterTest {
    const hex = this.#match(/x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})/y);
    if (hex !== undefined) return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    const character = this.#next();
    const known = CLASSES[character] ?? CONTROLS[character];
    if (known !== undefined) return known;
    if (/[A-Za-z0-9]/.test(character)) {
      throw new ExpressionError(`\`\\${character}\` is not supported`);
    }
    return character.charCodeAt(0);
  }

  #next(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new ExpressionError('it ends unexpectedly');
    this.#at++;
    return character;
  }

  #sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text);
    if (found === null) return undefined;
    this.#at = sticky.lastIndex;
    return found;
  }
}

/** Precomputes the test for Latin-1, the characters of header values, so that each lookup takes constant time. */
function oneOf(test: CharacterTest): Part {
  const table = Array.from({ length: 256 }, (_, code) => test(code));
  return { kind: 'character', matches: (code) => table[code] ?? test(code) };
}

function asTest(character: number | CharacterTest): CharacterTest {
  return typeof character === 'number' ? (code) => code === character : character;
}
