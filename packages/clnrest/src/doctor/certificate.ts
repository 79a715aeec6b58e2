import type { Authority } from './authority.ts';
import { checkDates } from './dates.ts';
import { type Finding, finding, skipped } from './findings.ts';
import { checkHost } from './host.ts';
import { checkSignature } from './signature.ts';
import type { TlsPeer } from './tls-peer.ts';

/** Checks the server certificate: its signature, its host names and its dates. */
export function checkCertificate(
  peer: TlsPeer,
  authority: Authority,
  url: URL,
  now: Date,
): Finding[] {
  const signature =
    authority.certificates.length === 0
      ? skipped('signature', 'no certificate authority to check against')
      : checkSignature(peer, authority);
  const findings = [signature, checkHost(peer, url), checkDates(peer, now)];
  const isReported = findings.some(({ status }) => status === 'problem' || status === 'left_out');
  if (isReported || authority.finding.status === 'problem' || peer.verifyError === undefined) {
    return findings;
  }
  const found = `rejected: ${peer.verifyError}`;
  return [...findings, finding('signature', 'signature_refused', found)];
}
