import { CliError } from './cli-error.js';
import { type LoginFlags, openCloud } from './cloud-login.js';
import { paint, writeJson } from './console.js';
import { describePackage, packageFields, readPackageFile, whyNotWhole } from './package-file.js';
import { Progress } from './progress.js';

interface Flags extends LoginFlags {
  readonly json?: boolean;
}

/** As a cloud makes them; anything else is no text for a command that people copy. */
const PACKAGE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws {CliError} */
export async function publish(file: string, flags: Flags): Promise<void> {
  const found = readPackageFile(file);
  const wrong = whyNotWhole(found);
  if (wrong !== undefined) throw new CliError(wrong.code, `${file}: ${wrong.message}.`);
  const cloud = openCloud(flags);
  const { bytes } = found;
  const progress = new Progress(process.stderr, 'uploaded');
  const published = await cloud
    .upload<{ readonly packageId?: unknown } | null>('/ota/packages', bytes, (sent) =>
      progress.set(sent / bytes.length),
    )
    .finally(() => progress.end());
  const packageId = published?.packageId;
  if (typeof packageId !== 'string' || !PACKAGE_ID.test(packageId)) {
    throw new CliError('no_cloud', `${flags.cloud} does not answer as a SmartLink cloud does: check --cloud.`);
  }
  if (flags.json) {
    writeJson(process.stdout, { event: 'published', packageId, ...packageFields(found) });
    return;
  }
  process.stdout.write(
    `\n${describePackage(found)}  Id       ${paint(process.stdout, 'bold', packageId)}\n\n  Roll it out, to one board in ten first:\n\n` +
      `  ${paint(process.stdout, 'cyan', `npx smartlink ota campaign create --package ${packageId} --stage 10 --watch`)}\n\n`,
  );
}
