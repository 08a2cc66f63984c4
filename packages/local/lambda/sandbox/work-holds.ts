import { promisify } from 'node:util';
import type { LocalClock } from '../../clock/local-clock.ts';

type AnyFunction = (...values: unknown[]) => unknown;

const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function';
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && isFunction(value.then);

/** Classes are not wrapped, so that `instanceof` and `new` work. */
const isClass = (name: string): boolean => /^[A-Z]/.test(name);

/**
 * The same function, with a hold of the clock from the call until its callback runs or its promise settles.
 * Virtual time must not pass during real work on Node's thread pool (hashing, key generation, compression).
 */
function held(target: AnyFunction, clock: LocalClock, owner: object): AnyFunction {
  const wrapped: AnyFunction = (...values) => {
    const last = values.at(-1);
    if (isFunction(last)) {
      const release = clock.hold();
      const callback: AnyFunction = (...results) => {
        release();
        return last(...results);
      };
      try {
        return target.apply(owner, [...values.slice(0, -1), callback]);
      } catch (error) {
        release();
        throw error;
      }
    }
    return heldWhilePending(target.apply(owner, values), clock);
  };
  // Some functions have a custom promisified form, which Node stores on the original.
  const promised: AnyFunction = (...values) =>
    heldWhilePending(Reflect.apply(promisify(target), owner, values), clock);
  return Object.assign(wrapped, { [promisify.custom]: promised });
}

function heldWhilePending(result: unknown, clock: LocalClock): unknown {
  if (!isThenable(result)) return result;
  const release = clock.hold();
  result.then(release, release);
  return result;
}

/** A copy of a module or object whose functions hold the clock while they work. */
export function holdWhileWorking<T extends object>(owner: T, clock: LocalClock): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of namesOf(owner)) {
    const value: unknown = Reflect.get(owner, name);
    copy[name] = isFunction(value) && !isClass(name) ? held(value, clock, owner) : value;
  }
  return copy;
}

/** The property names of a module, or of the prototype of an object such as `crypto.subtle`. */
const namesOf = (owner: object): string[] => {
  const own = Object.keys(owner);
  return own.length > 0
    ? own
    : Object.getOwnPropertyNames(Object.getPrototypeOf(owner)).filter((name) => name !== 'constructor');
};
