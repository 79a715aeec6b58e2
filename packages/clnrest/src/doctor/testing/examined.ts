import { examine } from '../examine.ts';
import type { CheckName, Finding, FindingCode } from '../findings.ts';
import type { Patient } from '../patient.ts';

/** Someone to examine: patience enough for a slow machine, but little where nobody answers. */
export function patientOf(url: string, more: Partial<Patient> = {}): Patient {
  return {
    url: new URL(url),
    rune: undefined,
    authority: { kind: 'system' },
    origin: undefined,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    now: () => new Date(),
    ...more,
  };
}

/** All that is found, by its check. */
export async function examined(
  url: string,
  more: Partial<Patient> = {},
): Promise<ReadonlyMap<CheckName, Finding>> {
  const findings = new Map<CheckName, Finding>();
  for await (const finding of examine(patientOf(url, more))) findings.set(finding.check, finding);
  return findings;
}

/** The codes alone. */
export async function codes(
  url: string,
  more: Partial<Patient> = {},
): Promise<Partial<Record<CheckName, FindingCode>>> {
  const findings = await examined(url, more);
  return Object.fromEntries([...findings].map(([check, { code }]) => [check, code]));
}
