import { spawn } from 'node:child_process';

/**
 * Waits until this process is gone, however it ended, and then kills another one. Only this process
 * holds the other end of its stdin, which the system closes when this process ends.
 */
const SCRIPT = `trap '' HUP INT TERM; read -r _; kill -KILL "$1"`;

/**
 * Makes a process end with this one, even if its event loop is stuck: then it does not see that its
 * channel was closed. Returns a function that withdraws this; call it at once when the process has
 * ended, because the system gives its number to another one.
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
