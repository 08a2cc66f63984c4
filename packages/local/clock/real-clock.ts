/** Calls `fn` after `ms` milliseconds of real time, also on a virtual clock. Does not keep the process alive. */
export function afterRealMs(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
