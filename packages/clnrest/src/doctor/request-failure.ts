import type { IncomingHttpHeaders } from 'node:http';
import { ClnrestError } from '@clnrest/client';
import { type CheckName, type Finding, finding, type FindingCode } from './findings.ts';
import { oneLine, serverText } from './one-line.ts';
import type { Observed } from './probe.ts';
import { StepTimeoutError } from './step-timeout.ts';

const WRONG_PORT =
  'the port belongs to another server: use the port that rest-port sets, and remove the path from the URL';
const SEE_LOG = "see the node's log for the reason";

/** Returns the finding for a request of any check that failed without an answer about its subject. */
export function requestFailure(
  check: CheckName,
  error: unknown,
  observed: Observed | undefined,
): Finding {
  if (error instanceof StepTimeoutError) return timedOut(check, error.message);
  if (!(error instanceof ClnrestError)) throw error;
  switch (error.code) {
    case 'timed_out':
      return timedOut(check, error.message);
    case 'too_large':
      return finding(check, 'too_large', 'the response is too large', { remedy: WRONG_PORT });
    case 'connection_failed':
      return disconnected(check, error);
    case 'node_away':
    case 'busy':
    case 'node_silent':
      return upstreamFailure(check, error, observed);
    case 'malformed_answer':
      return malformed(check, error, observed);
    default:
      return finding(check, 'request_refused', refusal(error), { remedy: SEE_LOG });
  }
}

function refusal(error: ClnrestError): string {
  return `the gateway refuses (status ${error.status ?? 'unknown'}): ${serverText(error.message)}`;
}

function timedOut(check: CheckName, found: string): Finding {
  return finding(check, 'timed_out', found, {
    remedy: 'check whether the node or a proxy hangs; --timeout sets a longer limit',
  });
}

function disconnected(check: CheckName, error: ClnrestError): Finding {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  if (code !== undefined && /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE/.test(code)) {
    const found = 'the server requires a client certificate, which gateways do not';
    return finding(check, 'client_certificate', found, {
      remedy: 'this is probably the port of cln-grpc, or a proxy: use the port that rest-port sets',
    });
  }
  return finding(check, 'broken_off', `the connection broke: ${oneLine(error.message)}`, {
    remedy:
      "check whether a proxy closes the connection; see the node's log for errors of the plugin",
  });
}

/** The gateway cannot reach its node, or a proxy cannot reach the gateway. */
function upstreamFailure(
  check: CheckName,
  error: ClnrestError,
  observed: Observed | undefined,
): Finding {
  const status = error.status ?? observed?.status ?? 0;
  if (error.nodeCode === undefined) {
    const found = `the server answers ${status}, but not as a gateway: a proxy cannot reach the gateway`;
    return finding(check, 'gateway_unreached', found, {
      details: software(observed),
      remedy:
        'check that the node is running, and that the proxy uses the address and protocol of its rest-port',
    });
  }
  const found = `the gateway answers ${status}: ${serverText(error.message)}`;
  const [code, remedy] = UPSTREAM[error.code] ?? UPSTREAM['node_away'];
  return finding(check, code, found, { remedy });
}

const UPSTREAM: Readonly<Record<string, readonly [FindingCode, string]>> & {
  readonly node_away: readonly [FindingCode, string];
} = {
  node_away: [
    'node_away',
    "lightningd has stopped, or is too old to check runes: see the node's log",
  ],
  busy: ['busy', "retry later; if this persists, see the node's log for the cause of the load"],
  node_silent: ['node_silent', "lightningd hangs or is overloaded: see the node's log"],
};

function malformed(check: CheckName, error: ClnrestError, observed: Observed | undefined): Finding {
  if (observed !== undefined) return unexpectedResponse(check, observed.status, observed);
  const found = serverText(error.message);
  return finding(check, 'not_gateway', found, { remedy: WRONG_PORT });
}

/** Returns the finding for a response that is not a gateway's, by its status. */
export function unexpectedResponse(
  check: CheckName,
  status: number,
  observed: Observed | undefined,
): Finding {
  const headers: IncomingHttpHeaders = observed?.headers ?? {};
  const details = software(observed);
  if (status >= 300 && status < 400) {
    const to = headers.location === undefined ? '' : ` to ${serverText(headers.location)}`;
    const found = `the server redirects${to} (status ${status})`;
    const remedy =
      'if that server is yours, use its URL; doctor does not follow redirects, to keep the rune secret';
    return finding(check, 'redirected', found, { details, remedy });
  }
  if (status === 401 || status === 403 || status === 407) {
    const found = `a proxy in front of the gateway requires authentication (status ${status})`;
    const remedy =
      'configure the proxy to forward requests to the gateway, which checks runes itself';
    return finding(check, 'guarded', found, { details, remedy });
  }
  if (status === 502 || status === 503 || status === 504) {
    const error = new ClnrestError('node_away', 'no response from the gateway', { status });
    return upstreamFailure(check, error, observed);
  }
  const type = headers['content-type'];
  const body = type === undefined ? 'without a content type' : `with ${serverText(type)}`;
  const found = `the server answers ${status} ${body}, which is not a gateway's response`;
  return finding(check, 'not_gateway', found, { details, remedy: WRONG_PORT });
}

/** Returns the name of the server software, if the response has one. */
function software(observed: Observed | undefined): string[] {
  const server = observed?.headers.server;
  return server === undefined ? [] : [`server software: ${serverText(String(server))}`];
}
