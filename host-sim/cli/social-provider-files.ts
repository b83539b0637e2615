import {
  parseSocialProvider,
  type SocialProvider,
  SocialProviderError,
} from '../cloud/domain/accounts/social-providers.js';
import { CliError } from './cli-error.js';
import { readGiven } from './given-file.js';

const FLAG = '--social-provider';
const CODE = 'bad_social_provider';

/** The identity providers that files describe, one each. @throws {CliError} `bad_social_provider` */
export function readSocialProviders(files: readonly string[]): SocialProvider[] {
  const providers = files.map(readSocialProvider);
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new CliError(CODE, `${FLAG}: two files describe a provider named ${twice}.`, 2);
  return providers;
}

function readSocialProvider(file: string): SocialProvider {
  const text = readGiven(FLAG, CODE, file).toString();
  try {
    return parseSocialProvider(JSON.parse(text));
  } catch (error) {
    const why = error instanceof SocialProviderError ? error.message : 'it is not JSON';
    throw new CliError(CODE, `${FLAG} ${file} describes no identity provider: ${why}.`, 2);
  }
}
