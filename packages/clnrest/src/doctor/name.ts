import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Finding, finding } from './findings.ts';
import { hostOf, type Patient } from './patient.ts';
import { TimedOut, within } from './time-limit.ts';

/** More are not tried: no node has them. */
const MOST_ADDRESSES = 8;

/** What a name leads to, each address once. */
export interface Named {
  readonly finding: Finding;
  readonly addresses: readonly string[];
}

/** Asks the system what the URL's host is. */
export async function findName(patient: Patient): Promise<Named> {
  const host = hostOf(patient.url);
  if (isIP(host) !== 0) return named(host, [host]);
  try {
    const found = await within(patient, () => lookup(host, { all: true }));
    const addresses = new Set(found.map(({ address }) => address));
    return named(host, [...addresses].slice(0, MOST_ADDRESSES));
  } catch (error) {
    patient.signal.throwIfAborted();
    return { finding: unknown(host, error), addresses: [] };
  }
}

function named(host: string, addresses: readonly string[]): Named {
  const list = addresses.join(', ');
  const found = addresses[0] === host ? `${host} is an address` : `${host} is ${list}`;
  return { finding: finding('name', 'name_found', found), addresses };
}

function unknown(host: string, error: unknown): Finding {
  if (host.endsWith('.onion')) {
    const found = `${host} is reached through Tor, which is not used here`;
    return finding('name', 'name_of_tor', found, {
      remedy: "look at it on the node's own machine, by the address that Tor leads to",
    });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof TimedOut || code === 'EAI_AGAIN' || code === 'ETIMEOUT') {
    return finding('name', 'name_unresolved', `nobody says what ${host} is`, {
      remedy: 'is this machine on the network? Try the address instead of the name',
    });
  }
  return finding('name', 'name_unknown', `nobody knows the name ${host} (${code ?? 'no reason'})`, {
    remedy: "check how it is spelt, or write the node's address instead",
  });
}
