import { checkServerIdentity } from 'node:tls';
import { type Finding, finding } from './findings.ts';
import { hostOf, isLoopback } from './patient.ts';
import type { TlsPeer } from './tls-peer.ts';

/** More would not be read. */
const MOST_NAMES = 12;
const LONGEST_NAME = 80;

/** Whether the certificate names the host that was asked for, by Node's own rules (RFC 9110, 4.3.4). */
export function checkHost({ certificate }: TlsPeer, url: URL): Finding {
  const host = hostOf(url);
  const objection = checkServerIdentity(host, certificate.toLegacyObject());
  const names = namesIn(certificate.subjectAltName ?? '');
  if (objection === undefined) return finding('host', 'host_named', `names ${host}`);
  const list = names.length === 0 ? 'nobody' : listed(names);
  const found = `names ${list}, and not ${host}`;
  const other = isLoopback(url) ? names.find((name) => isLoopback(urlOf(url, name))) : undefined;
  const ask = other === undefined ? 'ask by one of these names' : `write ${origin(url, other)}`;
  return finding('host', 'host_not_named', found, {
    remedy: `${ask}; or, on the node, remove server.pem and server-key.pem and start the plugin with rest-host=${host}, or bring a certificate that names it: ca.pem stays`,
  });
}

/** `DNS:cln, IP Address:0:0:0:0:0:0:0:1` → the names, as URLs write them. */
export function namesIn(subjectAltName: string): string[] {
  const parts = subjectAltName.matchAll(/(?:^|, )(DNS|IP Address):([^",]*)/g);
  return [...parts].map(([, kind, name = '']) => {
    if (kind === 'DNS' || !name.includes(':')) return name.slice(0, LONGEST_NAME);
    return URL.canParse(`http://[${name}]`) ? hostOf(new URL(`http://[${name}]`)) : name;
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function urlOf(url: URL, name: string): URL {
  const host = name.includes(':') ? `[${name}]` : name;
  const other = new URL(url);
  other.hostname = host;
  return other;
}

function origin(url: URL, name: string): string {
  return urlOf(url, name).origin;
}
