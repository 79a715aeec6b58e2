import { ClnrestError } from '@clnrest/client';
import { parseAddress } from '@clnrest/commando';
import { findRune, readConnection } from '../call/connection.ts';
import { readIdentity } from '../call/identity-file.ts';
import { parseOrigin } from '../call/url-or-link.ts';
import { DOCTOR } from '../command-table/client-commands.ts';
import { printHelp } from '../command-table/help.ts';
import { type DoctorArguments, parseDoctorArguments } from '../doctor/options.ts';
import type { Finding } from '../doctor/findings.ts';
import { Report } from '../doctor/report.ts';
import { run } from '../doctor/run.ts';
import { type PeerTarget, runPeer } from '../doctor/run-peer.ts';
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
    if (isPeerAddress(args.connection.url)) {
      const target = await readPeerTarget(args, terminal, env, signal);
      return await report(target.address, target.rune, runPeer(target), args.json, terminal);
    }
    if (args.identityFile !== undefined) {
      throw new UsageError('--identity-file requires an address such as ID@host:port');
    }
    const target = await readTarget(args, terminal, env, signal);
    const url = target.url.href.replace(/\/$/, '');
    return await report(url, target.rune, run(target), args.json, terminal);
  } catch (error) {
    const isInvalidAddress = error instanceof ClnrestError && error.code === 'invalid_request';
    if (!(error instanceof UsageError || isInvalidAddress)) throw error;
    terminal.error(`clnrest doctor: ${error.message}\n`);
    return EXIT.usage;
  }
}

/** Whether the text is the address of a node on the Lightning protocol. */
function isPeerAddress(text: string | undefined): text is string {
  // A host cannot have so many digits, so the id is probably incomplete.
  return text !== undefined && /^\s*[0-9a-fA-F]{40,80}(?:@|\s*$)/.test(text);
}

async function readPeerTarget(
  { connection, identityFile, timeoutMs }: DoctorArguments,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<PeerTarget> {
  const address = (connection.url ?? '').trim();
  // Reports an invalid address before anything is printed.
  parseAddress(address);
  const privateKey = identityFile === undefined ? undefined : readIdentity(identityFile, env);
  return {
    address,
    privateKey,
    rune: (await findRune(connection, terminal, env))?.rune,
    timeoutMs,
    signal,
    now: () => new Date(),
  };
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

async function report(
  place: string,
  rune: string | undefined,
  findings: AsyncIterable<Finding>,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const result = new Report(place, rune, terminal.color);
  if (!json) terminal.out(result.title);
  for await (const finding of findings) {
    result.add(finding);
    if (!json) terminal.out(result.text(finding));
  }
  terminal.out(json ? result.json : result.summary);
  return result.status === 'problem' ? EXIT.failed : EXIT.ok;
}
