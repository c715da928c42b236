/**
 * Writes the files that have their truth elsewhere: TypeScript types from the JSON Schemas, and what
 * `scripts/generate/` adds. `test/generated.test.ts` holds that the files in the tree are what this writes.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.join(fileURLToPath(new URL('.', import.meta.url)), '..');

/** A generator: path below the repository's root to the text that belongs there. */
export type Generator = () => Promise<ReadonlyMap<string, string>>;

/** All generated files, from every generator in `scripts/generate/`. */
export async function generateAll(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const folder = path.join(root, 'scripts/generate');
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()) {
    const module = (await import(pathToFileURL(path.join(folder, name)).href)) as { generate: Generator };
    for (const [file, text] of await module.generate()) files.set(file, text);
  }
  return files;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [file, text] of await generateAll()) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
    console.log(`wrote ${file}`);
  }
}
