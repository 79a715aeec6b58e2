import { readFile } from 'node:fs/promises';
import {
  type Circumstances,
  Master,
  parseRestrictions,
  READONLY,
  readParameters,
  Restriction,
  Rune,
  RuneSyntaxError,
} from '@clnrest/runes';
import { hasRuneForm, withoutRunes } from '../rune-form.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type OptionName, type OptionValues, readOptions } from './options.ts';
import { visible } from './visible.ts';

/** A rune as somebody gave it. */
export interface GivenRune {
  readonly rune: Rune;
  /** Its base64, as it was written where it was. */
  readonly text: string;
}

/** The command line of `clnrest rune …` behind the command's name. */
export class RuneArguments {
  readonly #terminal: Terminal;
  readonly #words: string[];
  readonly #values: OptionValues;

  /**
   * @param name of the command
   * @param allowed the options that it takes
   * @throws {UsageError}
   */
  constructor(
    argv: readonly string[],
    terminal: Terminal,
    name: string,
    allowed: readonly OptionName[],
  ) {
    this.#terminal = terminal;
    const { values, words } = readOptions(argv, name, allowed);
    this.#values = values;
    this.#words = words;
  }

  get help(): boolean {
    return this.#values.help === true;
  }

  /** Whether to print JSON. */
  get json(): boolean {
    return this.#values.json === true || !this.#terminal.isPerson;
  }

  get id(): string {
    const { id = '0' } = this.#values;
    if (!/^(?:0|[1-9][0-9]*)$/.test(id) || BigInt(id) >= 2n ** 63n) {
      throw new UsageError(`--id: a number from 0 to 2^63-1, not ${quoted(id)}`);
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
      const why = `--params: JSON, an object or array, not ${quoted(params ?? '')}`;
      throw new UsageError(why, { cause });
    }
  }

  get nodeId(): string | undefined {
    const { nodeid } = this.#values;
    if (nodeid !== undefined && !/^0[23][0-9a-fA-F]{64}$/.test(nodeid)) {
      throw new UsageError(
        `--nodeid: 66 hex digits that begin with 02 or 03, not ${quoted(nodeid)}`,
      );
    }
    return nodeid;
  }

  /** The time of the call in nanoseconds since 1970. */
  get now(): bigint {
    const { time } = this.#values;
    if (time === undefined) return BigInt(Date.now()) * 1_000_000n;
    return moment(time) ?? refuse(`--time: seconds since 1970, not ${quoted(time)}`);
  }

  /** Finds the last use of a rune; absent if the command line says nothing about it. */
  get lastUsed(): Circumstances['lastUsed'] {
    const { 'last-used': time } = this.#values;
    if (time === undefined) return undefined;
    if (time === 'never') return () => undefined;
    const last =
      moment(time) ?? refuse(`--last-used: seconds since 1970, or never, not ${quoted(time)}`);
    return () => last;
  }

  /** The node's rune secret, from a file, stdin or (seen by all on the machine) the command line. */
  async master(): Promise<Master> {
    const { secret, 'secret-file': file } = this.#values;
    if ((secret === undefined) === (file === undefined)) {
      throw new UsageError('give --secret-file FILE (or --secret HEX), one of them');
    }
    if (file === '-' && this.#words[0] === '-') {
      throw new UsageError('the secret or the rune: only one of them from stdin');
    }
    const hex = (secret ?? (await this.#read(file ?? '-'))).trim();
    if (!/^(?:[0-9a-fA-F]{2}){1,55}$/.test(hex)) {
      throw new UsageError('the secret must be hex digits, 64 for a node of Core Lightning');
    }
    return new Master(Uint8Array.from(Buffer.from(hex, 'hex')));
  }

  /** The next word as a rune; `-` reads it from stdin. */
  async rune(): Promise<Rune> {
    return (await this.givenRune()).rune;
  }

  /** The next word as a rune, and as it was written. */
  async givenRune(): Promise<GivenRune> {
    const word = this.#words.shift();
    if (word === undefined) throw new UsageError('a rune is missing');
    const text = (word === '-' ? await this.#terminal.input() : word).trim();
    try {
      if (!/^[0-9a-fA-F]{64}:/.test(text)) return { rune: Rune.fromBase64(text), text };
      const rune = Rune.fromString(text);
      return { rune, text: rune.toBase64() };
    } catch (error) {
      if (!(error instanceof RuneSyntaxError)) throw error;
      throw new UsageError(`not a rune: ${placed(error)}`, { cause: error });
    }
  }

  /** The words that are left, as restrictions. */
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

  /** @throws {UsageError} where words are left over */
  end(): void {
    const [extra] = this.#words;
    if (extra !== undefined) throw new UsageError(`too many words: ${quoted(extra)}`);
  }

  async #read(file: string): Promise<string> {
    if (file === '-') return this.#terminal.input();
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new UsageError(`can't read ${visible(withoutRunes(file))}`, { cause });
    }
  }
}

/** Seconds since 1970 in nanoseconds. */
function moment(seconds: string): bigint | undefined {
  return /^[0-9]{1,18}$/.test(seconds) ? BigInt(seconds) * 1_000_000_000n : undefined;
}

function refuse(why: string): never {
  throw new UsageError(why);
}

function quoted(word: string): string {
  return `'${visible(withoutRunes(word))}'`;
}

/** What is wrong with a rune, and where; the rune is as good as a password, and is not repeated. */
function placed({ code, message, offset }: RuneSyntaxError): string {
  const words = visible(message);
  if (offset === undefined) return words;
  const inWhat = code === 'bad_base64' || code === 'bad_hex' ? '' : ' of its restrictions';
  return `${words}, at character ${offset + 1}${inWhat}`;
}

/** The word, and a caret under the character that is wrong. */
function pointAt(word: string, { message, offset }: RuneSyntaxError): string {
  if (hasRuneForm(word)) return 'not a restriction: it may be a rune';
  if (offset === undefined) return `not a restriction: ${visible(message)}`;
  const indent = ' '.repeat(visible(word.slice(0, offset)).length);
  return `not a restriction: ${visible(message)}\n  ${visible(word)}\n  ${indent}^`;
}
