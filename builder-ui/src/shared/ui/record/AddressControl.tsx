import { Cascader, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Data } from '../../form/types';
import type { ControlProps } from './types';

type Region = { value: string; label: string; children?: Region[] };

let regions: Promise<Region[]> | undefined;

/** Provinces, cities and districts of China; loaded when the first address field appears. */
function loadRegions(): Promise<Region[]> {
  regions ??= import('./regions.json').then(({ default: { lines } }) =>
    lines.map((line) => {
      const [province = '', rest = ''] = line.split('|');
      return {
        value: province,
        label: province,
        children: rest.split(';').map((entry) => {
          const [city = '', areas = ''] = entry.split(':');
          return {
            value: city,
            label: city,
            children: areas ? areas.split(',').map((area) => ({ value: area, label: area })) : undefined,
          };
        }),
      };
    }),
  );
  return regions;
}

/** An address: region from the list or left open for places abroad, then street and postcode. */
export function AddressControl(props: ControlProps) {
  const { t } = useTranslation();
  const [options, setOptions] = useState<Region[]>([]);
  useEffect(() => {
    let gone = false;
    loadRegions().then((list) => {
      if (!gone) setOptions(list);
    });
    return () => {
      gone = true;
    };
  }, []);
  const value: Data =
    typeof props.value === 'object' && props.value !== null && !Array.isArray(props.value) ? props.value : {};
  const set = (change: Data) => {
    const next = { ...value, ...change };
    for (const key of Object.keys(next)) if (!next[key]) delete next[key];
    props.onChange(Object.keys(next).length > 0 ? next : undefined);
  };
  const region = [value.province, value.city, value.district].filter((part) => typeof part === 'string');
  const text = (key: string) => (typeof value[key] === 'string' ? (value[key] as string) : '');
  return (
    <div
      className="rf-address"
      role="group"
      aria-labelledby={`${props.id}-label`}
      aria-describedby={props.describedBy}
    >
      <Cascader
        id={props.id}
        options={options}
        value={region as string[]}
        changeOnSelect
        allowClear
        showSearch
        disabled={props.disabled}
        placeholder={t('record.region')}
        aria-label={t('record.region')}
        onChange={(path) => {
          const [province, city, district] = (path ?? []) as string[];
          set({ province, city, district });
        }}
      />
      <Input
        value={text('street')}
        maxLength={200}
        disabled={props.disabled}
        placeholder={t('record.street')}
        aria-label={t('record.street')}
        autoComplete="off"
        onChange={({ target }) => set({ street: target.value })}
      />
      <Input
        className="rf-postcode"
        value={text('postcode')}
        maxLength={20}
        disabled={props.disabled}
        placeholder={t('record.postcode')}
        aria-label={t('record.postcode')}
        autoComplete="off"
        onChange={({ target }) => set({ postcode: target.value })}
      />
    </div>
  );
}
