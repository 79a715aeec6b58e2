import { EventEmitter } from 'node:events';

/**
 * Passes an exception in any listener of an emitter to `onFault`. Uncaught, it would end the process,
 * although it affects one connection only. For connections to which a library adds listeners.
 */
export function containEvents(emitter: EventEmitter, onFault: (fault: unknown) => void): void {
  emitter.emit = (event, ...values: unknown[]): boolean => {
    try {
      return EventEmitter.prototype.emit.call(emitter, event, ...values);
    } catch (fault) {
      onFault(fault);
      return true;
    }
  };
}
