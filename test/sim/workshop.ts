import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlantedFault } from './planted-faults.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the hunt for a fault came to. */
export interface Hunt {
  /** How many seeds it took, or how many there were. */
  readonly ran: number;
  readonly promise?: string;
  readonly detail?: string;
}

/** A copy of the gateway and its simulation, in which a fault can be planted. */
export class Workshop {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'holdfast-sim-'));

  constructor() {
    mkdirSync(join(this.#folder, 'test'));
    for (const part of ['src', 'test/sim', 'tsconfig.base.json', 'package.json']) {
      cpSync(join(root, part), join(this.#folder, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Plants the fault, looks for it in at most so many seeds, and takes it out again. */
  async hunt(fault: PlantedFault, seeds: number): Promise<Hunt> {
    const path = join(this.#folder, 'src', fault.file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, planted(source, fault));
    try {
      this.#compile();
      return await this.#run(seeds);
    } finally {
      writeFileSync(path, source);
    }
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Types are not asked: a patch may leave something unused. */
  #compile(): void {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmitOnError', 'false', '--noUnusedLocals', 'false', '--noUnusedParameters', 'false'];
    spawnSync(process.execPath, [compiler, '-p', join(this.#folder, 'test/sim'), ...flags]);
  }

  #run(seeds: number): Promise<Hunt> {
    const main = join(this.#folder, 'dist-sim/test/sim/main.js');
    return new Promise((resolve, reject) => {
      execFile(process.execPath, [main, '--hunt', '--seeds', String(seeds)], (error, stdout) => {
        // Exit code 1 says that it was found.
        if (error !== null && error.code !== 1) return reject(error);
        const hunt: Hunt = JSON.parse(stdout);
        resolve(hunt);
      });
    });
  }
}

/** The source with the fault in it; throws where it does not match exactly once. */
export function planted(source: string, { file, find, replace }: PlantedFault): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`in ${file} this stands ${count} times, not once: ${find}`);
  return source.replace(find, () => replace);
}
