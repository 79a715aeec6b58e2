import type { Setting } from '../options/definition.ts';
import type { PluginFault } from './fault.ts';

/** A plugin on its way: from its process's start until it runs, or is gone. */
export class PluginStart {
  /** Values for its options, where it is started alone. */
  readonly settings: readonly Setting[];
  /** It has said what it is, or is gone. */
  readonly manifestIn: Promise<void>;
  /** It runs; or what became of it. */
  readonly settled: Promise<PluginFault | undefined>;
  #manifestIsIn: () => void = () => undefined;
  #settle: (fault: PluginFault | undefined) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: readonly Setting[]) {
    this.settings = settings;
    this.manifestIn = new Promise((resolve) => {
      this.#manifestIsIn = resolve;
    });
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Starts to count the time that it has for its next answer. */
  limit(milliseconds: number, onLate: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onLate, milliseconds);
  }

  takeManifest(): void {
    clearTimeout(this.#timer);
    this.#manifestIsIn();
  }

  settle(fault: PluginFault | undefined): void {
    clearTimeout(this.#timer);
    this.#manifestIsIn();
    this.#settle(fault);
  }
}
