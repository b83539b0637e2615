import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeProvider } from '../cloud/support/identity-provider.js';
import { usePrograms } from '../support/programs.js';

describe('smartlink cloud --social-provider', () => {
  const programs = usePrograms();
  const flags = ['--api-port', '0', '--mqtt-port', '0', '--json', '--data', ':memory:'];

  const write = (name: string, content: object): string => {
    const file = join(programs.path, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  it('believes the providers of its files: whom one knows logs in', async () => {
    const [first, second] = [await FakeProvider.create('first'), await FakeProvider.create('second', 'RS256')];
    const files = [write('first.json', first.provider), write('second.json', second.provider)];
    const account = ['--user', 'anna', '--password', 'secret-1'];
    const named = files.flatMap((file) => ['--social-provider', file]);
    const { api } = await programs.start('cloud', ...flags, ...account, ...named).ready();
    const post = async (path: string, body: object, token = ''): Promise<{ code: number; data: { token: string } }> => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${String(api)}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as { code: number; data: { token: string } };
    };
    const { token } = (await post('/accessToken', { username: 'anna', password: 'secret-1' })).data;
    for (const provider of [first, second]) {
      const body = { provider: provider.provider.name, idToken: await provider.idToken(Date.now()) };
      expect((await post('/social/login', body)).code).toBe(401);
      expect((await post('/api/midpauthc/account/social/v1/bind', body, token)).code).toBe(200);
      expect((await post('/social/login', body)).code).toBe(200);
    }
  });

  it('refuses two providers of one name', async () => {
    const { provider } = await FakeProvider.create();
    const files = [write('one.json', provider), write('two.json', provider)];
    const program = programs.start('cloud', ...flags, ...files.flatMap((file) => ['--social-provider', file]));
    expect((await program.exited).code).toBe(2);
    expect(program.stderr).toContain('--social-provider: two files describe a provider named example.');
  });
});
