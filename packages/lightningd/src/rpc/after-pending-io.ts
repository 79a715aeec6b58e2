/**
 * Resolves after the event loop has polled for I/O at least once (`epoll_wait` on Linux), so that a
 * kept connection that the node closed earlier is marked as closed. A request must not be written to
 * such a connection, because it cannot be repeated.
 *
 * One `setImmediate` is not enough: an I/O callback continues into the next `setImmediate` without
 * another poll. Both together add some 2 µs to a call.
 */
export function afterPendingIo(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
