/** Synthesizes the sample app into a folder. The CDK is loaded only now: it takes longer to load than most commands take to run. */
export async function synthesizeSample(directory: string): Promise<void> {
  const { synthesize } = await import('./synthesize.ts');
  synthesize({ outdir: directory });
}
