import { expect, test } from 'vitest';
import { packageOf } from '../support/packages.js';
import { activate, type Member, useMembers } from './support.js';

const REQUEST = { stages: [100], stageHours: 1, abortPercent: 10, silentMinutes: 60 } as const;
const ids = (sent: readonly { topic: string; message: Record<string, unknown> }[]) =>
  sent.filter(({ topic }) => topic.endsWith('/ota/device/upgrade')).map(({ message }) => Number(message['id']));

/** The id of a package that is there from now on. */
async function publish({ services }: Member): Promise<string> {
  const upload = services.packages.begin(await services.users.ensure('user', 'password123'));
  upload.write(packageOf());
  const { packageId } = upload.finish();
  upload.close();
  return packageId;
}

test('who takes over tells of updates by ids that the one before has not used', async () => {
  const { clock, join } = useMembers();
  const [leader, other] = [await join(), await join()];
  for (const { services } of [leader, other]) services.updates.start(() => 'http://cloud.example/file');
  const packageId = await publish(leader);
  const boards = ['A', 'B', 'C', 'D'].map((serial) => activate(leader, serial));
  const begin = async ({ services }: Member, board: { readonly deviceId: string }) =>
    services.campaigns.create(await services.users.ensure('user', 'password123'), {
      packageId,
      ...REQUEST,
      deviceIds: [board.deviceId],
    });
  const told: number[] = [];
  const tell = async (member: Member, board: (typeof boards)[number]) => {
    const { sent } = member.connect(board);
    await begin(member, board);
    await expect.poll(() => ids(sent)).toHaveLength(1);
    told.push(...ids(sent));
  };
  // More than one a second, so that a count of seconds is ahead of the clock.
  for (const board of boards.slice(0, 3)) await tell(leader, board);
  leader.kill();
  clock.advance(1_200);
  await tell(other, boards[3]!);
  expect(new Set(told).size).toBe(4);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});
