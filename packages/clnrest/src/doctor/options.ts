import type { ConnectionOptions } from '../call/options.ts';
import { parseCommandLine } from '../command-line.ts';
import { UsageError } from '../usage-error.ts';

/** What stands on the command line of `clnrest doctor`. */
export interface DoctorArguments {
  readonly connection: ConnectionOptions;
  readonly origin: string | undefined;
  readonly timeoutMs: number;
  readonly json: boolean;
  readonly help: boolean;
}

const TIMEOUT_SECONDS = '10';
const MOST_SECONDS = 600;

/** Errors repeat no word of it: a rune may stand anywhere. @throws {UsageError} */
export function parseDoctorArguments(argv: readonly string[]): DoctorArguments {
  const { values, positionals } = parseCommandLine(
    {
      args: argv,
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        rune: { type: 'string' },
        'rune-file': { type: 'string' },
        ca: { type: 'string' },
        origin: { type: 'string' },
        timeout: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    },
    'an option that there is not, or without its value',
  );
  const [word, ...more] = positionals;
  if (more.length > 0 || (word !== undefined && values.url !== undefined)) {
    throw new UsageError('one URL or pairing link, and no other word');
  }
  const { url = word, rune, ca, origin } = values;
  return {
    connection: { url, rune, runeFile: values['rune-file'], ca, pace: false },
    origin,
    timeoutMs: milliseconds(values.timeout ?? TIMEOUT_SECONDS),
    json: values.json === true,
    help: values.help === true,
  };
}

function milliseconds(text: string): number {
  const seconds = /^[0-9]{1,3}(?:\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0 || seconds > MOST_SECONDS) {
    throw new UsageError(`--timeout: seconds, more than 0 and up to ${MOST_SECONDS}`);
  }
  return seconds * 1_000;
}
