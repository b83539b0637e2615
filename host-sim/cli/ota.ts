import { Command, Option } from 'commander';
import { DEFAULT_SLOT_BYTES } from '../ota/package.js';
import { addLoginFlags, LOGIN_HELP } from './cloud-login.js';
import { collect, collectKeyIds, wholeNumber } from './options.js';
import { campaignCommand } from './ota-campaign.js';

/** `smartlink ota`: keys that sign what boards take over, packages of firmware, and their way to the boards. */
export function otaCommand(): Command {
  const command = new Command('ota')
    .description('Makes the keys that sign what boards take over, packs and checks firmware, and rolls it out.')
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ota keygen --out ota.pem\n  smartlink ota pack --image servo.bin --product SW-SERVO-001 --key ota.pem --out servo-1.1.0.slfw\n' +
        '  smartlink ota verify servo-1.1.0.slfw --update-key ota.pem.pub\n  smartlink ota publish servo-1.1.0.slfw --cloud http://127.0.0.1:8080\n' +
        '  smartlink ota campaign create --package pkg_0123456789abcdef --stage 10 --watch',
    )
    .addCommand(keygenCommand())
    .addCommand(packCommand())
    .addCommand(verifyCommand())
    .addCommand(publishCommand())
    .addCommand(campaignCommand());
  for (const one of command.commands) one.exitOverride().showHelpAfterError('(add --help for examples)');
  return command;
}

function keygenCommand(): Command {
  return new Command('keygen')
    .description('Makes a key (P-256): FILE is the private one, for you alone; FILE.pub is what boards are built with.')
    .requiredOption('--out <file>', 'file to write (PKCS #8 PEM); it must not be there yet')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ota keygen --out ota.pem\n  smartlink board --update-key ota.pem.pub',
    )
    .action(async (flags) => (await import('./ota-actions.js')).keygen(flags));
}

function packCommand(): Command {
  return new Command('pack')
    .description('Packs an image of the firmware with what it is for, and signs that.')
    .option('--image <file>', 'application image of an ESP32')
    .option('--simulator', "this program's own firmware instead, for simulated boards")
    .requiredOption('--product <key or file>', 'product key, or a product definition: what boards the image is for')
    .option('--firmware-version <version>', "version of the image (default: the definition's)")
    .option(
      '--update-key <file>',
      'with --simulator: public key that the new build knows, as FILE or ID=FILE; may be repeated (default, where key 0 alone is required: those that the board was started with)',
      collect,
    )
    .option('--floor <version>', 'boards that have proven it take no version below that any more', '0.0.0')
    .requiredOption(
      '--key <file>',
      'private key that signs, as "smartlink ota keygen" wrote it; up to 4 times',
      collect,
    )
    .option(
      '--key-id <id>',
      'its id on the boards, from 0 to 7: one for each --key, in their order (default: 0, of a single key)',
      collectKeyIds,
    )
    .option(
      '--require <id>',
      'key that must sign what comes after this; may be repeated (default: those that sign)',
      collectKeyIds,
    )
    .addOption(slotBytesOption())
    .requiredOption('--out <file>', 'file to write; it must not be there yet')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  smartlink ota pack --image servo.bin --product SW-SERVO-001 --firmware-version 1.1.0 --key ota.pem --out servo-1.1.0.slfw\n' +
        '  smartlink ota pack --simulator --product SW-SERVO-001 --firmware-version 1.1.0 --key ota.pem --out servo-1.1.0.slfw\n' +
        '  smartlink ota pack --image lamp.bin --product ./lamp.json --key old.pem --key-id 0 --key new.pem --key-id 1 \\\n' +
        '    --require 1 --floor 1.1.0 --out rotation.slfw',
    )
    .action(async (flags) => (await import('./ota-pack.js')).pack(flags));
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Says all that is in a package, and whether a board with these keys would take it.')
    .argument('<file>', 'package')
    .requiredOption(
      '--update-key <file>',
      'public key that the board knows, as FILE or ID=FILE; may be repeated',
      collect,
    )
    .option(
      '--require <id>',
      'key that must have signed; may be repeated (default: all of --update-key)',
      collectKeyIds,
    )
    .option('--product <key>', 'product of the board (default: that of the package)')
    .addOption(
      new Option('--chip <name>', 'chip of the board (default: that of the package)').choices([
        'ESP32',
        'ESP32-C3',
        'ESP32-S3',
      ]),
    )
    .option('--running-version <version>', 'what the board runs (default: something older)')
    .option('--floor <version>', "the board's version floor (default: none)")
    .addOption(slotBytesOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExits 0 when such a board takes it, 1 when not.\n\nExamples:\n  smartlink ota verify servo-1.1.0.slfw --update-key ota.pem.pub\n' +
        '  smartlink ota verify rotation.slfw --update-key 0=old.pem.pub --update-key 1=new.pem.pub --require 0 --running-version 1.0.0 --json',
    )
    .action(async (file, flags) => (await import('./ota-verify.js')).verify(file, flags));
}

function publishCommand(): Command {
  return addLoginFlags(new Command('publish'))
    .description('Gives a package to a cloud, from where campaigns bring it to boards.')
    .argument('<file>', 'package')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `${LOGIN_HELP}\n\nExamples:\n  smartlink ota publish servo-1.1.0.slfw\n` +
        '  smartlink ota publish servo-1.1.0.slfw --cloud https://cloud.example:8443 --ca ca.pem --user dev --password-file password.txt --json',
    )
    .action(async (file, flags) => (await import('./ota-publish.js')).publish(file, flags));
}

function slotBytesOption(): Option {
  return new Option('--slot-bytes <bytes>', 'what a slot of the boards has room for, of flash that is not 4 MB')
    .argParser(wholeNumber(8_192, 0xffffffff))
    .default(DEFAULT_SLOT_BYTES);
}

function jsonOption(): Option {
  return new Option('--json', 'one JSON object a line on stdout, logs on stderr');
}
