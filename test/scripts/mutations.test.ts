import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MUTATIONS } from '../../scripts/mutations.mjs';

it.each(MUTATIONS.map(({ name, file, find }) => ({ name, file, find })))(
  'the firmware can be broken so: $name',
  ({ file, find }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
  },
);
