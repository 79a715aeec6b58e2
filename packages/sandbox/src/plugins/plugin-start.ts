import type { Setting } from '../options/definition.ts';
import type { PluginFault } from './fault.ts';

/** The start of a plugin, from its process until it runs or has failed. */
export class PluginStart {
  /** Values for its options, if `plugin start` starts it. */
  readonly settings: readonly Setting[];
  /** Resolves when the manifest is registered, or the plugin has failed. */
  readonly manifestRegistered: Promise<void>;
  /** Resolves with undefined when the plugin runs, or with the fault. */
  readonly settled: Promise<PluginFault | undefined>;
  #resolveManifest: () => void = () => undefined;
  #settle: (fault: PluginFault | undefined) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: readonly Setting[]) {
    this.settings = settings;
    this.manifestRegistered = new Promise((resolve) => {
      this.#resolveManifest = resolve;
    });
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Restarts the deadline for the plugin's next reply. */
  setDeadline(milliseconds: number, onTimeout: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onTimeout, milliseconds);
  }

  manifestReceived(): void {
    clearTimeout(this.#timer);
    this.#resolveManifest();
  }

  settle(fault: PluginFault | undefined): void {
    clearTimeout(this.#timer);
    this.#resolveManifest();
    this.#settle(fault);
  }
}
