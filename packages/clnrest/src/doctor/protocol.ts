import { type Finding, finding } from './findings.ts';
import { Probe } from './probe.ts';
import { StepTimeoutError, withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';
import { tlsHandshake, type TlsPeer } from './tls-peer.ts';
import { isLoopback, portOf } from './url-parts.ts';

/** The protocol of the server, and its certificate if it speaks TLS. */
export interface ProtocolResult {
  readonly finding: Finding;
  readonly peer: TlsPeer | undefined;
}

/** The port of Lightning's peer protocol (BOLT 1), commonly mistaken for rest-port. */
const PEER_PORT = 9735;

/** Checks whether the server speaks the URL's protocol, the other one, or neither. */
export async function checkProtocol(
  target: DoctorTarget,
  ca: string | undefined,
): Promise<ProtocolResult> {
  return target.url.protocol === 'https:' ? expectTls(target, ca) : expectPlain(target);
}

async function expectTls(target: DoctorTarget, ca: string | undefined): Promise<ProtocolResult> {
  try {
    const peer = await withStepTimeout(target, (signal) => tlsHandshake(target.url, ca, signal));
    const found = `https, as the URL says (${peer.protocol})`;
    return { finding: finding('protocol', 'speaks_https', found), peer };
  } catch (error) {
    target.signal.throwIfAborted();
    const alert = alertOf(error);
    if (alert !== undefined) return { finding: refused(alert), peer: undefined };
    const outcome = await probeHttp(target);
    const speaks = outcome === 'ok' || outcome === 'bad_request';
    return {
      finding: speaks ? wrongProtocol(target, 'http') : neither(target, outcome),
      peer: undefined,
    };
  }
}

async function expectPlain(target: DoctorTarget): Promise<ProtocolResult> {
  const { url } = target;
  const outcome = await probeHttp(target);
  // A TLS port can close the connection, or answer plain HTTP with 400 as nginx does.
  if (outcome !== 'ok' && (await speaksTls(target))) {
    return { finding: wrongProtocol(target, 'https'), peer: undefined };
  }
  if (outcome === 'silent' || outcome === 'not_http') {
    return { finding: neither(target, outcome), peer: undefined };
  }
  const isPrivate = isLoopback(url) || url.hostname.endsWith('.onion');
  const found = isPrivate
    ? finding('protocol', 'speaks_http', 'http, as the URL says')
    : finding('protocol', 'in_the_clear', 'http, as the URL says, without encryption', {
        remedy:
          'anyone on the network path can read and use the rune: set rest-protocol=https, or add a proxy with TLS',
      });
  return { finding: found, peer: undefined };
}

/** The outcome of a plain HTTP request. `bad_request` (status 400) is what some TLS ports answer. */
type HttpOutcome = 'ok' | 'bad_request' | 'silent' | 'not_http';

/** Sends a plain HTTP request without any secret. */
async function probeHttp(target: DoctorTarget): Promise<HttpOutcome> {
  const url = new URL('v1/list-methods', target.url);
  url.protocol = 'http:';
  url.port = String(portOf(target.url));
  const probe = new Probe({ ca: undefined, unverified: true, now: target.now });
  try {
    const { status } = await withStepTimeout(target, (signal) =>
      probe.request('GET', url, { Accept: 'application/json' }, undefined, signal),
    );
    return status === 400 ? 'bad_request' : 'ok';
  } catch (error) {
    target.signal.throwIfAborted();
    return error instanceof StepTimeoutError ? 'silent' : 'not_http';
  }
}

async function speaksTls(target: DoctorTarget): Promise<boolean> {
  const url = new URL(target.url);
  url.protocol = 'https:';
  url.port = String(portOf(target.url));
  try {
    await withStepTimeout(target, (signal) => tlsHandshake(url, undefined, signal));
    return true;
  } catch (error) {
    target.signal.throwIfAborted();
    return alertOf(error) !== undefined;
  }
}

function wrongProtocol({ url }: DoctorTarget, speaks: 'http' | 'https'): Finding {
  const right = new URL(url);
  right.protocol = `${speaks}:`;
  right.port = String(portOf(url));
  const found = `the server speaks ${speaks}, but the URL says ${url.protocol.slice(0, -1)}`;
  const alternative = speaks === 'http' ? ', or set rest-protocol=https on the node' : '';
  return finding('protocol', 'wrong_protocol', found, {
    remedy: `use ${right.href.replace(/\/$/, '')}${alternative}`,
  });
}

function neither({ url }: DoctorTarget, outcome: 'silent' | 'not_http'): Finding {
  const how = outcome === 'silent' ? 'sends nothing' : 'speaks neither https nor http';
  const port = portOf(url);
  return finding('protocol', 'not_http', `the server ${how}`, {
    remedy:
      port === PEER_PORT
        ? `${port} is the port for Lightning peers: use the port that rest-port sets`
        : "use the port that rest-port sets; the node's log shows it: REST server running at …",
  });
}

function refused(alert: string): Finding {
  return finding('protocol', 'handshake_refused', `the TLS handshake failed: ${alert}`, {
    remedy:
      'the server speaks only an outdated TLS version, or requires a client certificate, as the port of cln-grpc does: use the port that rest-port sets',
  });
}

/** Returns why a TLS server refused the handshake; Node puts OpenSSL's reason into the error code. */
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
