import type { X509Certificate } from 'node:crypto';
import { type Finding, finding } from './findings.ts';
import { oneLine } from './one-line.ts';
import type { TlsPeer } from './tls-peer.ts';

const DAY_MS = 86_400_000;
const WARNING_DAYS = 30;

const RENEW =
  'on the node, remove server.pem and server-key.pem, keep ca.pem, and restart the plugin. If another issuer signed the certificate, renew it there';

/** Formats the date of a certificate: `Nov 19 17:15:00 2036 GMT` → `2036-11-19`. */
export function dateOf(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? 'an unknown date' : date.toISOString().slice(0, 10);
}

/** Checks the validity dates of the certificate and of its intermediate authorities. */
export function checkDates({ certificate, chain }: TlsPeer, now: Date): Finding {
  const all = [certificate, ...chain];
  const early = all.find(({ validFrom }) => new Date(validFrom) > now);
  if (early !== undefined) {
    const found = `${label(early, certificate)} is not valid before ${dateOf(early.validFrom)}; the date here is ${now.toISOString().slice(0, 10)}`;
    return finding('dates', 'dates_not_begun', found, {
      remedy:
        "set this machine's clock; or, if the node's clock was wrong when it made the certificate, set that clock and renew the certificate",
    });
  }
  const [first = certificate] = all.toSorted((a, b) => expiry(a) - expiry(b));
  const days = Math.floor((expiry(first) - now.getTime()) / DAY_MS);
  const date = dateOf(first.validTo);
  if (expiry(first) <= now.getTime()) {
    const found = `${label(first, certificate)} expired on ${date}`;
    return finding('dates', 'dates_over', found, { remedy: RENEW });
  }
  if (days < WARNING_DAYS) {
    const found = `${label(first, certificate)} expires on ${date}, in ${days} days`;
    return finding('dates', 'dates_ending', found, { remedy: RENEW });
  }
  return finding('dates', 'dates_valid', `valid until ${date}`);
}

function expiry({ validTo }: X509Certificate): number {
  const time = new Date(validTo).getTime();
  return Number.isNaN(time) ? 0 : time;
}

function label(one: X509Certificate, certificate: X509Certificate): string {
  return one === certificate ? 'the certificate' : `the certificate of ${oneLine(one.subject)}`;
}
