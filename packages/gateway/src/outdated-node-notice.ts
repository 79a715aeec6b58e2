/** The oldest version without faults that are known to be attacked. */
const SECURE = [26, 6, 8] as const;

/**
 * Returns a notice for the operator if the node's version has known security faults.
 *
 * @param version - of lightningd, such as `v26.06.6`. Versions with other names, such as those of the sandbox, give no notice
 */
export function outdatedNodeNotice(version: string | undefined): string | undefined {
  const match = /^v?([0-9]{2})\.([0-9]{2})(?:\.([0-9]{1,3}))?(?![0-9.])(?!-sandbox)/.exec(
    version ?? '',
  );
  if (match === null) return undefined;
  const parts = match.slice(1).map((part) => Number(part ?? 0));
  const index = SECURE.findIndex((part, at) => parts[at] !== part);
  const isOlder = index !== -1 && (parts[index] ?? 0) < (SECURE[index] ?? 0);
  if (!isOlder) return undefined;
  return `lightningd ${match[0]} has security faults that attackers use, according to its authors: upgrade it to v26.06.8 or newer`;
}
