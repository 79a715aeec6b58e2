/**
 * Waits until the system has been asked for news at least once (`epoll_wait` in Linux), so that a
 * kept connection that the node closed earlier is known to be closed. A request must not be written
 * to such a connection, since it could not be repeated.
 *
 * One turn would not do: a callback of an event continues into the next `setImmediate` without
 * asking again. Both together cost some 2 µs of a call.
 */
export function newsHeard(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
