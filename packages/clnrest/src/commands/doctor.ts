import {
  CA_OPTIONS_HELP,
  defaultAuthority,
  RUNE_OPTIONS_HELP,
  runeOf,
  URL_OF_START,
} from '../call/connect.ts';
import type { AuthoritySource } from '../doctor/authority.ts';
import { examine } from '../doctor/examine.ts';
import { type DoctorArguments, parseDoctorArguments } from '../doctor/options.ts';
import type { Patient } from '../doctor/patient.ts';
import { Report } from '../doctor/report.ts';
import { readOrigin, readTarget } from '../doctor/target.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `Usage: clnrest doctor [options] [URL]

Looks at a node's REST server from outside, as a client would come, and says what is wrong and
what to do: the port, the protocol, the certificate, the gateway, the clock, the rune, and
listening by polling, websocket and server-sent events. Nothing is run on the node, and a
rune with a rate is not used.

URL is https://host:port, or the link that wallets are paired by, clnrest+https://…; - reads it
from stdin, as a link is as secret as its rune.

  --url=URL            the same (default: ${URL_OF_START})
${RUNE_OPTIONS_HELP}
${CA_OPTIONS_HELP}
  --origin=ORIGIN      may pages from there ask, such as https://localhost:5500?
  --timeout=SECONDS    how long a step may take (default: 10)
  --json               the report as JSON
  -h, --help           this text

The rune is shown to nobody whose certificate is not trusted, and never printed.

Exit status: 0 if all is well or there are warnings only, 1 if there is a problem, 3 for a
wrong command line.
`;

const PROBLEMS = 1;
const WRONG_USE = 3;

/** `clnrest doctor`: what usually goes wrong between a client and a node. */
export async function doctor(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  try {
    const given = parseDoctorArguments(argv);
    if (given.help) {
      terminal.out(HELP);
      return 0;
    }
    const patient = await admit(given, terminal, env, signal);
    return await report(patient, given.json, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.error(`clnrest doctor: ${error.message}\n`);
    return WRONG_USE;
  }
}

/** All that is to be known before anything is looked at. */
async function admit(
  { connection, origin, timeoutMs }: DoctorArguments,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Patient> {
  const fromInput = connection.url === '-';
  if (fromInput && connection.runeFile === '-') {
    throw new UsageError('the URL or the rune: only one of them from stdin');
  }
  const target = readTarget(fromInput ? await terminal.input() : (connection.url ?? URL_OF_START));
  const isGiven = connection.rune !== undefined || connection.runeFile !== undefined;
  const rune = isGiven ? undefined : target.rune;
  return {
    url: target.url,
    rune: (rune ?? (await runeOf(connection, terminal, env)))?.trim(),
    authority: authorityOf(connection.ca, target.ca, target.url, env),
    origin: origin === undefined ? undefined : readOrigin(origin),
    timeoutMs,
    signal,
    now: () => new Date(),
  };
}

function authorityOf(
  path: string | undefined,
  pem: string | undefined,
  url: URL,
  env: NodeJS.ProcessEnv,
): AuthoritySource {
  if (path !== undefined) return { kind: 'file', path };
  if (pem !== undefined) return { kind: 'link', pem };
  const usual = defaultAuthority(url.href, env);
  return usual === undefined ? { kind: 'system' } : { kind: 'file', path: usual };
}

async function report(patient: Patient, json: boolean, terminal: Terminal): Promise<number> {
  const result = new Report(patient.url.href.replace(/\/$/, ''), patient.rune);
  if (!json) terminal.out(result.title);
  for await (const finding of examine(patient)) {
    result.add(finding);
    if (!json) terminal.out(result.words(finding));
  }
  terminal.out(json ? result.json : result.sum);
  return result.status === 'problem' ? PROBLEMS : 0;
}
