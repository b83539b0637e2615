import { describe, expect, test } from 'vitest';
import { END_USER } from './end-user.js';
import { GATEWAY } from './gateway.js';
import { NEW_VERSION, SERIAL, Story } from './story.js';

describe.each([GATEWAY, END_USER])('a whole life with a board through the $name', (dialect) => {
  test('registers, logs in, finds the board, reads, turns and updates it; its certificate is lost and regained', async () => {
    const story = await Story.begin();
    const { t } = story;
    const token = await dialect.arrive(t);
    const deviceId = await story.expectBoard();
    expect(await dialect.find(t, token, SERIAL)).toMatchObject({ deviceId, online: false });

    const serialNumber = await story.certify(token, deviceId);
    await story.power();
    expect(await dialect.find(t, token, SERIAL)).toMatchObject({ deviceId, online: true });

    for (const [position, angle] of [
      ['up', 180],
      ['down', 0],
    ] as const) {
      const from = story.live.events.length;
      await dialect.turn(t, token, deviceId, position);
      await story.live.event('output_settled', ({ value }) => value === angle, from);
      await expect.poll(() => dialect.read(t, token, deviceId)).toMatchObject({ position, angle });
    }

    await story.publish(token);
    await dialect.update(t, token, deviceId);
    await story.live.event('update_proven', ({ version }) => version === NEW_VERSION);
    await expect.poll(() => dialect.find(t, token, SERIAL)).toMatchObject({ online: true, isUpdated: true });

    const from = story.live.events.length;
    const { body } = await t.call('DELETE', `/certificates/${serialNumber}`, undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(body.message).toBe('success');
    await story.live.event('session_lost', () => true, from);
    await t.untilLogged('client_certificate_refused');
    expect(await dialect.find(t, token, SERIAL)).toMatchObject({ online: false });

    await story.certify(token, deviceId);
    await story.power();
    expect(await dialect.find(t, token, SERIAL)).toMatchObject({ deviceId, online: true });
    expect(story.live.crashes).toEqual([]);
  });
});
