import { readConnection } from '../call/connection.ts';
import { parseOrigin } from '../call/url-or-link.ts';
import { DOCTOR } from '../command-table/client-commands.ts';
import { printHelp } from '../command-table/help.ts';
import { type DoctorArguments, parseDoctorArguments } from '../doctor/options.ts';
import { Report } from '../doctor/report.ts';
import { run } from '../doctor/run.ts';
import type { DoctorTarget } from '../doctor/target.ts';
import { EXIT } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

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
      printHelp('clnrest doctor', DOCTOR, terminal);
      return 0;
    }
    const target = await readTarget(args, terminal, env, signal);
    return await report(target, args.json, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.error(`clnrest doctor: ${error.message}\n`);
    return EXIT.usage;
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
  const result = new Report(target.url.href.replace(/\/$/, ''), target.rune, terminal.color);
  if (!json) terminal.out(result.title);
  for await (const finding of run(target)) {
    result.add(finding);
    if (!json) terminal.out(result.text(finding));
  }
  terminal.out(json ? result.json : result.summary);
  return result.status === 'problem' ? EXIT.failed : EXIT.ok;
}
