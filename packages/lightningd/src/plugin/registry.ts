import type {
  HookDeclaration,
  HookHandler,
  MethodDeclaration,
  MethodHandler,
  NotificationHandler,
} from './declarations.ts';

/** A method as it was registered. */
export interface RegisteredMethod {
  readonly declaration: MethodDeclaration;
  readonly handler: MethodHandler;
}

/** A hook as it was registered. */
export interface RegisteredHook {
  readonly declaration: HookDeclaration;
  readonly handler: HookHandler;
}

/** Requests that are lightningd's own business with a plugin. */
const OWN_REQUESTS = new Set(['getmanifest', 'init', 'setconfig', 'check']);

/** Everything that a plugin handles, by name. Closed to newcomers once lightningd has been told. */
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

  /** The manifest has been written. */
  close(): void {
    this.#closed = true;
  }

  /**
   * What to subscribe to. lightningd sends a notification once for each subscription that fits, so
   * beside `*` only `log` may stand, which `*` does not cover.
   */
  subscriptions(): string[] {
    const topics = [...this.topics.keys()];
    return this.topics.has('*') ? topics.filter((topic) => ['*', 'log'].includes(topic)) : topics;
  }

  /** Who is to be told of this topic, in the order of registration within each kind. */
  handlersOf(topic: string): readonly NotificationHandler[] {
    const everything = topic === 'log' ? [] : (this.topics.get('*') ?? []);
    return [...(this.topics.get(topic) ?? []), ...everything];
  }

  #expectFree(name: string): void {
    this.#expectOpen();
    if (name === '' || OWN_REQUESTS.has(name) || this.methods.has(name) || this.hooks.has(name)) {
      throw new TypeError(`the name ${JSON.stringify(name)} is taken`);
    }
  }

  #expectOpen(): void {
    if (this.#closed) throw new TypeError('lightningd has been told already what there is');
  }
}
