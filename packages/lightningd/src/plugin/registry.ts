import type { MethodDeclaration, MethodHandler, PluginCall } from './declarations.ts';
import type { HookDeclaration } from './hook-types.ts';
import type { NotificationHandler } from './notification-types.ts';

/** A registered method. */
export interface RegisteredMethod {
  readonly declaration: MethodDeclaration;
  readonly handler: MethodHandler;
}

/** A registered hook. */
export interface RegisteredHook {
  readonly declaration: Omit<HookDeclaration, 'filters'> & {
    readonly filters?: readonly (string | number)[];
  };
  readonly handler: (call: PluginCall) => unknown;
}

/** Requests that {@link LifecycleRequests} handles. */
const OWN_REQUESTS = new Set(['getmanifest', 'init', 'setconfig', 'check']);

/** A plugin's handlers by name. Closed once the manifest is sent. */
export class Registry {
  readonly methods = new Map<string, RegisteredMethod>();
  readonly hooks = new Map<string, RegisteredHook>();
  readonly topics = new Map<string, NotificationHandler[]>();
  #closed = false;

  addMethod(name: string, method: RegisteredMethod): void {
    this.#expectFree(name);
    this.methods.set(name, method);
  }

  addHook(name: string, hook: RegisteredHook): void {
    this.#expectFree(name);
    this.hooks.set(name, hook);
  }

  addTopic(topic: string, handler: NotificationHandler | undefined): void {
    this.#expectOpen();
    const handlers = this.topics.get(topic) ?? [];
    if (handler !== undefined) handlers.push(handler);
    this.topics.set(topic, handlers);
  }

  /** Rejects further registrations: the manifest is sent. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Returns the topics for the manifest. lightningd sends a notification once for each matching
   * subscription, so `*` replaces all others except `log`, which it does not include.
   */
  subscriptions(): string[] {
    const topics = [...this.topics.keys()];
    return this.topics.has('*') ? topics.filter((topic) => ['*', 'log'].includes(topic)) : topics;
  }

  /** Returns the handlers of this topic in the order of registration, those of `*` last. */
  handlersOf(topic: string): readonly NotificationHandler[] {
    const everything = topic === 'log' ? [] : (this.topics.get('*') ?? []);
    return [...(this.topics.get(topic) ?? []), ...everything];
  }

  #expectFree(name: string): void {
    this.#expectOpen();
    if (name === '' || OWN_REQUESTS.has(name) || this.methods.has(name) || this.hooks.has(name)) {
      throw new TypeError(`the name ${JSON.stringify(name)} is already taken`);
    }
  }

  #expectOpen(): void {
    if (this.#closed)
      throw new TypeError('register handlers before lightningd requests the manifest');
  }
}
