/** The caller has gone before its answer. Nobody is left to be told, and it is no failure of ours. */
export class CallerLeft extends Error {
  override readonly name = 'CallerLeft';

  constructor() {
    super('the caller has left');
  }
}
