import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findLeaks } from './leaks.js';

/** Where the processes of one run of the suite leave their notes. */
export const SECRECY_FOLDER = join('build', 'secrecy');

/** Around the whole suite: at its end no secret that any test has used may stand in anything that was said. */
export default function setup(): () => void {
  rmSync(SECRECY_FOLDER, { recursive: true, force: true });
  return () => {
    const secrets = new Set<string>();
    const said = new Set<string>();
    for (const name of readdirSync(SECRECY_FOLDER)) {
      const notes = JSON.parse(readFileSync(join(SECRECY_FOLDER, name), 'utf8')) as Record<
        'secrets' | 'said',
        string[]
      >;
      for (const secret of notes.secrets) secrets.add(secret);
      for (const text of notes.said) said.add(text);
    }
    rmSync(SECRECY_FOLDER, { recursive: true, force: true });
    const leaks = findLeaks(secrets, said);
    console.log(`Secrecy: ${secrets.size} secrets, ${said.size} lines in which none of them may stand.`);
    if (leaks.length === 0) return;
    for (const { secret, line } of leaks.slice(0, 20))
      console.error(`  "${secret.slice(0, 4)}…" in: ${line.slice(0, 200)}`);
    console.error(`  ${leaks.length} lines tell a secret.`);
    process.exitCode = 1;
  };
}
