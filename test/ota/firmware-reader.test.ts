import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { headBytesOf, readPackageHeader } from '../../src/core/package-header.js';
import { decide } from './firmware-reader.js';
import type { Vector } from './vector.js';
import { bytesOf, VECTORS } from './vector-file.js';

const OF_THE_IMAGE = ['too_long', 'wrong_digest'];
const isOfTheImage = ({ expected, package: hex }: Vector): boolean =>
  'refused' in expected &&
  (OF_THE_IMAGE.includes(expected.refused) || (expected.refused === 'cut_short' && hex.length / 2 > 229));

describe('the firmware reads the test vectors of packages', () => {
  const ofTheHead = VECTORS.vectors.filter((vector) => !isOfTheImage(vector));
  it.each(ofTheHead)('$name', (vector) => {
    expect(decide(bytesOf(vector), vector.board)).toEqual(vector.expected);
  });

  it.each(VECTORS.vectors.filter(isOfTheImage))('$name: it is the image that is wrong', (vector) => {
    const file = bytesOf(vector);
    expect(decide(file, vector.board)).toHaveProperty('taken');
    const header = readPackageHeader(file.subarray(0, headBytesOf(file, file.length)));
    const image = file.subarray(headBytesOf(file, file.length));
    const isRight =
      image.length === header.imageBytes && createHash('sha256').update(image).digest().equals(header.digest);
    expect(isRight).toBe(false);
  });
});
