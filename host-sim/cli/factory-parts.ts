import { CloudError } from '../cloud/errors.js';
import { CliError } from './cli-error.js';
import { readGiven } from './given-file.js';
import type { FactoryParts } from './label.js';

/** Flags that say who a board is to be, and at which cloud. */
export interface FactoryRequest {
  readonly sn: string;
  readonly product?: string;
  readonly data: string;
  readonly productSecretFile?: string;
}

/** What a board is given beside its label, and what of it may be told. */
export interface Given {
  readonly parts: FactoryParts;
  readonly deviceId?: string;
  /** Serial number of its certificate, by which that is revoked. */
  readonly certificate?: string;
}

/** Of a product's secret, characters. */
const SECRET = /^[\x21-\x7e]{16,256}$/;

/**
 * What the board is to have beside its label. What makes certificates is loaded only for it.
 * @throws {CliError}
 */
export async function partsFor({ sn, product, data, productSecretFile }: FactoryRequest): Promise<Given> {
  if (product !== undefined && productSecretFile !== undefined) {
    throw new CliError(
      'two_clouds',
      '--product takes the secret from the cloud in --data: leave --product-secret-file away.',
      2,
    );
  }
  if (productSecretFile !== undefined) {
    const { boardKey } = await import('../cloud/domain/signed-activation.js');
    return { parts: { boardKey: boardKey(readSecret(productSecretFile), sn).toString('hex') } };
  }
  if (product === undefined) return { parts: {} };
  const [{ presentAuthority }, { equipBoard }] = await Promise.all([
    import('./ca-actions.js'),
    import('../cloud/factory.js'),
  ]);
  const board = { productKey: product, deviceSN: sn };
  const { deviceId, boardKey, client, ca } = await equipBoard(data, presentAuthority(data), board).catch((error) => {
    throw error instanceof CloudError ? refusal(error, product, data) : error;
  });
  const parts = {
    ...(boardKey && { boardKey: Buffer.from(boardKey).toString('hex') }),
    certificate: [client.certificate.raw.toString('base64')],
    key: client.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    anchors: [ca.raw.toString('base64')],
  };
  return { parts, deviceId, certificate: client.certificate.serialNumber };
}

function refusal({ word, message }: CloudError, product: string, data: string): CliError {
  const why =
    word === 'product_not_found'
      ? `has no product ${product}: make it there first, with "smartlink up --product" or over its API`
      : `does not take a board of ${product} (${message})`;
  return new CliError(word, `the cloud in ${data} ${why}.`);
}

/** @throws {CliError} `bad_product_secret` */
function readSecret(path: string): string {
  const secret = readGiven('--product-secret-file', 'bad_product_secret', path).toString().trim();
  if (SECRET.test(secret)) return secret;
  throw new CliError(
    'bad_product_secret',
    `--product-secret-file ${path} must hold the product’s secret, 16 to 256 characters on one line, as the cloud told it.`,
    2,
  );
}
