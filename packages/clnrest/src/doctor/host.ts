import { checkServerIdentity } from 'node:tls';
import { type Finding, finding } from './findings.ts';
import type { TlsPeer } from './tls-peer.ts';
import { hostOf, isLoopback } from './url-parts.ts';

/** Limits for the report. */
const MAX_NAMES = 12;
const MAX_NAME_LENGTH = 80;

/** Checks that the certificate covers the URL's host, by Node's own rules (RFC 9110, 4.3.4). */
export function checkHost({ certificate }: TlsPeer, url: URL): Finding {
  const host = hostOf(url);
  const mismatch = checkServerIdentity(host, certificate.toLegacyObject());
  const names = namesIn(certificate.subjectAltName ?? '');
  if (mismatch === undefined) return finding('host', 'host_named', `covers ${host}`);
  const list = names.length === 0 ? 'no names' : shorten(names);
  const found = `covers ${list}, but not ${host}`;
  const other = isLoopback(url)
    ? names.find((name) => isLoopback(withHostname(url, name)))
    : undefined;
  const advice =
    other === undefined
      ? 'use one of these names in the URL'
      : `use ${withHostname(url, other).origin}`;
  return finding('host', 'host_not_named', found, {
    remedy: `${advice}; or, on the node, add rest-names=${host} (clnrest-names in the clnrest build) and restart the plugin, which keeps ca.pem; or install a certificate that covers it`,
  });
}

/** Reads the names of a certificate as URLs write them: `DNS:cln, IP Address:0:0:0:0:0:0:0:1` → `cln`, `::1`. */
export function namesIn(subjectAltName: string): string[] {
  const parts = subjectAltName.matchAll(/(?:^|, )(DNS|IP Address):([^",]*)/g);
  return [...parts].map(([, kind, name = '']) => {
    if (kind === 'DNS' || !name.includes(':')) return name.slice(0, MAX_NAME_LENGTH);
    return URL.canParse(`http://[${name}]`) ? hostOf(new URL(`http://[${name}]`)) : name;
  });
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  const more = names.length - MAX_NAMES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function withHostname(url: URL, name: string): URL {
  const other = new URL(url);
  other.hostname = name.includes(':') ? `[${name}]` : name;
  return other;
}
