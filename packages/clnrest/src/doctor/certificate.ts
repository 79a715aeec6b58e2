import type { Authority } from './authority.ts';
import { checkDates } from './dates.ts';
import { type Finding, finding, leftOut } from './findings.ts';
import { checkHost } from './host.ts';
import { checkSignature } from './signature.ts';
import type { TlsPeer } from './tls-peer.ts';

/** All about the certificate: who signed it, whom it names, and for how long. */
export function checkCertificate(
  peer: TlsPeer,
  authority: Authority,
  url: URL,
  now: Date,
): Finding[] {
  const signature =
    authority.certificates.length === 0
      ? leftOut('signature', 'there is no authority to compare with')
      : checkSignature(peer, authority);
  const findings = [signature, checkHost(peer, url), checkDates(peer, now)];
  const isTold = findings.some(({ status }) => status === 'problem' || status === 'left_out');
  if (isTold || authority.finding.status === 'problem' || peer.objection === undefined) {
    return findings;
  }
  const found = `not accepted: ${peer.objection}`;
  return [...findings, finding('signature', 'signature_refused', found)];
}
