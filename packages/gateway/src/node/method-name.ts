const METHOD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Whether a command may have this name: no command has other characters in its own. */
export function isMethodName(name: string): boolean {
  return METHOD.test(name);
}
