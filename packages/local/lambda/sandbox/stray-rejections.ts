/** The handlers of unhandled rejections, one for each context. The key is the Promise class of the context. */
const handlers = new WeakMap<object, (reason: unknown) => void>();
let isInstalled = false;

/** The Promise class of a promise. It identifies the context that created the promise. */
const promiseClassOf = (promise: unknown): unknown =>
  typeof promise === 'object' && promise !== null ? Object.getPrototypeOf(promise)?.constructor : undefined;

/**
 * On Lambda an unhandled rejection ends the function's process. Here it must end only the execution
 * environment, not the host process. A listener is not enough, because other listeners would be called too.
 * So this replaces `process.emit`, which Node calls first, and handles the rejections of sandboxes there.
 */
function installFilter(): void {
  if (isInstalled) return;
  isInstalled = true;
  const emit = process.emit.bind(process);
  const filteredEmit = (event: string, ...values: unknown[]): boolean => {
    const promiseClass = event === 'unhandledRejection' ? promiseClassOf(values[1]) : undefined;
    const onRejection = typeof promiseClass === 'function' ? handlers.get(promiseClass) : undefined;
    if (onRejection === undefined) return Reflect.apply(emit, process, [event, ...values]);
    onRejection(values[0]);
    return true;
  };
  Object.assign(process, { emit: filteredEmit });
}

/** Handles the unhandled rejections of one context. */
export function captureRejections(promiseClass: unknown, onRejection: (reason: unknown) => void): void {
  if (typeof promiseClass !== 'function') return;
  handlers.set(promiseClass, onRejection);
  installFilter();
}
