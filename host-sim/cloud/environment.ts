import { randomBytes, scrypt } from 'node:crypto';
import { createJoseCodec, type JwtCodec } from './domain/jwt.js';

/** Stops a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** Cost of one scrypt hash (RFC 7914, 2): CPU/memory cost N, block size r, parallelism p. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * The only door of the cloud to time, randomness, timers and thread-pool cryptography, so that a whole cloud can run in
 * virtual time. Fastify, Aedes and jose keep timers, random message ids and a thread pool of their own: a virtual world
 * replaces Node's globals for the first two and passes `scrypt` and `createJwtCodec` for the last.
 */
export interface CloudEnvironment {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  randomBytes(size: number): Buffer;
  /** Calls back once, never from inside this call, after `delayMs`; does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): CancelTimer;
  /** Calls back once, after the events that are already there: what gathers in between is committed together. */
  defer(callback: () => void): void;
  scrypt(password: string, salt: Buffer, keyLength: number, cost: ScryptCost): Promise<Buffer>;
  createJwtCodec(key: Uint8Array): JwtCodec;
}

/** The real clock, random generator, timers and thread pool of Node. */
export function createNodeEnvironment(): CloudEnvironment {
  return {
    now: () => Date.now(),
    randomBytes: (size) => randomBytes(size),
    setTimer: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    defer: (callback) => {
      setImmediate(callback);
    },
    scrypt: (password, salt, keyLength, cost) =>
      new Promise((resolve, reject) => {
        scrypt(password, salt, keyLength, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) => {
          if (error) reject(error);
          else resolve(key);
        });
      }),
    createJwtCodec: createJoseCodec,
  };
}
