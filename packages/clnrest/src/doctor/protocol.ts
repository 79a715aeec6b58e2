import { type Finding, finding } from './findings.ts';
import { isLoopback, type Patient, portOf } from './patient.ts';
import { Probe } from './probe.ts';
import { TimedOut, within } from './time-limit.ts';
import { shakeHands, type TlsPeer } from './tls-peer.ts';

/** What is spoken at the port, and by whom where it is TLS. */
export interface Spoken {
  readonly finding: Finding;
  readonly peer: TlsPeer | undefined;
}

/** Lightning's own port, which people mistake for this one. */
const PORT_OF_PEERS = 9735;

/** Finds out whether the server speaks what the URL says, or the other of both, or neither. */
export async function findProtocol(patient: Patient, ca: string | undefined): Promise<Spoken> {
  return patient.url.protocol === 'https:' ? expectTls(patient, ca) : expectPlain(patient);
}

async function expectTls(patient: Patient, ca: string | undefined): Promise<Spoken> {
  try {
    const peer = await within(patient, (signal) => shakeHands(patient.url, ca, signal));
    const found = `https, as the URL says (${peer.protocol})`;
    return { finding: finding('protocol', 'speaks_https', found), peer };
  } catch (error) {
    patient.signal.throwIfAborted();
    const alert = alertOf(error);
    if (alert !== undefined) return { finding: refused(alert), peer: undefined };
    const answered = await speaksHttp(patient);
    const speaks = answered === 'well' || answered === 'badly';
    return {
      finding: speaks ? wrong(patient, 'http') : neither(patient, answered),
      peer: undefined,
    };
  }
}

async function expectPlain(patient: Patient): Promise<Spoken> {
  const { url } = patient;
  const answered = await speaksHttp(patient);
  // What is no HTTP may be TLS; and a TLS port may say without TLS that it is one.
  if (answered !== 'well' && (await speaksTls(patient))) {
    return { finding: wrong(patient, 'https'), peer: undefined };
  }
  if (answered === 'silent' || answered === 'not') {
    return { finding: neither(patient, answered), peer: undefined };
  }
  const isPrivate = isLoopback(url) || url.hostname.endsWith('.onion');
  const found = isPrivate
    ? finding('protocol', 'speaks_http', 'http, as the URL says')
    : finding('protocol', 'in_the_clear', 'http, as the URL says: without encryption', {
        remedy:
          'whoever is on the way can read the rune and use it: have rest-protocol=https, or a proxy with TLS in front',
      });
  return { finding: found, peer: undefined };
}

/** How a request without TLS was answered: with a 400, as TLS ports do, or another status, or not at all. */
type Answered = 'well' | 'badly' | 'silent' | 'not';

/** Asks without a rune or anything else that matters. */
async function speaksHttp(patient: Patient): Promise<Answered> {
  const url = new URL('v1/list-methods', patient.url);
  url.protocol = 'http:';
  url.port = String(portOf(patient.url));
  const probe = new Probe({ ca: undefined, unverified: true, now: patient.now });
  try {
    const { status } = await within(patient, (signal) =>
      probe.request('GET', url, { Accept: 'application/json' }, undefined, signal),
    );
    return status === 400 ? 'badly' : 'well';
  } catch (error) {
    patient.signal.throwIfAborted();
    return error instanceof TimedOut ? 'silent' : 'not';
  }
}

async function speaksTls(patient: Patient): Promise<boolean> {
  const url = new URL(patient.url);
  url.protocol = 'https:';
  url.port = String(portOf(patient.url));
  try {
    await within(patient, (signal) => shakeHands(url, undefined, signal));
    return true;
  } catch (error) {
    patient.signal.throwIfAborted();
    return alertOf(error) !== undefined;
  }
}

function wrong({ url }: Patient, speaks: 'http' | 'https'): Finding {
  const right = new URL(url);
  right.protocol = `${speaks}:`;
  right.port = String(portOf(url));
  const words = `the server speaks ${speaks}, and the URL says ${url.protocol.slice(0, -1)}`;
  const other = speaks === 'http' ? ', or have the node serve https (rest-protocol)' : '';
  return finding('protocol', 'wrong_protocol', words, {
    remedy: `write ${right.href.replace(/\/$/, '')}${other}`,
  });
}

function neither({ url }: Patient, answered: 'silent' | 'not'): Finding {
  const how = answered === 'silent' ? 'says nothing' : 'speaks neither https nor http';
  const port = portOf(url);
  return finding('protocol', 'not_http', `whoever listens there ${how}`, {
    remedy:
      port === PORT_OF_PEERS
        ? `${port} is where Lightning nodes speak with each other: write the port of rest-port`
        : "write the port of rest-port, which the node's log tells: REST server running at …",
  });
}

function refused(alert: string): Finding {
  return finding('protocol', 'handshake_refused', `TLS fails: ${alert}`, {
    remedy:
      'it speaks a version of TLS that is too old, or wants a certificate from clients, as the port of cln-grpc does: write the port of rest-port',
  });
}

/** What a server that knows TLS says against ours; Node puts OpenSSL's words into the code. */
function alertOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isAlert = /ALERT|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|DH_KEY_TOO_SMALL|NO_SHARED/.test(
    code,
  );
  return isAlert
    ? code
        .replace(/^ERR_SSL_/, '')
        .replaceAll('_', ' ')
        .toLowerCase()
    : undefined;
}
