import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  campaignOptions,
  draftFaults,
  MOST_CHOSEN,
  NEW_CAMPAIGN,
  numberOf,
  stagesOf,
  whyNot,
} from '../../host-sim/panel/views/updates/campaign-form.js';

describe('stages, as people type them', () => {
  it('are percents with whatever between them', () => {
    expect(stagesOf('10, 50, 100')).toEqual([10, 50, 100]);
    expect(stagesOf(' 1% 10 %;100%')).toEqual([1, 10, 100]);
    expect(stagesOf('10，50、100')).toEqual([10, 50, 100]);
    expect(stagesOf('100')).toEqual([100]);
  });

  it('rise, end with 100, and are whole', () => {
    for (const text of ['', '50', '50, 10, 100', '10, 10, 100', '0, 100', '100, 101', '1.5, 100', '-1, 100', 'all']) {
      expect([text, stagesOf(text)]).toEqual([text, undefined]);
    }
  });

  it('are at most twenty', () => {
    const many = (count: number): string => `${[...Array(count - 1).keys()].map((at) => at + 1).join()},100`;
    expect(stagesOf(many(20))).toHaveLength(20);
    expect(stagesOf(many(21))).toBeUndefined();
  });

  it('are what the API takes, or nothing, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.integer({ min: -5, max: 120 })).map(String)), (text) => {
        const stages = stagesOf(text);
        if (stages === undefined) return;
        expect(stages.at(-1)).toBe(100);
        stages.forEach((stage, at) => {
          expect(Number.isInteger(stage) && stage > (stages[at - 1] ?? 0)).toBe(true);
        });
      }),
    );
  });
});

describe('a number of the form', () => {
  it('is in its range, and whole where it has to be', () => {
    expect(numberOf('stageHours', '0.5')).toBe(0.5);
    expect(numberOf('stageHours', '0')).toBe(0);
    expect(numberOf('stageHours', '8761')).toBeUndefined();
    expect(numberOf('abortPercent', ' 10 ')).toBe(10);
    for (const text of ['0', '101', '1.5', '', '1e1', '0x10', '-1', 'NaN', 'ten']) {
      expect([text, numberOf('abortPercent', text)]).toEqual([text, undefined]);
    }
  });
});

describe('a new campaign', () => {
  const draft = { ...NEW_CAMPAIGN, packageId: 'pkg_1' };

  it('asks for what the API would take by itself, where nothing else is said', () => {
    expect(draftFaults(draft)).toEqual({});
    expect(campaignOptions({ ...draft, name: ' First ' })).toEqual({
      packageId: 'pkg_1',
      name: 'First',
      stages: [100],
      stageHours: 24,
      abortPercent: 10,
      silentMinutes: 120,
    });
  });

  it('has a fault for each field that is not as it has to be, and for no other', () => {
    expect(draftFaults({ ...NEW_CAMPAIGN, stages: '5' })).toEqual({ packageId: 'missing', stages: 'stages' });
    expect(draftFaults({ ...draft, abortPercent: '', silentMinutes: '0' })).toEqual({
      abortPercent: 'number',
      silentMinutes: 'number',
    });
    expect(draftFaults({ ...draft, reach: 'project' })).toEqual({ projectId: 'missing' });
    expect(draftFaults({ ...draft, reach: 'chosen' })).toEqual({ deviceIds: 'chosen' });
    const tooMany = Array<string>(MOST_CHOSEN + 1).fill('dev_1');
    expect(draftFaults({ ...draft, reach: 'chosen', deviceIds: tooMany })).toEqual({ deviceIds: 'chosen' });
  });

  it('does not ask for what does not matter', () => {
    expect(draftFaults({ ...draft, percent: '0', stageHours: 'no' })).toEqual({});
    expect(draftFaults({ ...draft, reach: 'percent', percent: '0' })).toEqual({ percent: 'number' });
    expect(draftFaults({ ...draft, stages: '10, 100', stageHours: 'no' })).toEqual({ stageHours: 'number' });
  });
});

describe('a board takes part in a campaign', () => {
  const target = { chipModel: 'ESP32', version: '1.1.0' };
  const board = { status: 'online', chipModel: 'ESP32', firmwareVersion: '1.0.0' };

  it('where it is in use, has the chip, and runs an older version', () => {
    expect(whyNot(board, target)).toBeUndefined();
    expect(whyNot({ ...board, status: 'offline', chipModel: '', firmwareVersion: 'V1' }, target)).toBeUndefined();
    expect(whyNot({ ...board, status: 'inactive' }, target)).toBe('inactive');
    expect(whyNot({ ...board, status: 'disabled' }, target)).toBe('disabled');
    expect(whyNot({ ...board, chipModel: 'ESP32-C3' }, target)).toBe('otherChip');
    expect(whyNot({ ...board, firmwareVersion: '1.1.0' }, target)).toBe('notOlder');
    expect(whyNot({ ...board, firmwareVersion: '1.1.0-rc.1' }, target)).toBeUndefined();
  });
});
