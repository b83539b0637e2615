import type { JSX } from 'preact';
import { Field } from '../../ui/field.js';
import { type CampaignDraft, type DraftFaults, type NumberField, RANGES } from './campaign-form.js';
import { newCampaignWords } from './new-campaign-words.js';

/** What parts of the form have in common. */
export interface DraftPart {
  readonly draft: CampaignDraft;
  readonly faults: DraftFaults;
  readonly onChange: (part: Partial<CampaignDraft>) => void;
}

/** A number of the form, with its range and what it means. */
export function NumberOf({ field, draft, faults, onChange }: DraftPart & { field: NumberField }): JSX.Element {
  const words = newCampaignWords();
  const { min, max, isWhole } = RANGES[field];
  return (
    <Field
      label={words[field]}
      type="number"
      value={draft[field]}
      onInput={(text) => onChange({ [field]: text })}
      min={min}
      max={max}
      step={isWhole ? 1 : 'any'}
      hint={words[`${field}Hint`]}
      fault={faults[field] && words.faults.number(min, max)}
    />
  );
}
