import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { type CutMoment, SimFlash } from '../../host-sim/world/sim-flash.js';
import { Environments } from '../../src/board/environments.js';
import { finishForgetting, forgetEverything } from '../../src/board/factory-reset.js';
import { readFactoryRecord } from '../../src/board/identity.js';
import { KnownNetwork } from '../../src/board/known-network.js';
import { accessPointName } from '../../src/core/access-point-name.js';
import type { Host } from '../../src/ports/host.js';
import type { RecordStorage } from '../../src/ports/storage.js';

const DEFAULT_CLOUD = 'http://cloud:8080';

function hostWith(storage: RecordStorage, wifi?: Host['settings']['wifi']): Host {
  let state = 1;
  const uint32 = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return {
    storage,
    text: createNodeText(),
    random: { uint32 },
    system: { serial: 'A0B1C2D3E4F5' },
    settings: { environment: { name: 'dev', apiUrl: DEFAULT_CLOUD }, ...(wifi && { wifi }) },
  } as Host;
}

function networkOf(host: Host, isForgotten: boolean): KnownNetwork {
  return new KnownNetwork(host, new Environments(host, isForgotten), isForgotten);
}

describe('the factory record', () => {
  it('is made once by a board that has none, and is the same at every boot after that', () => {
    const storage = new MemoryStorage();
    const made = readFactoryRecord(hostWith(storage), () => {});
    expect(made).toEqual({
      serial: 'A0B1C2D3E4F5',
      pop: expect.stringMatching(/^[A-HJ-NP-Z2-9]{12}$/),
      selfMade: true,
    });
    expect(readFactoryRecord(hostWith(storage), () => {})).toEqual(made);
  });

  it('that cannot be read just now is not written over', () => {
    const flash = new SimFlash();
    const made = readFactoryRecord(hostWith(flash), () => {});
    flash.isUnreadable = true;
    let failures = 0;
    expect(readFactoryRecord(hostWith(flash), () => failures++).serial).toBe(made.serial);
    expect(failures).toBe(1);
    flash.isUnreadable = false;
    expect(readFactoryRecord(hostWith(flash), () => {})).toEqual(made);
  });

  it('names the access point by the end of the serial number', () => {
    expect(accessPointName('A0B1C2D3E4F5')).toBe('SmartLink-E4F5');
    expect(accessPointName('7')).toBe('SmartLink-7');
  });
});

describe('the network that a board knows', () => {
  const home = { ssid: 'home', password: 'password1' };

  it('is what was kept, else what the build says, else none', () => {
    const storage = new MemoryStorage();
    expect(networkOf(hostWith(storage), false).credentials).toBeUndefined();
    const built = networkOf(hostWith(storage, { ssid: 'bench' }), false);
    expect([built.provisioned, built.credentials?.ssid, built.apiUrl]).toEqual([true, 'bench', DEFAULT_CLOUD]);
    built.try(home);
    built.keep();
    expect(networkOf(hostWith(storage, { ssid: 'bench' }), false).credentials).toEqual(home);
    expect(networkOf(hostWith(storage), true).provisioned).toBe(false);
  });

  it('that is tried counts until it is dropped, and is not kept', () => {
    const storage = new MemoryStorage();
    const network = networkOf(hostWith(storage), false);
    network.try({ ...home, apiUrl: 'http://other', bindToken: 'bt_1' });
    expect([network.provisioned, network.credentials?.ssid]).toEqual([false, 'home']);
    expect([network.apiUrl, network.bindToken]).toEqual(['http://other', 'bt_1']);
    network.drop();
    expect([network.credentials, network.apiUrl, network.bindToken]).toEqual([undefined, DEFAULT_CLOUD, undefined]);
    expect(storage.read('network')).toBeUndefined();
  });

  it('comes with the cloud that the board has, where a request names none', () => {
    const storage = new MemoryStorage();
    const network = networkOf(hostWith(storage), false);
    network.try({ ...home, apiUrl: 'http://other' });
    network.keep();
    network.try({ ssid: 'new router' });
    network.keep();
    expect(networkOf(hostWith(storage), false).apiUrl).toBe('http://other');
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
    const storage = new MemoryStorage();
    const network = networkOf(hostWith(storage), false);
    network.try({ ...home, bindToken: 'bt_1' });
    network.keep();
    expect(networkOf(hostWith(storage), false).bindToken).toBe('bt_1');
    network.forgetToken();
    expect(network.bindToken).toBeUndefined();
    expect(networkOf(hostWith(storage), false).bindToken).toBeUndefined();
    expect(networkOf(hostWith(storage), false).credentials).toEqual(home);
  });
});

describe('a factory reset', () => {
  const KEYS = ['network', 'activation', 'environment', 'clock', 'outputs', 'events', 'factory', 'boot'];
  const KEPT = ['factory', 'boot'];

  function full(): SimFlash {
    const flash = new SimFlash();
    for (const key of KEYS) flash.write(key, Uint8Array.of(1));
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
