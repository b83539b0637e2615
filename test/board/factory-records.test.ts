import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import type { CutMoment } from '../../host-sim/world/flash-power.js';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { Environments } from '../../src/board/environments.js';
import { finishForgetting, forgetEverything } from '../../src/board/factory-reset.js';
import { readIdentity } from '../../src/board/identity.js';
import { KnownNetwork } from '../../src/board/known-network.js';
import { moveSecrets, SECRET_RECORDS } from '../../src/board/secret-records.js';
import { accessPointName } from '../../src/core/access-point-name.js';
import type { Host } from '../../src/ports/host.js';
import type { RecordStorage, RecordStores } from '../../src/ports/storage.js';
import { FACTORY_RECORD } from '../../src/records/factory-record.js';
import { NETWORK_RECORD } from '../../src/records/network-record.js';

const DEFAULT_CLOUD = 'http://cloud:8080';

function hostWith(stores: RecordStores, wifi?: Host['settings']['wifi']): Host {
  let state = 1;
  const uint32 = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return {
    storage: stores.storage,
    secrets: stores.secrets,
    text: createNodeText(),
    random: { uint32 },
    system: { serial: 'A0B1C2D3E4F5' },
    settings: { environment: { name: 'dev', apiUrl: DEFAULT_CLOUD }, ...(wifi && { wifi }) },
  } as Host;
}

function networkOf(host: Host, isForgotten: boolean): KnownNetwork {
  return new KnownNetwork(host, new Environments(host, [], isForgotten), isForgotten);
}

describe('the factory record', () => {
  it('is made once by a board that has none, and is the same at every boot after that', () => {
    const stores = createMemoryStores();
    const made = readIdentity(hostWith(stores), () => {});
    expect(made).toEqual({
      serial: 'A0B1C2D3E4F5',
      pop: expect.stringMatching(/^[A-HJ-NP-Z2-9]{12}$/),
      selfMade: true,
      anchors: [],
    });
    expect(readIdentity(hostWith(stores), () => {})).toEqual(made);
  });

  it('that cannot be read just now is not written over', () => {
    const flash = new SimFlash();
    const made = readIdentity(hostWith(flash), () => {});
    flash.isUnreadable = true;
    let failures = 0;
    expect(readIdentity(hostWith(flash), () => failures++).serial).toBe(made.serial);
    expect(failures).toBe(1);
    flash.isUnreadable = false;
    expect(readIdentity(hostWith(flash), () => {})).toEqual(made);
  });

  it('names the access point by the end of the serial number', () => {
    expect(accessPointName('A0B1C2D3E4F5')).toBe('SmartLink-E4F5');
    expect(accessPointName('7')).toBe('SmartLink-7');
  });
});

describe('the network that a board knows', () => {
  const home = { ssid: 'home', password: 'password1' };

  it('is what was kept, else what the build says, else none', () => {
    const stores = createMemoryStores();
    expect(networkOf(hostWith(stores), false).credentials).toBeUndefined();
    const built = networkOf(hostWith(stores, { ssid: 'bench' }), false);
    expect([built.provisioned, built.credentials?.ssid, built.apiUrl]).toEqual([true, 'bench', DEFAULT_CLOUD]);
    built.try(home);
    built.keep();
    expect(networkOf(hostWith(stores, { ssid: 'bench' }), false).credentials).toEqual(home);
    expect(networkOf(hostWith(stores), true).provisioned).toBe(false);
  });

  it('that is tried counts until it is dropped, and is not kept', () => {
    const stores = createMemoryStores();
    const network = networkOf(hostWith(stores), false);
    network.try({ ...home, apiUrl: 'http://other', bindToken: 'bt_1' });
    expect([network.provisioned, network.credentials?.ssid]).toEqual([false, 'home']);
    expect([network.apiUrl, network.bindToken]).toEqual(['http://other', 'bt_1']);
    network.drop();
    expect([network.credentials, network.apiUrl, network.bindToken]).toEqual([undefined, DEFAULT_CLOUD, undefined]);
    expect(stores.secrets.read('network')).toBeUndefined();
  });

  it('comes with the cloud that the board has, where a request names none', () => {
    const stores = createMemoryStores();
    const network = networkOf(hostWith(stores), false);
    network.try({ ...home, apiUrl: 'http://other' });
    network.keep();
    network.try({ ssid: 'new router' });
    network.keep();
    expect(networkOf(hostWith(stores), false).apiUrl).toBe('http://other');
  });

  it('that cannot be stored is dropped', () => {
    const flash = new SimFlash();
    const network = networkOf(hostWith(flash), false);
    network.try(home);
    flash.isWornOut = true;
    expect(() => network.keep()).toThrow();
    expect([network.provisioned, network.credentials]).toEqual([false, undefined]);
  });

  it('forgets the token once it has done its work', () => {
    const stores = createMemoryStores();
    const network = networkOf(hostWith(stores), false);
    network.try({ ...home, bindToken: 'bt_1' });
    network.keep();
    expect(networkOf(hostWith(stores), false).bindToken).toBe('bt_1');
    network.forgetToken();
    expect(network.bindToken).toBeUndefined();
    expect(networkOf(hostWith(stores), false).bindToken).toBeUndefined();
    expect(networkOf(hostWith(stores), false).credentials).toEqual(home);
  });
});

