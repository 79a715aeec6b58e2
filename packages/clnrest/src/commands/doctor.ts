import { readConnection } from '../call/connection.ts';
import { CA_OPTIONS_HELP, DEFAULT_URL, RUNE_OPTIONS_HELP } from '../call/connection-help.ts';
import { parseOrigin } from '../call/url-or-link.ts';
import { type DoctorArguments, parseDoctorArguments } from '../doctor/options.ts';
import { Report } from '../doctor/report.ts';
import { run } from '../doctor/run.ts';
import type { DoctorTarget } from '../doctor/target.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `Usage: clnrest doctor [options] [URL]

Diagnose connection problems: check a node's REST server from the client's side and show
what is wrong and what to do. The checks cover the name, port, protocol, certificate, gateway,
clock, rune, and subscriptions by polling, websocket and server-sent events. They run no command
on the node and do not use a rune that has a rate limit.

URL is https://host:port or a pairing link, clnrest+https://…. To keep the rune in a link
secret, pass - as the URL and the link on stdin.

Options:
  --url=URL            same as URL (default: CLNREST_URL or
                       ${DEFAULT_URL})
${RUNE_OPTIONS_HELP}
${CA_OPTIONS_HELP}
  --origin=ORIGIN      origin of a page, such as https://localhost:5500, to check CORS
                       for (default: none)
  --timeout=SECONDS    time limit of each step (default: 10)
  --json               report as JSON (default: text)
  -h, --help           this help

doctor never prints the rune, and never sends it to a server with an untrusted certificate.

Examples:
  CLNREST_RUNE=… clnrest doctor
  clnrest doctor --ca=ca.pem --rune-file=rune.txt https://192.168.1.10:3010

Exit status: 0 without problems (warnings may occur), 1 with problems, 3 if the command line
is invalid.
`;

const PROBLEMS = 1;
const INVALID_USAGE = 3;

/** Runs `clnrest doctor`, which diagnoses connection problems between a client and a node. */
export async function doctor(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  try {
    const args = parseDoctorArguments(argv);
    if (args.help) {
      terminal.out(HELP);
      return 0;
    }
    const target = await readTarget(args, terminal, env, signal);
    return await report(target, args.json, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.error(`clnrest doctor: ${error.message}\n`);
    return INVALID_USAGE;
  }
}

/** Reads the target from the command line, stdin, files and the environment. */
async function readTarget(
  { connection, origin, timeoutMs }: DoctorArguments,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<DoctorTarget> {
  return {
    ...(await readConnection(connection, terminal, env)),
    origin: origin === undefined ? undefined : parseOrigin(origin),
    timeoutMs,
    signal,
    now: () => new Date(),
  };
}

async function report(target: DoctorTarget, json: boolean, terminal: Terminal): Promise<number> {
  const result = new Report(target.url.href.replace(/\/$/, ''), target.rune);
  if (!json) terminal.out(result.title);
  for await (const finding of run(target)) {
    result.add(finding);
    if (!json) terminal.out(result.text(finding));
  }
  terminal.out(json ? result.json : result.summary);
  return result.status === 'problem' ? PROBLEMS : 0;
}
