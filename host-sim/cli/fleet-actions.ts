import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { version } from '../../package.json';
import type { Product } from '../../src/core/product.js';
import { writeFileAtomic } from '../files/files.js';
import type { FleetOptions } from '../fleet/fleet-options.js';
import { FleetRun } from '../fleet/fleet-run.js';
import { mergeResults, readResult } from '../fleet/merge.js';
import { probeOf } from '../fleet/probe.js';
import type { FleetResult } from '../fleet/result.js';
import { indicesOf } from '../fleet/shard.js';
import { loadProduct, shippedProduct, shippedProducts } from '../products/load.js';
import { plainText } from '../products/plain-text.js';
import { buildTimeMs } from './build-info.js';
import { CliError } from './cli-error.js';
import { warnOfProduct, writeJson } from './console.js';
import type { FleetFlags } from './fleet-flags.js';
import { FleetProgress, tableOf } from './fleet-report.js';
import { targetOf } from './fleet-target.js';
import { readGiven } from './given-file.js';
import type { Signals } from './lifetime.js';

const DEFAULT_RATE = 100;
/** A board posts what changes within 100 ms in one post, and takes a moment for each. */
const MOST_RATE_A_BOARD = 5;
const BOARDS_A_SECOND = 100;
/** A stop that somebody asked for is given this long, ms. */
const STOP_WITHIN_MS = 2_900;
/** CONNACK of a broker that does not know the user name and password, or does not let them in. */
const BAD_LOGIN: readonly unknown[] = [4, 5];

/** Runs a fleet and tells what it came to; the exit code says whether all went well. */
export async function runFleet(flags: FleetFlags, workerFile: string, signals: Signals): Promise<void> {
  checkOut(flags.out);
  const options = await optionsOf(flags, workerFile);
  const run = new FleetRun(options);
  const progress = new FleetProgress(process.stdout, { json: flags.json ?? false, run, options });
  let wasAsked = false;
  signals.onSignal = () => {
    if (wasAsked) process.exit(1);
    wasAsked = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    run.interrupt();
  };
  progress.start();
  let result: FleetResult;
  try {
    result = await run.run();
  } catch (error) {
    throw unreachable(flags, error);
  } finally {
    progress.stop();
  }
  tell(result, flags);
  if (!result.ok) process.exitCode = 1;
  // What is left would keep the program from its end.
  if (result.machines.some(({ leftovers }) => leftovers.length > 0)) process.exit();
}

/** Adds up the results of several machines. */
export function mergeFleets(files: readonly string[], flags: Pick<FleetFlags, 'json' | 'out'>): void {
  checkOut(flags.out);
  const results = files.map((file) => {
    try {
      return readResult(readGiven('', 'bad_result', file).toString());
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError(
        'bad_result',
        `${file} ${(error as Error).message}: give files that "smartlink fleet --out" wrote.`,
        2,
      );
    }
  });
  let sum: FleetResult;
  try {
    sum = mergeResults(results);
  } catch (error) {
    throw new CliError('bad_result', `${files.join(', ')}: ${(error as Error).message}.`, 2);
  }
  tell(sum, flags);
  if (!sum.ok) process.exitCode = 1;
}

function tell(result: FleetResult, { json, out }: Pick<FleetFlags, 'json' | 'out'>): void {
  if (json) writeJson(process.stdout, { event: 'result', ...result });
  else process.stdout.write(tableOf(result, process.stdout));
  if (out === undefined) return;
  writeFileAtomic(out, `${JSON.stringify(result, undefined, 1)}\n`);
  if (!json) process.stdout.write(`  Written to ${out}.\n\n`);
}

/** Before anything is measured, which would be lost. @throws {CliError} the result cannot be written there */
function checkOut(out: string | undefined): void {
  if (out === undefined) return;
  const folder = dirname(out);
  const refuse = (why: string) =>
    new CliError('not_written', `--out ${plainText(out)}: ${why}: choose another place.`, 2);
  try {
    if (statSync(out, { throwIfNoEntry: false })?.isDirectory()) throw refuse('this is a folder');
    if (!statSync(folder).isDirectory()) throw refuse(`${plainText(folder)} is no folder`);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw refuse(`the folder ${plainText(folder)} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function optionsOf(flags: FleetFlags, workerFile: string): Promise<FleetOptions> {
  const { boards, shard } = flags;
  const mine = indicesOf(boards, shard).length;
  if (mine === 0) {
    throw new CliError(
      'empty_shard',
      `--shard ${shard.index}/${shard.of} has none of ${boards} boards: raise --boards.`,
      2,
    );
  }
  const { rate = Math.min(DEFAULT_RATE, mine) } = flags;
  if (rate > mine * MOST_RATE_A_BOARD) {
    const most = `${mine} boards take ${mine * MOST_RATE_A_BOARD} sets a second at most`;
    throw new CliError('bad_rate', `--rate ${rate}: ${most}, for a board posts what changes within 100 ms as one.`, 2);
  }
  const product = productOf(flags);
  if (probeOf(product) === undefined) {
    throw new CliError(
      'bad_product',
      `--product ${product.productKey}: its boards take no commands, so nothing can be measured.`,
      2,
    );
  }
  return {
    target: await targetOf(flags, product),
    boards,
    shard,
    product,
    ratePerS: rate,
    forMs: flags.for * 1_000,
    warmUpMs: flags.warmUp * 1_000,
    rampMs: (flags.ramp ?? boards / BOARDS_A_SECOND) * 1_000,
    workers: Math.min(flags.workers, mine),
    workerFile,
    chaosPerS: flags.chaos,
    isSoak: flags.soak ?? false,
    buildTimeMs,
    version,
  };
}

/** @throws {CliError} it is neither the key of a product that is known nor a file */
function productOf({ product: name }: FleetFlags): Product {
  if (shippedProduct(name) === undefined && !existsSync(name)) {
    const known = shippedProducts()
      .map(({ productKey }) => productKey)
      .join(', ');
    throw new CliError(
      'unknown_product',
      `--product ${plainText(name)}: there is no such product and no such file; give one of ${known}, or the path of a definition.`,
      2,
    );
  }
  return loadProduct(name, warnOfProduct);
}

function unreachable({ broker }: FleetFlags, error: unknown): unknown {
  if (error instanceof CliError || !(error instanceof Error)) return error;
  const { code = error.message } = error as NodeJS.ErrnoException;
  if (broker !== undefined && BAD_LOGIN.includes(code)) {
    return new CliError(
      'broker_refused',
      'the broker refuses this user name and password: give --broker mqtt://user:password@host:port.',
    );
  }
  const what = broker === undefined ? 'the WebSocket of the cloud' : 'the broker';
  return new CliError('target_unreachable', `${what} cannot be reached (${code}): is it running?`);
}
