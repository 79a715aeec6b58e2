import { parseCommandLine } from '../command-line.ts';
import { CALL, LISTEN } from '../command-table/client-commands.ts';
import { parseOptions } from '../command-table/parse-options.ts';
import type { Format } from '../lightning-cli/format.ts';
import type { ParameterStyle } from '../lightning-cli/parameters.ts';

/** The options of the connection to the gateway, before defaults apply. */
export interface ConnectionOptions {
  readonly url: string | undefined;
  readonly rune: string | undefined;
  readonly runeFile: string | undefined;
  readonly ca: string | undefined;
  readonly pace: boolean;
}

/** The options of a node that is called over the Lightning protocol. */
export interface PeerOptions {
  readonly peer: string | undefined;
  readonly identityFile: string | undefined;
}

/** The command line of `clnrest call`. */
export interface CallArguments {
  readonly connection: ConnectionOptions & PeerOptions;
  readonly style: ParameterStyle;
  readonly format: Exclude<Format, 'help-list'> | undefined;
  readonly help: boolean;
  /** The method and its parameters. */
  readonly words: readonly string[];
}

const FORMATS = { json: 'json', raw: 'raw', flat: 'flat', 'human-readable': 'human' } as const;
const STYLES = { keywords: 'keywords', order: 'ordered' } as const;

/** Parses options anywhere before `--`; the last of several formats or styles wins. @throws {UsageError} */
export function parseCallArguments(argv: readonly string[]): CallArguments {
  const { values, positionals, tokens } = parseCommandLine({
    args: argv,
    allowPositionals: true,
    tokens: true,
    options: parseOptions(CALL.options),
  });
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const last = <T>(values: Readonly<Record<string, T>>): T | undefined => {
    const name = names.findLast((name) => Object.hasOwn(values, name));
    return name === undefined ? undefined : values[name];
  };
  return {
    connection: {
      ...connectionOf(values),
      peer: values.peer,
      identityFile: values['identity-file'],
    },
    style: last<ParameterStyle>(STYLES) ?? 'auto',
    format: last<Exclude<Format, 'help-list'>>(FORMATS),
    help: values.help === true,
    words: positionals,
  };
}

/** The command line of `clnrest listen`. */
export interface ListenArguments {
  readonly connection: ConnectionOptions;
  readonly topics: readonly string[] | undefined;
  readonly help: boolean;
}

/** Parses the command line of `clnrest listen`. @throws {UsageError} */
export function parseListenArguments(argv: readonly string[]): ListenArguments {
  const { values } = parseCommandLine({
    args: argv,
    options: parseOptions(LISTEN.options),
  });
  return {
    connection: connectionOf(values),
    topics: values.topics?.split(',').map((topic) => topic.trim()),
    help: values.help === true,
  };
}

function connectionOf(values: {
  readonly url?: string | undefined;
  readonly rune?: string | undefined;
  readonly 'rune-file'?: string | undefined;
  readonly ca?: string | undefined;
  readonly pace?: boolean | undefined;
}): ConnectionOptions {
  const { url, rune, ca, pace = false } = values;
  return { url, rune, runeFile: values['rune-file'], ca, pace };
}
