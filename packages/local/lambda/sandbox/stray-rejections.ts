/** The handler of unhandled rejections for each context, by its Promise class. */
const owners = new WeakMap<object, (reason: unknown) => void>();
let watching = false;

const classOf = (promise: unknown): unknown =>
  typeof promise === 'object' && promise !== null ? Object.getPrototypeOf(promise)?.constructor : undefined;

/**
 * On Lambda an unhandled rejection ends the function's process. Here it must end only its environment, not
 * the host process. A listener is not enough, because other listeners would be called too. Node calls
 * `process.emit` first, so rejections of sandboxes are removed there. The Promise class shows their context.
 */
function watch(): void {
  if (watching) return;
  watching = true;
  const emit = process.emit.bind(process);
  const emitOfOthers = (event: string, ...values: unknown[]): boolean => {
    const owner = event === 'unhandledRejection' ? classOf(values[1]) : undefined;
    const onRejection = typeof owner === 'function' ? owners.get(owner) : undefined;
    if (onRejection === undefined) return Reflect.apply(emit, process, [event, ...values]);
    onRejection(values[0]);
    return true;
  };
  Object.assign(process, { emit: emitOfOthers });
}

/** Handles the unhandled rejections of one context. */
export function captureRejections(promiseClass: unknown, onRejection: (reason: unknown) => void): void {
  if (typeof promiseClass !== 'function') return;
  owners.set(promiseClass, onRejection);
  watch();
}
