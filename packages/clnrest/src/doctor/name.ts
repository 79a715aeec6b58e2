import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Finding, finding } from './findings.ts';
import { StepTimeoutError, withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';
import { hostOf } from './url-parts.ts';

/** Enough for any node. */
const MAX_ADDRESSES = 8;

/** A name and its distinct addresses. */
export interface NameResult {
  readonly finding: Finding;
  readonly addresses: readonly string[];
}

/** Resolves the URL's host as the system does. */
export async function checkName(target: DoctorTarget): Promise<NameResult> {
  const host = hostOf(target.url);
  if (isIP(host) !== 0) return resolved(host, [host]);
  try {
    const found = await withStepTimeout(target, () => lookup(host, { all: true }));
    const addresses = new Set(found.map(({ address }) => address));
    return resolved(host, [...addresses].slice(0, MAX_ADDRESSES));
  } catch (error) {
    target.signal.throwIfAborted();
    return { finding: unresolved(host, error), addresses: [] };
  }
}

function resolved(host: string, addresses: readonly string[]): NameResult {
  const found =
    addresses[0] === host ? `${host} is an address` : `${host} resolves to ${addresses.join(', ')}`;
  return { finding: finding('name', 'name_found', found), addresses };
}

function unresolved(host: string, error: unknown): Finding {
  if (host.endsWith('.onion')) {
    const found = `${host} is reachable only through Tor, which doctor does not use`;
    return finding('name', 'name_of_tor', found, {
      remedy: "run doctor on the node's own machine, with the address that the onion service uses",
    });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof StepTimeoutError || code === 'EAI_AGAIN' || code === 'ETIMEOUT') {
    return finding('name', 'name_unresolved', `no name server answers for ${host}`, {
      remedy: "check this machine's network connection, or use the address instead of the name",
    });
  }
  return finding('name', 'name_unknown', `${host} does not exist (${code ?? 'no reason given'})`, {
    remedy: "check the spelling, or use the node's address instead",
  });
}
