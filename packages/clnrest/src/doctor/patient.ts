import type { Rune } from '@clnrest/runes';
import type { AuthoritySource } from './authority.ts';

/** Who is examined, and how. */
export interface Patient {
  /** Where it is said to be; with a slash at the end. */
  readonly url: URL;
  /** As it was given, if one was. */
  readonly rune: string | undefined;
  readonly authority: AuthoritySource;
  /** The origin of a page that is to ask. */
  readonly origin: string | undefined;
  /** How long a step may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the examination when it aborts. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** The host of a URL as systems want it: an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The port of a URL, the protocol's own where it says none. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** Whether what goes there stays on this machine. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || host === '::1' || /^127\.[0-9.]+$/.test(host);
}

/** A rune's unique id, to name it by; it is no secret. */
export function nameOf({ uniqueId }: Rune): string {
  return `rune ${uniqueId ?? 'without a number'}`;
}
