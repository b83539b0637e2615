import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepPorts } from '../support/ports.js';
import type { Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { expectCleanEnd, timed } from '../support/timed.js';

interface Status {
  readonly online: boolean;
  readonly position: string;
  readonly properties: Readonly<Record<string, { readonly value: unknown; readonly reportedAt: string }>>;
}

interface BoardLine {
  readonly deviceId: string;
  readonly productKey: string;
  readonly deviceSN: string;
}

const ANY_PORT = ['--api-port', '0', '--mqtt-port', '0', '--json'];

describe('smartlink up', () => {
  const programs = usePrograms();
  const up = (...args: string[]): Program => programs.start('up', ...ANY_PORT, '--data', programs.path, ...args);

  /** As the README does it: curl, and nothing else. */
  function curl(url: string, token?: string, body?: object): { code: number; message: string; data: unknown } {
    const args = ['-s', '--max-time', '30', url];
    if (token) args.push('-H', `Authorization: Bearer ${token}`);
    if (body) args.push('-H', 'Content-Type: application/json', '-d', JSON.stringify(body));
    return JSON.parse(execFileSync('curl', args, { encoding: 'utf8' })) as {
      code: number;
      message: string;
      data: unknown;
    };
  }

  function login(api: string): string {
    const account = JSON.parse(readFileSync(join(programs.path, 'account.json'), 'utf8')) as object;
    return (curl(`${api}/api/v1/users/login`, undefined, account).data as { token: string }).token;
  }

  it('has a board online within 10 s, and curl turns its servo: the post follows the end of the motion within 100 ms', async () => {
    const program = up();
    const { result: ready, tookMs } = await timed(() => program.ready(), program.child.pid);
    expect(tookMs).toBeLessThan(10_000);
    expect(program.lines[0]).toBe(ready);
    const [board] = ready['boards'] as BoardLine[];
    expect(board).toEqual({
      deviceId: expect.stringMatching(/^dev_[0-9a-f]{8}$/),
      productKey: 'SW-SERVO-001',
      deviceSN: expect.stringMatching(/^[0-9A-F]{12}$/),
    });
    const api = String(ready['api']);
    const token = login(api);
    const path = `${api}/api/v1/devices/${board!.deviceId}`;
    const answer = curl(`${path}/control`, token, { action: 'toggle', position: 'up' });
    expect(answer).toMatchObject({ code: 200, message: 'success', data: { message: 'command_sent' } });
    let status: Status | undefined;
    const position = (): string => {
      status = curl(`${path}/status`, token).data as Status;
      return status.position;
    };
    const { result: output, waitedMs } = await timed(async () => {
      const line = await program.line(({ event }) => event === 'output');
      await expect.poll(position).toBe('up');
      return line;
    }, program.child.pid);
    expect(output).toMatchObject({ deviceSN: board!.deviceSN, channel: 0, value: 180 });
    expect(status).toMatchObject({ online: true, position: 'up' });
    const postedAt = Date.parse(status!.properties['angle']!.reportedAt);
    expect(postedAt - Number(output['at']) - waitedMs).toBeLessThanOrEqual(100);
  });

  it('leaves a board to a person who resets it: says where its page is, and is set up there', async () => {
    const program = up();
    const ready = await program.ready();
    const [board] = ready['boards'] as BoardLine[];
    const api = String(ready['api']);
    // The phone puts the board away first.
    await program.printed('stderr', '"step":"told"');
    const reset = curl(`${api}/api/v1/devices/${board!.deviceId}/services/reset`, login(api), {});
    expect(reset).toMatchObject({ code: 200, data: { reply: { code: 200 } } });
    const setup = await program.line((line) => line.event === 'setup');
    expect(setup['deviceSN']).toBe(board!.deviceSN);
    curl(`${String(setup['portal'])}api/setup`, undefined, setup['network'] as object);
    await program.line((line) => line.event === 'state' && line['to'] === 'online');
  });

  it('is the same device after kill -9: no second activation, position kept', async () => {
    await keepPorts(programs.path);
    const first = up();
    const ready = await first.ready();
    const [board] = ready['boards'] as BoardLine[];
    const api = String(ready['api']);
    const token = login(api);
    const detail = curl(`${api}/api/v1/devices/${board!.deviceId}`, token).data as { activatedAt: string };
    curl(`${api}/api/v1/devices/${board!.deviceId}/control`, token, { action: 'toggle', position: 'up' });
    await first.line((line) => line.event === 'output');
    // The write follows the report; the next answer of the same process comes after both.
    curl(`${api}/api/v1/devices/${board!.deviceId}/status`, token);
    await first.end('SIGKILL');

    const second = up();
    const again = await second.ready();
    expect(again['boards']).toEqual(ready['boards']);
    const restarted = String(again['api']);
    const after = curl(`${restarted}/api/v1/devices/${board!.deviceId}`, token).data as { activatedAt: string };
    expect(after.activatedAt).toBe(detail.activatedAt);
    expect(second.stderr).not.toContain('"event":"activated"');
    const status = curl(`${restarted}/api/v1/devices/${board!.deviceId}/status`, token).data as Status;
    expect(status).toMatchObject({ online: true, position: 'up' });
  });

  it('stops at SIGTERM within 3 s with exit code 0', async () => {
    const program = up('--boards', '3');
    await program.ready();
    await expectCleanEnd(program);
    expect(program.lines.filter((line) => line.event === 'state' && line['to'] === 'stopped')).toHaveLength(3);
  });

  it('has 200 boards online within 20 s', async () => {
    const program = up('--boards', '200');
    const { result: ready, tookMs } = await timed(() => program.ready(90_000), program.child.pid);
    expect(tookMs).toBeLessThan(20_000);
    const boards = ready['boards'] as BoardLine[];
    expect(new Set(boards.map(({ deviceId }) => deviceId)).size).toBe(200);
    await expectCleanEnd(program);
  });

  it.skipIf(process.platform !== 'linux').each([[[]], [['--tls']]])(
    'has its board online wherever it listens, with %j',
    async (flags) => {
      const ready = await up('--host', '127.0.0.2', '--skip-provisioning', ...flags).ready();
      expect(ready['boards']).toHaveLength(1);
    },
  );

  it('runs a board of another product next to the shipped one', async () => {
    const program = up('--product', 'SW-RELAY-002');
    const ready = await program.ready();
    const [board] = ready['boards'] as BoardLine[];
    expect(board!.productKey).toBe('SW-RELAY-002');
    const api = String(ready['api']);
    const answer = curl(`${api}/api/v1/devices/${board!.deviceId}/control`, login(api), {
      action: 'toggle',
      position: 'up',
      channel: 1,
    });
    expect(answer.code).toBe(200);
    expect(await program.line((line) => line.event === 'output')).toMatchObject({ channel: 1, value: 1 });
  });
});
