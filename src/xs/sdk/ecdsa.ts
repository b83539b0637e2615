/** The key of a server with which the guard has verified its key exchange. */
export class ProvenKey {}

/**
 * Stands in for the SDK's module of this name, which never comes back from a signature of zeros, and takes as long as all
 * the rest of a key exchange: the engine gets to see a signature when the guard has verified it.
 */
export default class ECDSA {
  /** @throws {TypeError} for any other key: nothing is verified here */
  constructor(key: unknown) {
    if (!(key instanceof ProvenKey)) throw new TypeError('ECDSA is verified by core/signature');
  }

  verify(): boolean {
    return true;
  }
}
