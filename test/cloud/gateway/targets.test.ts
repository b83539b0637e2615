import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startCloud } from '../support/fixture.js';

/** The body of the answer to a GET of a target as it stands, which fetch would tidy. */
function get(base: string, target: string): Promise<unknown> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject).end();
  });
}

test.each([
  (path: string, origin: string) => `${origin}${path}`,
  (path: string) => path.replace('utc', '%75tc').replace('midppkic', 'midppki%63').replace('binding', 'b%69nding'),
  (path: string) => `${path}?x=/api/v1/health`,
  (path: string) => `${path}#fragment`,
])('a dialect is found by every way to write its paths, as SmartLink’s own API is', async (write) => {
  const { apiUrl } = (await startCloud()).cloud;
  const to = (path: string) => get(apiUrl, write(path, apiUrl));
  expect(await to('/health')).toMatchObject({ status: 'ok' });
  expect(await to('/api/midppkic/cert/app/v2/now/utc-time')).toMatchObject({ code: 200, msg: 'success' });
  expect(await to('/v2/binding/enduserapi/userDeviceList')).toMatchObject({ code: 5032, extMsg: null });
});
