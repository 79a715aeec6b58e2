/** The command line is wrong; its message tells the person how. Exit status 3, as lightning-cli's. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
