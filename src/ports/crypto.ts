export type { Crypto, Sha256 } from '../core/crypto.js';
