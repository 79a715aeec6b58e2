import type { X509Certificate } from 'node:crypto';
import { type Finding, finding } from './findings.ts';
import { oneLine } from './one-line.ts';
import type { TlsPeer } from './tls-peer.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** `2036-11-19`, of a certificate's `Nov 19 17:15:00 2036 GMT`. */
export function dateOf(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString().slice(0, 10);
}

/** Whether the certificate, and those between it and the authority, are valid now. */
export function checkDates({ certificate, chain }: TlsPeer, now: Date): Finding {
  const all = [certificate, ...chain];
  const early = all.find(({ validFrom }) => new Date(validFrom) > now);
  if (early !== undefined) {
    const found = `${of(early, certificate)} is valid from ${dateOf(early.validFrom)} on, and here it is ${now.toISOString().slice(0, 10)}`;
    return finding('dates', 'dates_not_begun', found, {
      remedy: 'set the clock of this machine, or of the node when it made the certificate',
    });
  }
  const [first = certificate] = all.toSorted((a, b) => end(a) - end(b));
  const days = Math.floor((end(first) - now.getTime()) / DAY_MS);
  const date = dateOf(first.validTo);
  const renew =
    'on the node, remove server.pem and server-key.pem and start the plugin again: ca.pem stays. A certificate of your own renew where it comes from';
  if (end(first) <= now.getTime()) {
    const found = `${of(first, certificate)} ended on ${date}`;
    return finding('dates', 'dates_over', found, { remedy: renew });
  }
  if (days < SOON_DAYS) {
    const found = `${of(first, certificate)} ends on ${date}, in ${days} days`;
    return finding('dates', 'dates_ending', found, { remedy: renew });
  }
  return finding('dates', 'dates_valid', `valid until ${date}`);
}

function end({ validTo }: X509Certificate): number {
  const time = new Date(validTo).getTime();
  return Number.isNaN(time) ? 0 : time;
}

function of(one: X509Certificate, certificate: X509Certificate): string {
  return one === certificate ? 'the certificate' : `the certificate of ${oneLine(one.subject)}`;
}
