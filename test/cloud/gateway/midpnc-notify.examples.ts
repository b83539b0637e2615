import { ExampleStage } from '../support/example-stage.js';

export async function recordNotify(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
  const { t } = stage;
  await stage.play('gatewayRegisterPushClient', { body: { clientId: 'phone-1', platform: 'ios' } });
  // Another operation's example.
  delete stage.examples['gatewayRegisterPushClient'];
  const board = await t.online(await t.activate());
  const { notifyId } = (await stage.play('gatewayListNotifications', { query: { pageNum: 1, pageSize: 20 } })).list[0];
  await stage.play('gatewayUnreadTotal');
  await stage.play('gatewayReadNotifications', { body: { ids: [notifyId] } });
  await stage.play('gatewayDeleteNotifications', { body: { ids: [notifyId] } });
  board.end();
  return stage;
}
