import { createHmac, timingSafeEqual } from 'node:crypto';

/** A counter of 16 hex digits, then 16 random ones. */
const RANDOM_PATTERN = /^([0-9a-f]{16})[0-9a-f]{16}$/i;
const SIGN_PATTERN = /^[0-9a-f]{64}$/i;

/** The key that one board holds: of the product's secret it gives nothing away, nor of another board's key. */
export function boardKey(productSecret: string, deviceSN: string): Buffer {
  return createHmac('sha256', productSecret).update(deviceSN).digest();
}

/** What a board says at activation, and how it proves that. */
export interface SignableRequest {
  readonly productKey: string;
  readonly deviceSN: string;
  readonly firmwareVersion?: string | undefined;
  readonly chipModel?: string | undefined;
  /** A counter and random digits, and the request's signature, where the product's activation is signed. */
  readonly random?: string | undefined;
  readonly sign?: string | undefined;
}

/** What a board signs: the fields as it sends them, those it leaves out empty. */
export function activationSignature(key: Buffer, request: SignableRequest): Buffer {
  const { productKey, deviceSN, firmwareVersion = '', chipModel = '', random = '' } = request;
  const lines = ['SLA1', productKey, deviceSN, firmwareVersion, chipModel, random];
  return createHmac('sha256', key).update(lines.join('\n')).digest();
}

/**
 * The counter of a request that was signed with the board's key, as 16 hex digits in lower case (so that text compares as
 * numbers do); undefined where the request is not so signed. Takes the same time for every wrong signature.
 */
export function provenCounter(productSecret: string, request: SignableRequest): string | undefined {
  const counter = RANDOM_PATTERN.exec(request.random ?? '')?.[1]?.toLowerCase();
  const sign = request.sign ?? '';
  if (counter === undefined || !SIGN_PATTERN.test(sign)) return undefined;
  const expected = activationSignature(boardKey(productSecret, request.deviceSN), request);
  return timingSafeEqual(expected, Buffer.from(sign, 'hex')) ? counter : undefined;
}
