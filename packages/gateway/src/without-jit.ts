/**
 * What the operator should know where the launcher had to switch Node's JIT compiler off; nothing where
 * it runs as usual.
 */
export function withoutJit(nodeOptions: readonly string[]): string | undefined {
  if (!nodeOptions.includes('--jitless')) return undefined;
  return 'this system forbids memory that is both writable and executable, so Node runs without its JIT compiler: everything works, but more slowly. Where systemd does that, `systemctl edit lightningd` and MemoryDenyWriteExecute=false below [Service] let it compile';
}
