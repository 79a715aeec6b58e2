import { type Finding, finding } from './findings.ts';
import { serverWords } from './one-line.ts';
import type { Patient } from './patient.ts';
import type { Probe } from './probe.ts';
import { within } from './time-limit.ts';
import { trouble } from './trouble.ts';

/** Asks as a browser does on behalf of a page before it sends a rune (a preflight). */
export async function checkOrigin(
  patient: Patient,
  probe: Probe,
  origin: string,
): Promise<Finding> {
  const url = new URL('v1/getinfo', patient.url);
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type,rune',
  };
  try {
    const answer = await within(patient, (signal) =>
      probe.request('OPTIONS', url, headers, undefined, signal),
    );
    const { status, header } = answer;
    const allowed = header('access-control-allow-origin');
    if (allowed !== origin && allowed !== '*') return refused(origin, allowed);
    const names = header('access-control-allow-headers') ?? '';
    if (status >= 300 || !names.toLowerCase().includes('rune')) {
      const found = `pages of ${origin} may ask, and not send a rune (${status})`;
      return finding('origin', 'origin_refused', found, {
        remedy:
          'does a proxy answer OPTIONS itself? It must allow the header Rune, or leave it to the gateway',
      });
    }
    return finding('origin', 'origin_allowed', `pages of ${origin} may ask, with a rune`);
  } catch (error) {
    patient.signal.throwIfAborted();
    return trouble('origin', error, probe.observed);
  }
}

function refused(origin: string, allowed: string | undefined): Finding {
  const others = allowed === undefined ? 'none is named' : `${serverWords(allowed)} may`;
  const found = `pages of ${origin} may not ask: ${others}`;
  return finding('origin', 'origin_refused', found, {
    remedy: `add rest-cors-origins=${origin} to the node's configuration`,
  });
}
