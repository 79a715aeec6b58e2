/**
 * Returns the URL at which programs on this machine reach a server: `0.0.0.0` and `::` are all addresses of the machine,
 * and no address that a client can connect to everywhere.
 */
export function reachableUrl(url: string): string {
  const reachable = new URL(url);
  if (reachable.hostname === '0.0.0.0') reachable.hostname = '127.0.0.1';
  if (reachable.hostname === '[::]') reachable.hostname = '[::1]';
  return reachable.href.replace(/\/$/, '');
}
