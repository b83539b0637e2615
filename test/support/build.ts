import { execFileSync } from 'node:child_process';

/** Builds `dist/` once before the tests, so that what they start is what the sources say. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
