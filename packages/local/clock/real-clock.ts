/** Calls `fn` after so much of the machine's own time, whatever clock the embedded AWS runs on. Never keeps the process alive. */
export function afterRealMs(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
