import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Field, TextArea } from '../../ui/field.js';
import { readParams } from './service-call.js';
import type { Calls } from './use-calls.js';
import { serviceWords } from './words.js';

/** Calls any service by its name. */
export function OtherService({ onCall }: { onCall: Calls['call'] }): JSX.Element {
  const words = serviceWords();
  const [service, setService] = useState('');
  const [params, setParams] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const call = (): void => {
    const read = readParams(params);
    setFault('fault' in read ? words.paramsFault(read.fault) : undefined);
    if ('value' in read) void onCall(service.trim(), read.value);
  };
  return (
    <section class="card stack">
      <h2>{words.other}</h2>
      <p class="quiet">{words.otherText}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          call();
        }}
      >
        <Field label={words.service} value={service} onInput={setService} autocomplete="off" maxLength={64} required />
        <TextArea
          label={words.params}
          hint={words.paramsHint}
          value={params}
          onInput={setParams}
          rows={4}
          isCode
          fault={fault}
        />
        <p>
          <button type="submit" class="button">
            {words.call}
          </button>
        </p>
      </form>
    </section>
  );
}
