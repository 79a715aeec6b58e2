/** Resolves with the error that a promise rejects with. */
export async function errorOf(failing: Promise<unknown>): Promise<unknown> {
  return failing.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}
