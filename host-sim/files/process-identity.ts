import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process is the one that was given this number, and not a later one that got it again.
 * @param start what `startOf` said of it; empty where that could not be told, and then the number has to do
 */
export function isRunning(pid: number, start: string): boolean {
  if (!exists(pid)) return false;
  const now = startOf(pid);
  return start === '' || now === '' || now === start;
}

/** When a process started, as a text that no two processes with one number share; empty where it cannot be told. */
export function startOf(pid: number): string {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

/** From `/proc` (proc(5)): the ticks since the machine came up, and which time it came up. */
export function startFromProc(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field, the program's name in parentheses, may hold anything.
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[18];
  if (ticks === undefined) return '';
  return isDead(state) ? 'dead' : `${readText('/proc/sys/kernel/random/boot_id').trim()} ${ticks}`;
}

/** From `ps`, where there is no `/proc` (macOS): to the second. */
export function startFromPs(pid: number): string {
  const { stdout, status } = spawnSync('ps', ['-o', 'state=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    timeout: 2_000,
  });
  if (status !== 0) return '';
  const [state = '', ...start] = stdout.trim().split(/\s+/);
  return isDead(state) ? 'dead' : start.join(' ');
}

/** A process that has ended and whose parent has not asked after it yet holds nothing any more. */
function isDead(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
