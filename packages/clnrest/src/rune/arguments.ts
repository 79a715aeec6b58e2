import { readFile } from 'node:fs/promises';
import {
  type Circumstances,
  extractRune,
  Master,
  parseRestrictions,
  READONLY,
  readParameters,
  Restriction,
  Rune,
  RuneSyntaxError,
} from '@clnrest/runes';
import { expandPath } from '../paths.ts';
import { looksLikeRune, redactRunes } from '../rune-redaction.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type OptionValues, readOptions, type RuneCommandName } from './options.ts';
import { printable } from './printable.ts';

/** A rune and its base64 text. */
export interface RuneWithText {
  readonly rune: Rune;
  /** The text as given, if it was base64. */
  readonly text: string;
}

/** The arguments of a command of `clnrest rune`. */
export class RuneArguments {
  readonly #terminal: Terminal;
  readonly #words: string[];
  readonly #values: OptionValues;

  /**
   * @param name the command's name
   * @throws {UsageError}
   */
  constructor(argv: readonly string[], terminal: Terminal, name: RuneCommandName) {
    this.#terminal = terminal;
    const { values, words } = readOptions(argv, name);
    this.#values = values;
    this.#words = words;
  }

  get help(): boolean {
    return this.#values.help === true;
  }

  /** Whether to print JSON instead of text. */
  get json(): boolean {
    return this.#values.json === true;
  }

  get id(): string {
    const { id = '0' } = this.#values;
    if (!/^(?:0|[1-9][0-9]*)$/.test(id) || BigInt(id) >= 2n ** 63n) {
      throw new UsageError(`invalid --id ${quoted(id)}: give a number from 0 to 2^63-1`);
    }
    return id;
  }

  get method(): string | undefined {
    return this.#values.method;
  }

  get params(): string | undefined {
    const { params } = this.#values;
    try {
      if (params === undefined) return undefined;
      JSON.parse(params);
      readParameters(params);
      return params;
    } catch (cause) {
      const message = `invalid --params ${quoted(params ?? '')}: give a JSON object or array`;
      throw new UsageError(message, { cause });
    }
  }

  get nodeId(): string | undefined {
    const { nodeid } = this.#values;
    if (nodeid !== undefined && !/^0[23][0-9a-fA-F]{64}$/.test(nodeid)) {
      throw new UsageError(
        `invalid --nodeid ${quoted(nodeid)}: give 66 hex digits that begin with 02 or 03`,
      );
    }
    return nodeid;
  }

  /** The time of the call in nanoseconds since 1970. */
  get now(): bigint {
    const { time } = this.#values;
    if (time === undefined) return BigInt(Date.now()) * 1_000_000n;
    return parseSeconds(time) ?? fail(`invalid --time ${quoted(time)}: give seconds since 1970`);
  }

  /** Returns the last use of the rune; undefined without `--last-used`. */
  get lastUsed(): Circumstances['lastUsed'] {
    const { 'last-used': time } = this.#values;
    if (time === undefined) return undefined;
    if (time === 'never') return () => undefined;
    const last =
      parseSeconds(time) ??
      fail(`invalid --last-used ${quoted(time)}: give seconds since 1970, or never`);
    return () => last;
  }

  /** Reads the node's rune secret from a file, stdin or the command line. */
  async master(): Promise<Master> {
    const { secret, 'secret-file': file } = this.#values;
    if ((secret === undefined) === (file === undefined)) {
      throw new UsageError('give either --secret-file FILE or --secret HEX');
    }
    if (file === '-' && this.#words[0] === '-') {
      throw new UsageError(
        'stdin cannot contain both the secret and the rune: pass one in a file or as an argument',
      );
    }
    const hex = (secret ?? (await this.#read(file ?? '-'))).trim();
    if (!/^(?:[0-9a-fA-F]{2}){1,55}$/.test(hex)) {
      throw new UsageError('invalid secret: give hex digits; those of Core Lightning have 64');
    }
    return new Master(Uint8Array.from(Buffer.from(hex, 'hex')));
  }

  /** Parses the next word as a rune; `-` reads it from stdin. */
  async rune(): Promise<Rune> {
    return (await this.runeWithText()).rune;
  }

  /** Parses the next word as a rune, and also returns its base64. */
  async runeWithText(): Promise<RuneWithText> {
    const word = this.#words.shift();
    if (word === undefined) throw new UsageError('RUNE is missing');
    const given = word === '-' ? await this.#terminal.input() : word;
    try {
      const text = extractRune(given).rune;
      if (text === '') throw new UsageError(noRuneIn(word, given));
      if (!/^[0-9a-fA-F]{64}:/.test(text)) return { rune: Rune.fromBase64(text), text };
      const rune = Rune.fromString(text);
      return { rune, text: rune.toBase64() };
    } catch (error) {
      if (!(error instanceof RuneSyntaxError)) throw error;
      throw new UsageError(`not a valid rune: ${describe(error)}`, { cause: error });
    }
  }

  /** Parses the remaining words as restrictions. */
  restrictions(): Restriction[] {
    return this.#words.splice(0).flatMap((word) => {
      try {
        if (word === 'readonly') return READONLY;
        if (/^\s*[["]/.test(word)) return parseRestrictions(word, 'commando');
        return [Restriction.parse(word)];
      } catch (error) {
        if (!(error instanceof RuneSyntaxError)) throw error;
        throw new UsageError(pointAt(word, error), { cause: error });
      }
    });
  }

  /** Checks that no words remain. @throws {UsageError} */
  expectEnd(): void {
    const [extra] = this.#words;
    if (extra !== undefined) throw new UsageError(`unexpected argument ${quoted(extra)}`);
  }

  async #read(file: string): Promise<string> {
    if (file === '-') return this.#terminal.input();
    try {
      return await readFile(expandPath(file), 'utf8');
    } catch (cause) {
      if (cause instanceof UsageError) throw cause;
      throw new UsageError(`cannot read ${printable(redactRunes(file))}`, { cause });
    }
  }
}

/** Parses seconds since 1970 and returns them in nanoseconds. */
function parseSeconds(seconds: string): bigint | undefined {
  return /^[0-9]{1,18}$/.test(seconds) ? BigInt(seconds) * 1_000_000_000n : undefined;
}

function fail(message: string): never {
  throw new UsageError(message);
}

function quoted(word: string): string {
  return `'${printable(redactRunes(word))}'`;
}

function noRuneIn(word: string, text: string): string {
  if (word !== '-') return 'RUNE is empty: give a rune, or - to read it from stdin';
  return text.trim() === ''
    ? 'stdin is empty: pipe a rune into this command, or give it as an argument'
    : 'stdin contains a variable for a rune, but no rune: give it a value';
}

/** Describes an error and its position without quoting the rune, which is a bearer token. */
function describe({ code, message, offset }: RuneSyntaxError): string {
  const text = printable(message);
  if (offset === undefined) return text;
  const part = code === 'bad_base64' || code === 'bad_hex' ? '' : ' of its restrictions';
  return `${text}, at character ${offset + 1}${part}`;
}

/** Quotes the word, with a caret under the wrong character. */
function pointAt(word: string, { message, offset }: RuneSyntaxError): string {
  if (looksLikeRune(word)) return 'not a valid restriction: it looks like a rune';
  if (offset === undefined) return `not a valid restriction: ${printable(message)}`;
  const indent = ' '.repeat(printable(word.slice(0, offset)).length);
  return `not a valid restriction: ${printable(message)}\n  ${printable(word)}\n  ${indent}^`;
}
