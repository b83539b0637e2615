import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActivationServer, json, startActivationServer } from '../support/activation-server.js';
import { usePrograms } from '../support/programs.js';

describe('smartlink board', () => {
  const programs = usePrograms();
  const { start } = programs;
  let server: ActivationServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('brings boards online against a cloud that runs on its own, and says each state and output', async () => {
    const cloud = start(
      'cloud',
      '--data',
      ':memory:',
      '--api-port',
      '0',
      '--mqtt-port',
      '0',
      '--json',
      '--user',
      'me',
      '--password',
      'correct horse',
    );
    const { api } = (await cloud.ready()) as { api?: string };
    const boards = start('board', '--cloud', String(api), '--boards', '3', '--data', programs.path, '--json');
    const ready = await boards.ready();
    const list = ready['boards'] as { deviceId: string; deviceSN: string }[];
    expect(list).toHaveLength(3);
    for (const { deviceSN } of list) {
      const states = boards.lines.filter((line) => line.event === 'state' && line['deviceSN'] === deviceSN);
      expect(states.map(({ to }) => to)).toEqual([
        'unprovisioned',
        'provisioning',
        'clock',
        'activating',
        'connecting',
        'online',
      ]);
      expect(states.every(({ at }) => typeof at === 'number')).toBe(true);
    }
    const login = await fetch(`${api}/api/v1/users/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'me', password: 'correct horse' }),
    });
    const { data } = (await login.json()) as { data: { token: string } };
    await fetch(`${api}/api/v1/devices/${list[1]!.deviceId}/control`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${data.token}` },
      body: JSON.stringify({ switch: true, angle: 45 }),
    });
    expect(await boards.line((line) => line.event === 'output')).toEqual({
      event: 'output',
      deviceSN: list[1]!.deviceSN,
      channel: 0,
      value: 45,
      at: expect.any(Number),
    });
    expect(await boards.end()).toEqual({ code: 0, signal: null });
    const again = start('board', '--cloud', String(api), '--boards', '3', '--data', programs.path, '--json');
    expect((await again.ready())['boards']).toEqual(list);
    expect(await again.end('SIGINT')).toEqual({ code: 0, signal: null });
    expect(await cloud.end()).toEqual({ code: 0, signal: null });
  });

  it('goes on trying while the cloud is away or says no, and stops cleanly all the same', async () => {
    server = await startActivationServer((_call, response) =>
      json(response, 400, { code: 400, message: 'invalid_product_key', data: null }),
    );
    const board = start('board', '--cloud', server.url, '--sn', 'AABBCCDDEEFF', '--data', ':memory:', '--json');
    await board.line((line) => line['to'] === 'activating');
    await board.printed('stderr', 'invalid_product_key');
    expect(server.calls[0]!.body).toEqual({
      productKey: 'SW-SERVO-001',
      deviceSN: 'AABBCCDDEEFF',
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
    });
    expect(await board.end()).toEqual({ code: 0, signal: null });
    expect(board.lines.some((line) => line.event === 'ready')).toBe(false);
  });

  it('is left to a person where he wants it: says where its page is and what its label says, and comes online by that', async () => {
    const cloud = start('cloud', '--data', ':memory:', '--api-port', '0', '--mqtt-port', '0', '--json');
    const { api } = (await cloud.ready()) as { api?: string };
    const args = ['board', '--cloud', String(api), '--data', programs.path, '--no-set-up', '--json'];
    const board = start(...args);
    const setup = await board.line((line) => line.event === 'setup');
    expect(setup).toEqual({
      event: 'setup',
      deviceSN: expect.stringMatching(/^[0-9A-F]{12}$/),
      portal: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      label: {
        ssid: `SmartLink-${String(setup['deviceSN']).slice(-4)}`,
        password: expect.stringMatching(/^[A-HJ-NP-Z2-9]{12}$/),
      },
      network: { ssid: 'SmartLink-Sim', password: 'simulated' },
    });
    const portal = String(setup['portal']);
    expect(await (await fetch(portal)).text()).toContain('<!doctype html>');
    const answer = await fetch(`${portal}api/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(setup['network']),
    });
    expect(answer.status).toBe(202);
    const ready = await board.ready();
    expect(await board.end()).toEqual({ code: 0, signal: null });
    const again = start(...args);
    expect((await again.ready())['boards']).toEqual(ready['boards']);
    expect(again.lines.some((line) => line.event === 'setup' || line['to'] === 'unprovisioned')).toBe(false);
  });

  it('knows its network from the start for those in a hurry', async () => {
    server = await startActivationServer((_call, response) => response.destroy());
    const board = start('board', '--cloud', server.url, '--data', ':memory:', '--skip-provisioning', '--json');
    await board.line((line) => line['to'] === 'activating');
    expect(board.lines.map((line) => line['to'])).toEqual(['joining', 'clock', 'activating']);
  });

  it('has its serial line on a TCP port, where its console says what happens', async () => {
    server = await startActivationServer((_call, response) => response.destroy());
    const args = ['--cloud', server.url, '--data', ':memory:', '--serial-port', '0', '--set-up', '--json'];
    const board = start('board', ...args);
    const { port } = await board.line((line) => line.event === 'serial');
    const cable = connect(Number(port), '127.0.0.1');
    let said = '';
    cable.on('data', (bytes) => {
      said += bytes;
    });
    await expect.poll(() => said).toContain('activation_failed');
    const events = said
      .split(/\r?\n/)
      .slice(1, -1)
      // What Improv tells of its state goes out in between.
      .filter((line) => line !== '' && !line.startsWith('IMPROV'));
    for (const line of events) expect(JSON.parse(line)).toHaveProperty('name');
    cable.destroy();
  });

  it('prints no secret of its own', async () => {
    const up = start(
      'up',
      '--data',
      ':memory:',
      '--api-port',
      '0',
      '--mqtt-port',
      '0',
      '--json',
      '--user',
      'me',
      '--password',
      'correct horse',
    );
    await up.ready();
    await up.end();
    const said = up.stdout + up.stderr;
    expect(said).not.toMatch(/tk_|sk_|correct horse|simulated/);
  });
});
