/** The first version that limits the hook `rpc_command` to some commands: v25.12. */
const FIRST = [25, 12] as const;

/**
 * Whether the node can announce revocations. Without filters, an older node would call the hook for every command.
 *
 * @param version - `LIGHTNINGD_VERSION`, such as `v26.06.6`
 */
export function announcesRevocations(version: string | undefined): boolean {
  const match = /^v?([0-9]{2})\.([0-9]{2})/.exec(version ?? '');
  if (match === null) return false;
  const [year, month] = [Number(match[1]), Number(match[2])];
  return year > FIRST[0] || (year === FIRST[0] && month >= FIRST[1]);
}
