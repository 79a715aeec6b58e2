import type { Rune } from '@clnrest/runes';
import { type Authority, readAuthority } from './authority.ts';
import { checkCertificate } from './certificate.ts';
import { checkClock, clockAhead } from './clock.ts';
import { checkEvents } from './events.ts';
import { CHECKS, type CheckName, type Finding, leftOut } from './findings.ts';
import { findGateway, type Served } from './gateway.ts';
import { readGivenRune } from './given-rune.ts';
import { findName } from './name.ts';
import { askNode } from './node-word.ts';
import { checkOrigin } from './origin.ts';
import type { Patient } from './patient.ts';
import { checkPolling } from './polling.ts';
import { tryPort } from './port.ts';
import { Probe } from './probe.ts';
import { findProtocol } from './protocol.ts';
import { hasPace, questionOf } from './question.ts';
import { checkWebSocket } from './websocket.ts';
import type { Shown } from './welcome.ts';

type Findings<T> = AsyncGenerator<Finding, T>;

/** How to speak with the server. */
interface Way {
  readonly ca: string | undefined;
  /** Why the server is not to be shown a secret; nothing where it is who it should be. */
  readonly distrust: string | undefined;
}

/**
 * Looks at a gateway from outside, step by step: the way there, the certificate, whoever answers, the rune,
 * listening. Where a step fails, those that need it are left out, with the reason.
 *
 * Yields what is found as it is found. Rejects with the reason of the patient's signal when that aborts.
 */
export async function* examine(patient: Patient): Findings<void> {
  const authority = await readAuthority(patient);
  const way = yield* findWay(patient, authority);
  if (typeof way === 'string') {
    yield readGivenRune(patient.rune, [], patient.now()).finding;
    yield* after('rune', way, patient);
    return;
  }
  const served = yield* meetGateway(patient, way);
  const { finding, rune } = readGivenRune(patient.rune, served.methods, nodesTime(patient, served));
  yield finding;
  if (!served.isGateway) {
    yield* after('rune', 'no gateway answers there', patient);
    return;
  }
  const shown = yield* showRune(patient, way, rune);
  yield* listen(patient, way, shown);
  if (patient.origin !== undefined) {
    yield await checkOrigin(patient, probeOf(patient, way), patient.origin);
  }
}

/** The way there and whether it is trusted; or why there is none. */
async function* findWay(patient: Patient, authority: Authority): Findings<Way | string> {
  const name = await findName(patient);
  yield name.finding;
  if (name.finding.status === 'problem') {
    return yield* before('name', 'the name leads nowhere', patient, authority);
  }
  const port = await tryPort(patient, name.addresses);
  yield port;
  if (port.status === 'problem') {
    return yield* before('port', 'the port is closed', patient, authority);
  }
  const { finding, peer } = await findProtocol(patient, authority.ca);
  yield finding;
  if (finding.status === 'problem') {
    const why = "the URL's protocol is not spoken there";
    return yield* before('protocol', why, patient, authority);
  }
  if (peer === undefined) return { ca: undefined, distrust: undefined };
  yield authority.finding;
  yield* checkCertificate(peer, authority, patient.url, patient.now());
  const isTrusted = peer.objection === undefined && authority.certificates.length > 0;
  const distrust = isTrusted
    ? undefined
    : 'the certificate is not trusted, and it could be anybody';
  return { ca: authority.ca, distrust };
}

async function* meetGateway(patient: Patient, way: Way): Findings<Served> {
  const served = await findGateway(patient, probeOf(patient, way));
  yield served.finding;
  yield checkClock(served.observed);
  return served;
}

/** Asks the node about the rune; gives what listeners may show, or why nothing. */
async function* showRune(
  patient: Patient,
  way: Way,
  rune: Rune | undefined,
): Findings<Shown | string> {
  if (way.distrust !== undefined) return yield* keepRune(way.distrust);
  if (rune === undefined) return yield* keepRune('there is none that a node would take');
  const word = await askNode(patient, probeOf(patient, way), rune);
  yield word;
  if (word.status === 'problem') return 'the node does not take it';
  return hasPace(rune)
    ? { rune: questionOf(rune), isQuestion: true }
    : { rune: rune.toBase64(), isQuestion: false };
}

async function* keepRune(why: string): Findings<string> {
  yield leftOut('node', why);
  return why;
}

async function* listen(patient: Patient, way: Way, shown: Shown | string): Findings<void> {
  yield await checkPolling(patient, probeOf(patient, way), shown);
  const { ca, distrust } = way;
  yield await checkWebSocket(patient, { ca, unverified: distrust !== undefined }, shown);
  if (typeof shown === 'string') yield leftOut('events', shown);
  else yield await checkEvents(patient, probeOf(patient, way), shown);
}

function probeOf({ now }: Patient, { ca, distrust }: Way): Probe {
  return new Probe({ ca, unverified: distrust !== undefined, now });
}

/** The time by the clock that judges runes. */
function nodesTime({ now }: Patient, { observed }: Served): Date {
  const ahead = observed === undefined ? undefined : clockAhead(observed);
  return new Date(now().getTime() + (ahead ?? 0));
}

/** Leaves out what lies between a step and the rune, but for what needs no server; gives the reason. */
async function* before(
  check: CheckName,
  why: string,
  patient: Patient,
  authority: Authority,
): Findings<string> {
  const checks = CHECKS.slice(CHECKS.indexOf(check) + 1, CHECKS.indexOf('rune'));
  for (const each of checks) {
    if (isFor(each, patient)) yield each === 'authority' ? authority.finding : leftOut(each, why);
  }
  return why;
}

/** Leaves out what comes behind a step. */
async function* after(check: CheckName, why: string, patient: Patient): Findings<void> {
  const checks = CHECKS.slice(CHECKS.indexOf(check) + 1);
  for (const each of checks) if (isFor(each, patient)) yield leftOut(each, why);
}

/** What does not apply is not told of. */
function isFor(check: CheckName, { url, origin }: Patient): boolean {
  if (['authority', 'signature', 'host', 'dates'].includes(check)) return url.protocol === 'https:';
  return check !== 'origin' || origin !== undefined;
}
