import { build, type InlineConfig, type Rollup } from 'vite';

/**
 * Finds the modules that a page loads whenever it starts, and that no other page shares, by building once without
 * writing. Left alone they become sixty small files, because pages that come later share each of them too; together
 * they are one, at no cost: all of them are needed at once.
 */
export async function startModules(config: InlineConfig, page: string, not: string): Promise<Set<string>> {
  const built = (await build({
    ...config,
    configFile: false,
    logLevel: 'error',
    build: { ...config.build, write: false },
  })) as Rollup.RollupOutput;
  const chunks = new Map(
    built.output.filter((file) => file.type === 'chunk').map((file) => [file.fileName, file]),
  );
  const modules = (entry: string) => {
    const seen = new Set<Rollup.OutputChunk>();
    const walk = (chunk?: Rollup.OutputChunk) => {
      if (!chunk || seen.has(chunk)) return;
      seen.add(chunk);
      for (const next of chunk.imports) walk(chunks.get(next));
    };
    const own = [...chunks.values()].find(
      (chunk) => chunk.isEntry && chunk.facadeModuleId?.endsWith(`/${entry}`),
    );
    walk(own);
    if (own) seen.delete(own); // one file already, with a name of its own
    return new Set([...seen].flatMap((chunk) => chunk.moduleIds));
  };
  const start = modules(page);
  for (const id of modules(not)) start.delete(id);
  return start;
}
