import type { CheckName, Finding, FindingCode } from '../findings.ts';
import { run } from '../run.ts';
import type { DoctorTarget } from '../target.ts';

/** Returns a target with a time limit that suffices on a slow machine. */
export function targetOf(url: string, more: Partial<DoctorTarget> = {}): DoctorTarget {
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

/** Runs all checks and returns the findings by check. */
export async function runDoctor(
  url: string,
  more: Partial<DoctorTarget> = {},
): Promise<ReadonlyMap<CheckName, Finding>> {
  const findings = new Map<CheckName, Finding>();
  for await (const finding of run(targetOf(url, more))) findings.set(finding.check, finding);
  return findings;
}

/** Runs all checks and returns the codes of the findings by check. */
export async function findingCodes(
  url: string,
  more: Partial<DoctorTarget> = {},
): Promise<Partial<Record<CheckName, FindingCode>>> {
  const findings = await runDoctor(url, more);
  return Object.fromEntries([...findings].map(([check, { code }]) => [check, code]));
}
