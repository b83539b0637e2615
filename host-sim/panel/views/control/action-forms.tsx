import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Choice, Field } from '../../ui/field.js';
import {
  ANGLE_DEG,
  actionBody,
  type ChannelForms,
  type CommandForms,
  DURATION_MS,
  olderBody,
} from './command-forms.js';
import { SliderField } from './slider-field.js';
import { controlWords } from './words.js';

type Send = (params: Record<string, unknown>) => void;

/** The actions of a product and the older form, for one of its channels. */
export function ActionForms({ forms, onSend }: { forms: CommandForms; onSend: Send }): JSX.Element {
  const words = controlWords();
  const [chosen, choose] = useState(0);
  const channel = forms.channels[chosen] ?? forms.channels[0]!;
  return (
    <>
      {forms.channels.length > 1 && (
        <Choice
          label={words.channel}
          value={String(channel.channel)}
          options={forms.channels.map((one) => ({
            value: String(one.channel),
            text: words.channelName(one.channel, one.type),
          }))}
          onChange={(value) => choose(Number(value))}
        />
      )}
      {forms.actions.length > 0 && <Actions forms={forms} channel={channel} onSend={onSend} />}
      <OlderForm forms={forms} channel={channel} onSend={onSend} />
    </>
  );
}

interface FormProps {
  readonly forms: CommandForms;
  readonly channel: ChannelForms;
  readonly onSend: Send;
}

function Actions({ forms, channel, onSend }: FormProps): JSX.Element {
  const words = controlWords();
  const [duration, setDuration] = useState('');
  const act = (choice: Parameters<typeof actionBody>[2]): void => onSend(actionBody(forms, channel.channel, choice));
  return (
    <form
      class="control-form"
      onSubmit={(event) => {
        event.preventDefault();
        act({ action: 'pulse', durationMs: numberOf(duration) });
      }}
    >
      <h3>{words.action}</h3>
      {forms.actions.includes('toggle') && (
        <div class="row">
          <button type="button" class="button primary" onClick={() => act({ action: 'toggle' })}>
            {words.actions.toggle}
          </button>
          {channel.positions.map((position) => (
            <button key={position} type="button" class="button" onClick={() => act({ action: 'toggle', position })}>
              {words.positions[position]}
            </button>
          ))}
        </div>
      )}
      <div class="row control-pulse">
        <Field
          label={words.duration}
          hint={words.durationHint}
          type="number"
          value={duration}
          onInput={setDuration}
          {...DURATION_MS}
          step={1}
        />
        <button type="submit" class="button">
          {words.actions.pulse}
        </button>
        <button type="button" class="button" onClick={() => act({ action: 'trigger' })}>
          {words.actions.trigger}
        </button>
      </div>
    </form>
  );
}

type SwitchChoice = '' | 'on' | 'off';

function OlderForm({ forms, channel, onSend }: FormProps): JSX.Element {
  const words = controlWords();
  const [turn, setTurn] = useState<SwitchChoice>('on');
  const [angle, setAngle] = useState('');
  const on = turn === '' ? undefined : turn === 'on';
  const body = olderBody(forms, channel.channel, { on, angleDeg: channel.takesAngle ? numberOf(angle) : undefined });
  return (
    <form
      class="control-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (body) onSend(body);
      }}
    >
      <h3>{words.older}</h3>
      <Choice
        label={words.switch}
        value={turn}
        options={[
          { value: 'on', text: words.on },
          { value: 'off', text: words.off },
          { value: '', text: words.leftOut },
        ]}
        onChange={(value) => setTurn(value as SwitchChoice)}
      />
      {channel.takesAngle && (
        <SliderField
          label={words.angle}
          hint={words.angleHint}
          value={angle}
          onInput={setAngle}
          {...ANGLE_DEG}
          step={1}
        />
      )}
      <div class="row">
        <button type="submit" class="button" disabled={body === undefined}>
          {words.send}
        </button>
      </div>
    </form>
  );
}

function numberOf(text: string): number | undefined {
  return text === '' ? undefined : Number(text);
}
