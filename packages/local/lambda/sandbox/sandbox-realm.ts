import { constants, createContext, Script, type Context } from 'node:vm';

/**
 * Runs first in each context. `Date` reads the given clock. Objects of the host (errors of Node's modules,
 * response headers) must pass `instanceof Error` and `instanceof Object` in the context, because the SDK
 * makes these checks. So the context uses the host's error classes. Errors that the engine creates in the
 * context inherit from them.
 */
const prelude = new Script(
  `(function (nowMs, hostErrors) {
    const RealDate = Date;
    RealDate.now = () => nowMs();
    globalThis.Date = new Proxy(RealDate, {
      construct: (target, values, newTarget) => Reflect.construct(target, values.length === 0 ? [nowMs()] : values, newTarget),
      apply: (target) => new target(nowMs()).toString(),
    });
    RealDate.prototype.constructor = globalThis.Date;
    for (const [name, HostError] of Object.entries(hostErrors)) {
      const RealmError = globalThis[name];
      Object.setPrototypeOf(RealmError.prototype, HostError.prototype);
      Object.defineProperty(globalThis, name, { value: HostError, writable: true, configurable: true, enumerable: false });
    }
    Object.defineProperty(Object, Symbol.hasInstance, {
      value: function (value) {
        if (this !== Object) return Function.prototype[Symbol.hasInstance].call(this, value);
        return (typeof value === 'object' && value !== null) || typeof value === 'function';
      },
    });
    return { promiseClass: Promise, parseJson: JSON.parse, emptyObject: () => ({}) };
  })`,
  { filename: 'node:taskbound/prelude' },
);

const hostErrors = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError,
  Error,
};

/** Globals taken from the host. They include typed arrays, because Node's modules create and expect those of the host. */
const hostGlobals = {
  Buffer,
  ArrayBuffer,
  SharedArrayBuffer,
  DataView,
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
  TextEncoder,
  TextDecoder,
  URL,
  URLSearchParams,
  AbortController,
  Event,
  EventTarget,
  Blob,
  ReadableStream,
  WritableStream,
  TransformStream,
  DOMException,
  structuredClone,
  queueMicrotask,
  atob,
  btoa,
};

/** Objects that only the context itself can create. */
interface Intrinsics {
  /** The class of the promises that the context's async functions return. */
  readonly promiseClass: unknown;
  readonly parseJson: (text: string) => unknown;
  readonly emptyObject: () => Record<string, unknown>;
}

export interface Realm extends Intrinsics {
  readonly context: Context;
}

/** Creates a new global object for a cold start. `own`: the globals that only this environment has. */
export function createRealm(own: Readonly<Record<string, unknown>>, nowMs: () => number): Realm {
  // Node intercepts each access to a contextified global object, which makes each use of a global several times slower.
  const context = createContext(constants.DONT_CONTEXTIFY, { name: 'lambda' });
  for (const [name, value] of Object.entries({ ...hostGlobals, ...own, global: context })) {
    Object.defineProperty(context, name, { value, writable: true, configurable: true, enumerable: false });
  }
  const prepare: (nowMs: () => number, errors: object) => Intrinsics = prelude.runInContext(context);
  return { context, ...prepare(nowMs, hostErrors) };
}
