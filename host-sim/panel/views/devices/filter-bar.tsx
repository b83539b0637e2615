import type { JSX } from 'preact';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Product } from '../../state/product.js';
import type { Project } from '../../state/project.js';
import { Choice, Field } from '../../ui/field.js';
import { ALL_DEVICES, type DeviceFilter, isNarrow, STATUS_FILTERS, type StatusFilter } from './device-filter.js';
import { deviceWords } from './words.js';

const SIZES = ['20', '50', '100'];

/** What part of the devices is shown. */
export function FilterBar(props: {
  filter: DeviceFilter;
  products: readonly Product[];
  projects: readonly Project[];
  onChange: (change: Partial<DeviceFilter>) => void;
}): JSX.Element {
  const { filter, products, projects, onChange } = props;
  const words = deviceWords();
  const all = { value: '', text: common().all };
  const { size: _size, ...everything } = ALL_DEVICES;
  return (
    <search class="device-filters">
      <Field
        label={common().search}
        type="search"
        value={filter.search}
        onInput={(search) => onChange({ search })}
        placeholder={words.searchHint}
        maxLength={128}
      />
      <Choice
        label={words.product}
        value={filter.productKey}
        options={[all, ...products.map(({ productKey, name }) => ({ value: productKey, text: plain(name) }))]}
        onChange={(productKey) => onChange({ productKey })}
      />
      <Choice
        label={words.project}
        value={filter.projectId}
        options={[
          all,
          ...projects.map(({ projectId, projectName }) => ({ value: projectId, text: plain(projectName) })),
        ]}
        onChange={(projectId) => onChange({ projectId })}
      />
      <Choice
        label={words.status}
        value={filter.status}
        options={STATUS_FILTERS.map((one) => ({ value: one, text: one === '' ? all.text : words.statuses[one] }))}
        onChange={(status) => onChange({ status: status as StatusFilter })}
      />
      <Choice
        label={words.perPage}
        value={String(filter.size)}
        options={SIZES.map((one) => ({ value: one, text: one }))}
        onChange={(size) => onChange({ size: Number(size) })}
      />
      {isNarrow(filter) && (
        <button type="button" class="button" onClick={() => onChange(everything)}>
          {words.clearFilter}
        </button>
      )}
    </search>
  );
}
