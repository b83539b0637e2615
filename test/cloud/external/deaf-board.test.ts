import { describe, expect, test } from 'vitest';
import { startGuardedMosquitto, withoutDynamicSecurity } from '../../support/dynamic-security.js';
import { onCleanup } from '../support/fixture.js';
import { answering, cloudOver } from './stage.js';

describe.skipIf(withoutDynamicSecurity)('a board on a Mosquitto that admits each by his own client id alone', () => {
  test('is put out when it leaves a command unanswered, and gets it when it comes again', {
    timeout: 60_000,
  }, async () => {
    const guarded = await startGuardedMosquitto();
    onCleanup(() => guarded.stop());
    const url = `mqtt://127.0.0.1:${guarded.port}`;
    const t = await cloudOver({ url }, { broker: { ...guarded.admin, dynamicSecurity: true } });
    const activation = await t.activate();
    const { deviceId } = activation;
    let isMute = false;
    const deaf = await answering(t, activation, { isMute: () => isMute });
    await expect.poll(() => deaf.heard.questions.length).toBe(1);
    // Its answer is here before what it says after it is.
    const posted = t.next('propertyPosted');
    await deaf.board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    await posted;
    isMute = true;
    const closed = new Promise<void>((resolve) => deaf.board.client.once('close', () => resolve()));
    const offline = t.next('deviceOffline');
    const command = await t.as('POST', `/devices/${deviceId}/control`, { action: 'toggle', position: 'up' });
    expect(command.status).toBe(200);
    await Promise.all([closed, offline]);
    const answered = t.next('commandAnswered');
    const cured = await answering(t, activation);
    const { id } = await answered;
    expect([cured.heard.commands.get(id), deaf.heard.commands.has(id)]).toEqual([1, true]);
    expect(t.logged.filter(({ name }) => name === 'board_session_ended')).toMatchObject([
      { data: { deviceId, why: 'hears_nothing' } },
    ]);
    // It is not put out by what came before.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(cured.board.client.connected).toBe(true);
  });
});
