import type { IncomingHttpHeaders } from 'node:http';
import { ClnrestError } from '@clnrest/client';
import { type CheckName, type Finding, finding, type FindingCode } from './findings.ts';
import { oneLine, serverWords } from './one-line.ts';
import type { Observed } from './probe.ts';
import { TimedOut } from './time-limit.ts';

/** What a request came to that should have been answered, whichever check sent it. */
export function trouble(check: CheckName, error: unknown, observed: Observed | undefined): Finding {
  if (error instanceof TimedOut) return timedOut(check, error.message);
  if (!(error instanceof ClnrestError)) throw error;
  switch (error.code) {
    case 'timed_out':
      return timedOut(check, error.message);
    case 'too_large':
      return finding(check, 'too_large', 'the answer does not end', { remedy: NO_GATEWAY });
    case 'connection_failed':
      return broken(check, error);
    case 'node_away':
    case 'busy':
    case 'node_silent':
      return behind(check, error, observed);
    case 'malformed_answer':
      return foreign(check, error, observed);
    default:
      return finding(check, 'request_refused', refusal(error), {
        remedy: "the node's log has a line about it",
      });
  }
}

const NO_GATEWAY =
  'something else than a gateway answers at that port: write that of rest-port, and leave out what stands behind it in the URL';

function refusal(error: ClnrestError): string {
  return `the gateway refuses (${error.status ?? 'no status'}): ${serverWords(error.message)}`;
}

function timedOut(check: CheckName, words: string): Finding {
  return finding(check, 'timed_out', words, {
    remedy: 'is the node, or a proxy in front of it, stuck? --timeout waits for longer',
  });
}

function broken(check: CheckName, error: ClnrestError): Finding {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  if (code !== undefined && /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE/.test(code)) {
    const found = 'the server wants a certificate of ours, which a gateway does not';
    return finding(check, 'client_certificate', found, {
      remedy: 'the port of cln-grpc does so, and some proxies: write the port of rest-port',
    });
  }
  return finding(check, 'broken_off', `the connection broke: ${oneLine(error.message)}`, {
    remedy: "does a proxy on the way end it? The node's log tells whether the plugin did",
  });
}

/** The gateway, or a proxy before it, says that what is behind is not well. */
function behind(check: CheckName, error: ClnrestError, observed: Observed | undefined): Finding {
  const status = error.status ?? observed?.status ?? 0;
  if (error.nodeCode === undefined) {
    const found = `the server answers ${status}, not in the words of a gateway: a proxy does not reach it`;
    return finding(check, 'gateway_unreached', found, {
      details: software(observed),
      remedy: 'is the node running, and the proxy told the address and protocol of its rest-port?',
    });
  }
  const found = `the gateway answers ${status}: ${serverWords(error.message)}`;
  const [code, remedy] = BEHIND[error.code] ?? BEHIND['node_away'];
  return finding(check, code, found, { remedy });
}

const BEHIND: Readonly<Record<string, readonly [FindingCode, string]>> & {
  readonly node_away: readonly [FindingCode, string];
} = {
  node_away: ['node_away', 'lightningd has gone, or is too old to check runes: look at its log'],
  busy: ['busy', 'try again in a moment; where it stays so, the log tells who keeps it busy'],
  node_silent: ['node_silent', 'lightningd is stuck, or very busy: look at its log'],
};

function foreign(check: CheckName, error: ClnrestError, observed: Observed | undefined): Finding {
  if (observed !== undefined) return strange(check, observed.status, observed);
  const found = serverWords(error.message);
  return finding(check, 'not_gateway', found, { remedy: NO_GATEWAY });
}

/** An answer that is no gateway's; its status tells whose it may be. */
export function strange(check: CheckName, status: number, observed: Observed | undefined): Finding {
  const headers: IncomingHttpHeaders = observed?.headers ?? {};
  const details = software(observed);
  if (status >= 300 && status < 400) {
    const to = headers.location === undefined ? 'elsewhere' : `to ${serverWords(headers.location)}`;
    const found = `the server sends us ${to} (${status})`;
    const remedy =
      'if that is yours, write that URL; nothing here follows it, as the rune is for one server';
    return finding(check, 'redirected', found, { details, remedy });
  }
  if (status === 401 || status === 403 || status === 407) {
    const found = `something before the gateway wants to know who asks (${status})`;
    const remedy = 'have the proxy let requests through to the gateway, which checks runes itself';
    return finding(check, 'guarded', found, { details, remedy });
  }
  if (status === 502 || status === 503 || status === 504) {
    return behind(check, new ClnrestError('node_away', 'no word', { status }), observed);
  }
  const type = headers['content-type'];
  const what = type === undefined ? 'with nothing of a type' : `with ${serverWords(type)}`;
  const found = `the server answers ${status}, ${what}, which is no gateway's answer`;
  return finding(check, 'not_gateway', found, { details, remedy: NO_GATEWAY });
}

/** What it says of itself. */
function software(observed: Observed | undefined): string[] {
  const server = observed?.headers.server;
  return server === undefined ? [] : [`it calls itself ${serverWords(String(server))}`];
}
