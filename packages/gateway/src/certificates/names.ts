import type { X509Certificate } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { domainToASCII } from 'node:url';

/** The DNS names and IP addresses that clients connect to. */
export interface CertificateNames {
  /** Those that a certificate of the gateway must have. */
  readonly all: readonly string[];
  /** Those of the configuration, which every certificate should have. */
  readonly configured: readonly string[];
}

/** The names by which programs on this machine reach the server. `cln` is the name that the built-in plugin uses. */
const LOCAL = ['cln', 'localhost', '127.0.0.1', '::1'];

/**
 * Returns the names for a server that listens on these hosts. A host that means all addresses, `0.0.0.0` or `::`, is
 * replaced by the machine's addresses and host name.
 *
 * @param hosts - IP addresses and DNS names that the server listens on
 * @param extra - further names, as {@link readName} returns them
 */
export function certificateNames(
  hosts: readonly string[],
  extra: readonly string[],
  machine: () => readonly string[] = machineNames,
): CertificateNames {
  const specific = hosts.filter((host) => !isUnspecified(host)).map(withoutZone);
  const configured = [...new Set([...specific, ...extra])];
  const found = hosts.some(isUnspecified) ? machine() : [];
  return { all: [...new Set([...LOCAL, ...configured, ...found])], configured };
}

/** Whether an address means all addresses of the machine: `0.0.0.0`, `::` in any spelling. */
export function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || (/^[0:]+$/.test(host) && isIP(host) !== 0);
}

/**
 * Reads a DNS name, which can start with `*.`, or an IP address with or without brackets. Returns the form that is
 * used in certificates, and `undefined` if a certificate cannot have the name.
 */
export function readName(value: string): string | undefined {
  const address = value.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0) {
    return address.includes('%') || isUnspecified(address) ? undefined : canonicalAddress(address);
  }
  const name = asciiName(value.replace(/\.$/, ''));
  const labels = name.replace(/^\*\./, '').split('.');
  const isName = labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  // A numeric last label is a mistyped address (RFC 1123, 2.1).
  const isNumeric = /^\d+$/.test(labels.at(-1) ?? '');
  return isName && !isNumeric && name.length <= 253 ? name : undefined;
}

/** Converts an international name. Does not convert ASCII, where the function also accepts URLs. */
function asciiName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) || /[/\\?#@:\s]/.test(name)
    ? name.toLowerCase()
    : domainToASCII(name);
}

/** Returns the names in a certificate, in the form of {@link readName}. */
export function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  const parts = subjectAltName.matchAll(/(?:^|, )(DNS|IP Address):([^",]*)/g);
  return [...parts].map(([, kind, name = '']) =>
    kind === 'DNS' ? name.toLowerCase() : canonicalAddress(name),
  );
}

/** Whether clients accept the certificate for this name. */
export function isNamed(certificate: X509Certificate, name: string): boolean {
  if (isAddress(name)) return certificate.checkIP(name) !== undefined;
  if (name.startsWith('*.')) return namesOf(certificate).includes(name);
  return certificate.checkHost(name) !== undefined;
}

/** The addresses of this machine that others can use, and its host name if it is valid. */
function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = addresses.filter(({ address, internal }) => !internal && !isLinkLocal(address));
  const name = readName(hostname());
  return [
    ...(name === undefined ? [] : [name]),
    ...usable.map(({ address }) => canonicalAddress(address)),
  ];
}

/** Link-local addresses need a zone, which URLs and certificates do not have (RFC 4007, 11). */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

function withoutZone(host: string): string {
  const address = host.replace(/%.*$/s, '');
  return isAddress(address) ? canonicalAddress(address) : host;
}

/**
 * Whether a valid name is an IP address. Node's own check for IPv6 compiles an expression to 135 KiB of machine code,
 * and starting a plugin needs no other check.
 */
export function isAddress(name: string): boolean {
  return name.includes(':') || isIPv4(name);
}

/** IPv6 in the short form of RFC 5952. Hexadecimal groups only, because the certificate library parses no others. */
function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address;
  return new URL(`http://[${address.replace(/%.*$/s, '')}]`).hostname.slice(1, -1);
}
