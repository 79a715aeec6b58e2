import type { Rune } from '@clnrest/runes';
import { type Authority, readAuthority } from './authority.ts';
import { checkCertificate } from './certificate.ts';
import { checkClock, clockAhead } from './clock.ts';
import { hasRateLimit, toDryRun } from './dry-run.ts';
import { checkEvents } from './events.ts';
import { CHECKS, type CheckName, type Finding, skipped } from './findings.ts';
import { checkGateway, type GatewayResult } from './gateway.ts';
import { checkName } from './name.ts';
import { checkOrigin } from './origin.ts';
import { checkPolling } from './polling.ts';
import { checkPort } from './port.ts';
import { Probe } from './probe.ts';
import { checkProtocol } from './protocol.ts';
import { checkRuneText } from './rune-text.ts';
import { checkRuneWithNode } from './rune-with-node.ts';
import type { Credential } from './subscription.ts';
import type { DoctorTarget } from './target.ts';
import { checkWebSocket } from './websocket.ts';

type Findings<T> = AsyncGenerator<Finding, T>;

/** Whether the server may receive secrets. */
interface Trust {
  readonly ca: string | undefined;
  /** Why the server must not receive a secret; undefined if it is trusted. */
  readonly distrust: string | undefined;
}

/**
 * Diagnoses a gateway from the client's side, step by step: connection, certificate, gateway, rune, subscriptions.
 * If a step fails, the steps that need it are skipped, with the reason.
 *
 * Yields each finding as soon as it is known. Rejects with the reason of the target's signal when that aborts.
 */
export async function* run(target: DoctorTarget): Findings<void> {
  const authority = await readAuthority(target);
  const trust = yield* checkConnection(target, authority);
  if (typeof trust === 'string') {
    yield checkRuneText(target.rune, [], target.now()).finding;
    yield* skipAfter('rune', trust, target);
    return;
  }
  const gateway = yield* checkGatewayAndClock(target, trust);
  const { finding, rune } = checkRuneText(target.rune, gateway.methods, nodeTime(target, gateway));
  yield finding;
  if (!gateway.isGateway) {
    yield* skipAfter('rune', 'no gateway answered', target);
    return;
  }
  const credential = yield* checkNode(target, trust, rune);
  yield* checkSubscriptions(target, trust, credential);
  if (target.origin !== undefined) {
    yield await checkOrigin(target, probeOf(target, trust), target.origin);
  }
}

/** Checks everything up to the certificate. Returns the trust, or why the connection failed. */
async function* checkConnection(
  target: DoctorTarget,
  authority: Authority,
): Findings<Trust | string> {
  const name = await checkName(target);
  yield name.finding;
  if (name.finding.status === 'problem') {
    return yield* skipUntilRune('name', 'the name does not resolve', target, authority);
  }
  const port = await checkPort(target, name.addresses);
  yield port;
  if (port.status === 'problem') {
    return yield* skipUntilRune('port', 'the port does not accept connections', target, authority);
  }
  const { finding, peer } = await checkProtocol(target, authority.ca);
  yield finding;
  if (finding.status === 'problem') {
    const why = "the server does not speak the URL's protocol";
    return yield* skipUntilRune('protocol', why, target, authority);
  }
  if (peer === undefined) return { ca: undefined, distrust: undefined };
  yield authority.finding;
  yield* checkCertificate(peer, authority, target.url, target.now());
  const isTrusted = peer.verifyError === undefined && authority.certificates.length > 0;
  const distrust = isTrusted ? undefined : 'the certificate is not trusted';
  return { ca: authority.ca, distrust };
}

async function* checkGatewayAndClock(target: DoctorTarget, trust: Trust): Findings<GatewayResult> {
  const gateway = await checkGateway(target, probeOf(target, trust));
  yield gateway.finding;
  yield checkClock(gateway.observed);
  return gateway;
}

/** Checks the rune with the node. Returns the credential for subscriptions, or the reason to send none. */
async function* checkNode(
  target: DoctorTarget,
  trust: Trust,
  rune: Rune | undefined,
): Findings<Credential | string> {
  if (trust.distrust !== undefined) return yield* withholdRune(trust.distrust);
  if (rune === undefined) return yield* withholdRune('no usable rune was given');
  const finding = await checkRuneWithNode(target, probeOf(target, trust), rune);
  yield finding;
  if (finding.status === 'problem') return 'the node does not accept it';
  return hasRateLimit(rune)
    ? { rune: toDryRun(rune), isDryRun: true }
    : { rune: rune.toBase64(), isDryRun: false };
}

async function* withholdRune(why: string): Findings<string> {
  yield skipped('node', why);
  return why;
}

async function* checkSubscriptions(
  target: DoctorTarget,
  trust: Trust,
  credential: Credential | string,
): Findings<void> {
  yield await checkPolling(target, probeOf(target, trust), credential);
  const { ca, distrust } = trust;
  yield await checkWebSocket(target, { ca, unverified: distrust !== undefined }, credential);
  if (typeof credential === 'string') yield skipped('events', credential);
  else yield await checkEvents(target, probeOf(target, trust), credential);
}

function probeOf({ now }: DoctorTarget, { ca, distrust }: Trust): Probe {
  return new Probe({ ca, unverified: distrust !== undefined, now });
}

/** Returns the time by the clock that decides whether a rune has expired. */
function nodeTime({ now }: DoctorTarget, { observed }: GatewayResult): Date {
  const ahead = observed === undefined ? undefined : clockAhead(observed);
  return new Date(now().getTime() + (ahead ?? 0));
}

/** Skips the checks between a step and the rune, except the authority, which needs no server. Returns the reason. */
async function* skipUntilRune(
  check: CheckName,
  why: string,
  target: DoctorTarget,
  authority: Authority,
): Findings<string> {
  const checks = CHECKS.slice(CHECKS.indexOf(check) + 1, CHECKS.indexOf('rune'));
  for (const each of checks) {
    if (applies(each, target)) yield each === 'authority' ? authority.finding : skipped(each, why);
  }
  return why;
}

async function* skipAfter(check: CheckName, why: string, target: DoctorTarget): Findings<void> {
  const checks = CHECKS.slice(CHECKS.indexOf(check) + 1);
  for (const each of checks) if (applies(each, target)) yield skipped(each, why);
}

/** Returns whether a check applies to the target; the report omits one that does not. */
function applies(check: CheckName, { url, origin }: DoctorTarget): boolean {
  if (check === 'peer') return false;
  if (['authority', 'signature', 'host', 'dates'].includes(check)) return url.protocol === 'https:';
  return check !== 'origin' || origin !== undefined;
}
