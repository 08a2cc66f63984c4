/** Synthesizes the sample app into a folder. Loads the CDK only when called, because that takes longer than most commands run. */
export async function synthesizeSample(directory: string): Promise<void> {
  const { synthesize } = await import('./synthesize.ts');
  synthesize({ outdir: directory });
}
