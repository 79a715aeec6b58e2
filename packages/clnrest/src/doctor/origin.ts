import { type Finding, finding } from './findings.ts';
import { serverText } from './one-line.ts';
import type { Probe } from './probe.ts';
import { requestFailure } from './request-failure.ts';
import { withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';

/** Sends the CORS preflight that a browser sends before a page's request with a rune. */
export async function checkOrigin(
  target: DoctorTarget,
  probe: Probe,
  origin: string,
): Promise<Finding> {
  const url = new URL('v1/getinfo', target.url);
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type,rune',
  };
  try {
    const response = await withStepTimeout(target, (signal) =>
      probe.request('OPTIONS', url, headers, undefined, signal),
    );
    const { status, header } = response;
    const allowed = header('access-control-allow-origin');
    if (allowed !== origin && allowed !== '*') return refused(origin, allowed);
    const names = header('access-control-allow-headers') ?? '';
    if (status >= 300 || !names.toLowerCase().includes('rune')) {
      const found = `pages from ${origin} can send requests, but not with a rune (status ${status})`;
      return finding('origin', 'origin_refused', found, {
        remedy:
          'if a proxy answers OPTIONS itself, configure it to allow the Rune header or to forward the request',
      });
    }
    const found = `pages from ${origin} can send requests with a rune`;
    return finding('origin', 'origin_allowed', found);
  } catch (error) {
    target.signal.throwIfAborted();
    return requestFailure('origin', error, probe.observed);
  }
}

function refused(origin: string, allowed: string | undefined): Finding {
  const others =
    allowed === undefined
      ? 'the server allows no origin'
      : `the server allows ${serverText(allowed)}`;
  const found = `pages from ${origin} cannot send requests: ${others}`;
  return finding('origin', 'origin_refused', found, {
    remedy: `add rest-cors-origins=${origin} to the node's configuration`,
  });
}
