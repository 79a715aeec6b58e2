import { spawn } from 'node:child_process';

/**
 * Waits until this process has ended and then kills another one. Only this process holds the other end of
 * the script's stdin, which the system closes when this process ends for any reason.
 */
const SCRIPT = `trap '' HUP INT TERM; read -r _; kill -KILL "$1"`;

/**
 * Makes a process end with this one, even if its event loop is stuck and does not see that its channel was
 * closed. Returns a function that stops the guard. Call that when the process has ended, because the system
 * can reuse its process id.
 */
export function guardProcess(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a guard the process still ends when its event loop sees that the channel was closed.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  return () => guard.kill('SIGKILL');
}
