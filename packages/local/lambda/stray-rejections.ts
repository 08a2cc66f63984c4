/** By the Promise class of a context: what to do with a rejection in it that nobody handles. */
const owners = new WeakMap<object, (reason: unknown) => void>();
let watching = false;

const classOf = (promise: unknown): unknown =>
  typeof promise === 'object' && promise !== null ? Object.getPrototypeOf(promise)?.constructor : undefined;

/**
 * On Lambda an unhandled rejection ends the function's process; here it must end its environment only, not the process that hosts it.
 * A listener would not do: the host's other listeners would be called too. Node asks `process.emit` first, so the rejections of
 * sandboxes are taken out there, told by the Promise class of their context.
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

/** Takes over the unhandled rejections of one context. */
export function ownRejections(promiseClass: unknown, onRejection: (reason: unknown) => void): void {
  if (typeof promiseClass !== 'function') return;
  owners.set(promiseClass, onRejection);
  watch();
}
