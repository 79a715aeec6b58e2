/** Returns a notice for the operator if the launcher runs Node without its JIT compiler. */
export function jitlessNotice(nodeOptions: readonly string[]): string | undefined {
  if (!nodeOptions.includes('--jitless')) return undefined;
  return 'this system forbids memory that is both writable and executable, so Node runs without its JIT compiler and is slower. If systemd forbids it, run `systemctl edit lightningd` and set MemoryDenyWriteExecute=false in [Service]';
}
