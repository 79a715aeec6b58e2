const METHOD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Whether a text has the form of a command name. */
export function isMethodName(name: string): boolean {
  return METHOD.test(name);
}
