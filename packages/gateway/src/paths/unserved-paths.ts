import { RegisteredPaths } from '../routing/registered-paths.ts';
import type { PathRegistration } from '../routing/registration.ts';
import type { PathRegister } from './register-command.ts';

/** The registered paths of a plugin that serves nothing itself: separate gateways serve them. */
export class UnservedPaths implements PathRegister {
  readonly #paths = new RegisteredPaths();

  /** In the order of their registration. */
  get registrations(): readonly PathRegistration[] {
    return this.#paths.list();
  }

  checkRegistration(registration: PathRegistration): void {
    this.#paths.check(registration);
  }

  register(registration: PathRegistration): void {
    this.#paths.add(registration, () => undefined);
  }
}