describe('records that a version without a store for secrets has left', () => {
  const OLD = [...SECRET_RECORDS, 'outputs', 'boot'];

  function old(): SimFlash {
    const flash = new SimFlash();
    OLD.forEach((key, index) => {
      flash.storage.write(key, Uint8Array.of(index));
    });
    return flash;
  }
  const placesOf = (flash: SimFlash): string[] =>
    OLD.map((key) => `${flash.storage.read(key) ?? '-'} ${flash.secrets.read(key) ?? '-'}`);
  const MOVED = ['- 0', '- 1', '- 2', '3 -', '4 -'];

  it('are moved to it, once, and the others stay', () => {
    const flash = old();
    moveSecrets(flash);
    expect(placesOf(flash)).toEqual(MOVED);
    flash.isWornOut = true;
    moveSecrets(flash);
    expect(placesOf(flash)).toEqual(MOVED);
  });

  it('do not take the place of newer ones', () => {
    const flash = old();
    flash.secrets.write(NETWORK_RECORD, Uint8Array.of(9));
    moveSecrets(flash);
    expect(placesOf(flash)).toEqual(['- 0', '- 9', '- 2', '3 -', '4 -']);
  });

  it('are all there after the next boot, wherever the power goes, and also where the flash fails for a while', () => {
    for (let write = 1; write <= 2 * SECRET_RECORDS.length; write++) {
      for (const moment of ['before', 'during', 'after'] satisfies CutMoment[]) {
        const flash = old();
        flash.cutAtWrite(write, moment);
        moveSecrets(flash);
        flash.isUnreadable = true;
        moveSecrets(flash);
        flash.isUnreadable = false;
        moveSecrets(flash);
        expect(placesOf(flash)).toEqual(MOVED);
      }
    }
  });

  it('are forgotten by a factory reset that had begun before', () => {
    const flash = old();
    flash.storage.write('reset', Uint8Array.of(1));
    expect(finishForgetting(flash)).toBe(false);
    expect(flash.keys).toEqual([FACTORY_RECORD, 'boot']);
  });
});

describe('a factory reset', () => {
  const KEYS = ['network', 'activation', 'environment', 'clock', 'outputs', 'events', 'factory', 'boot'];
  const KEPT = ['factory', 'boot'];

  const storeOf = ({ storage, secrets }: SimFlash, key: string): RecordStorage =>
    SECRET_RECORDS.includes(key) ? secrets : storage;

  function full(): SimFlash {
    const flash = new SimFlash();
    for (const key of KEYS) storeOf(flash, key).write(key, Uint8Array.of(1));
    return flash;
  }

  it('erases what the board was told and has learnt, and nothing else', () => {
    const flash = full();
    forgetEverything(flash);
    expect([...flash.keys].sort()).toEqual([...KEPT].sort());
    expect(finishForgetting(flash)).toBe(false);
  });

  it('is whole or not at all, wherever the power goes', () => {
    const outcomes = new Set<string>();
    for (let write = 1; write <= 8; write++) {
      for (const moment of ['before', 'during', 'after'] satisfies CutMoment[]) {
        const flash = full();
        flash.cutAtWrite(write, moment);
        expect(() => forgetEverything(flash)).toThrow();
        flash.powered = true;
        expect(finishForgetting(flash)).toBe(false);
        outcomes.add([...flash.keys].sort().join());
      }
    }
    expect([...outcomes].sort()).toEqual([KEYS, KEPT].map((keys) => [...keys].sort().join()).sort());
  });

  it('that the flash does not take goes on at the next boot, and until then the board is as new', () => {
    const flash = full();
    flash.cutAtWrite(2, 'before');
    expect(() => forgetEverything(flash)).toThrow();
    flash.powered = true;
    flash.isWornOut = true;
    expect(finishForgetting(flash)).toBe(true);
    flash.isWornOut = false;
    expect(finishForgetting(flash)).toBe(false);
    expect(flash.keys).not.toContain('network');
  });

  it('that is not at its end comes to it before a network is kept, and does not take that one', () => {
    const flash = full();
    flash.cutAtWrite(2, 'before');
    expect(() => forgetEverything(flash)).toThrow();
    flash.powered = true;
    flash.isWornOut = true;
    const network = networkOf(hostWith(flash), finishForgetting(flash));
    flash.isWornOut = false;
    network.try({ ssid: 'home' });
    network.keep();
    expect(finishForgetting(flash)).toBe(false);
    expect(networkOf(hostWith(flash), false).credentials).toEqual({ ssid: 'home' });
  });
});
